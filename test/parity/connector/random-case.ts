import { seededRandom } from '../../../local/seeded-random.ts';
import { caseOf, type ParityCase } from './case.ts';
import type { RecordLine } from './records.ts';

type Properties = Readonly<Record<string, string>>;

const SINK = 'com.mongodb.kafka.connect.sink';
const CONNECT = 'org.apache.kafka.connect';
const RECORD_COUNT = 24;
const JSON_SIDES = ['key', 'value'].map((side) => ({
  [`${side}.converter`]: `${CONNECT}.json.JsonConverter`,
  [`${side}.converter.schemas.enable`]: 'false',
}));

const id = (name: string): Properties => ({ 'document.id.strategy': `${SINK}.processor.id.strategy.${name}` });
const partial = (side: string): Properties => ({
  ...id(`Partial${side === 'key' ? 'Key' : 'Value'}Strategy`),
  [`document.id.strategy.partial.${side}.projection.type`]: 'AllowList',
  [`document.id.strategy.partial.${side}.projection.list`]: '_id,shop',
});
const IDS: readonly Properties[] = [
  ...[
    'FullKeyStrategy',
    'ProvidedInKeyStrategy',
    'ProvidedInValueStrategy',
    'KafkaMetaDataStrategy',
    'BsonOidStrategy',
  ].map(id),
  partial('key'),
  partial('value'),
];
const KEYED = /(?:FullKey|PartialKey|ProvidedInKey)Strategy$/;
const WRITES = [
  'ReplaceOneDefaultStrategy',
  'UpdateOneDefaultStrategy',
  'UpdateOneTimestampsStrategy',
  'DefaultWriteModelStrategy',
];
const DELETES: readonly Properties[] = [{}, {}, { 'delete.on.null.values': 'true' }];
const BULKS: readonly Properties[] = [
  {},
  { 'max.batch.size': '3' },
  { 'bulk.write.ordered': 'false' },
  { 'max.batch.size': '1' },
];
const PROCESSORS = ['KafkaMetaAdder', 'NullFieldValueRemover', 'BlockListValueProjector', 'AllowListValueProjector'];
const PROJECTIONS = ['a,b.c', '_id,shop,*', 'b.**', 'list.x,a'];
const transform = (type: string, more: Properties): Properties =>
  Object.fromEntries([
    ['transforms', 't'],
    ['transforms.t.type', `${CONNECT}.transforms.${type}`],
    ...Object.entries(more).map(([name, value]) => [`transforms.t.${name}`, value]),
  ]);
const TRANSFORMS: readonly Properties[] = [
  {},
  {},
  transform('InsertField$Value', { 'offset.field': 'at', 'topic.field': 'from' }),
  transform('ReplaceField$Value', { exclude: 'b', renames: 'a:alpha' }),
  transform('HoistField$Value', { field: 'whole' }),
  transform('Flatten$Value', { delimiter: '_' }),
  transform('Cast$Value', { spec: 'a:string' }),
  transform('MaskField$Value', { fields: 'a' }),
  transform('TimestampConverter$Value', { field: 'time', 'target.type': 'Timestamp' }),
];

/** A connector's file and records that a seed decides. All records of a document have one key, and so one partition. */
export function randomCase(seed: number): ParityCase {
  const random = seededRandom(seed);
  const pick = <T>(options: readonly [T, ...T[]] | readonly T[]): T =>
    options[Math.floor(random() * options.length)] as T;
  const processor = pick([...PROCESSORS, undefined, undefined]);
  const identity = pick(IDS);
  // A deletion has nothing but the key.
  const deletes = KEYED.test(identity['document.id.strategy'] ?? '') ? pick(DELETES) : {};
  const bulks = pick(BULKS);
  const properties: Properties = {
    topics: 'orders',
    database: 'shop',
    'connection.uri': 'mongodb://docdb.example/',
    'errors.tolerance': 'all',
    ...JSON_SIDES[0],
    ...(random() < 0.7 ? JSON_SIDES[1] : {}),
    ...identity,
    ...deletes,
    // In an unordered bulk the connector's driver sends deletions last (docs/migrating.md).
    ...('delete.on.null.values' in deletes && 'bulk.write.ordered' in bulks ? {} : bulks),
    ...(processor === undefined ? pick(TRANSFORMS) : processed(processor, pick(PROJECTIONS))),
    'writemodel.strategy': `${SINK}.writemodel.strategy.${pick(WRITES)}`,
  };
  const text = Object.entries(properties).map(([name, value]) => `${name}=${value}\n`);
  const lines = Array.from({ length: RECORD_COUNT }, () => JSON.stringify(randomLine(random, pick)));
  return caseOf(`random-${seed}.properties`, text.join(''), lines.join('\n'));
}

const processed = (processor: string, list: string): Properties => ({
  'post.processor.chain': `${SINK}.processor.DocumentIdAdder,${SINK}.processor.${processor}`,
  ...(processor.endsWith('Projector') && {
    'value.projection.type': processor.startsWith('Block') ? 'BlockList' : 'AllowList',
    'value.projection.list': list,
  }),
});

type Pick = <T>(options: readonly T[]) => T;

const POISON = ['{', '[1]', '"text"', 'null', '{"a":01}', '{"_id":'];

function randomLine(random: () => number, pick: Pick): RecordLine {
  const _id = Math.floor(random() * 5);
  const key = JSON.stringify({ _id, shop: `s${_id}` });
  if (random() < 0.08) return { key };
  if (random() < 0.08) return { key, value: pick(POISON) };
  const fields = ['a', 'b', 'list', 'time', 'ünï', 'dot.ted'].filter(() => random() < 0.6);
  const entries = fields.map((name) => [name, name === 'time' ? 1_600_000_000_000 : randomValue(random, pick, 0)]);
  return { key, value: numbersAsWritten(JSON.stringify({ _id, shop: `s${_id}`, ...Object.fromEntries(entries) })) };
}

/** Whole numbers that JavaScript cannot hold stand in a text. */
const numbersAsWritten = (json: string): string => json.replaceAll(/"#(-?\d+)"/g, '$1');

const SCALARS = [
  null,
  true,
  1,
  -0.5,
  1e300,
  '',
  '漢😀',
  '#9007199254740993',
  '#2147483648',
  '2020-01-02T03:04:05Z',
  0,
  '#-9223372036854775808',
];

function randomValue(random: () => number, pick: Pick, depth: number): unknown {
  if (depth < 3 && random() < 0.25)
    return { c: randomValue(random, pick, depth + 1), x: randomValue(random, pick, depth + 1) };
  if (depth < 3 && random() < 0.2) return [randomValue(random, pick, depth + 1), randomValue(random, pick, depth + 1)];
  return pick(SCALARS);
}
