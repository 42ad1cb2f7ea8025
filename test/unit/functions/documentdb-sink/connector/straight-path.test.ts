import fc from 'fast-check';
import { BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { createConverter } from '../../../../../functions/documentdb-sink/connector/converters/create-converter.ts';
import { documentOfRecord } from '../../../../../functions/documentdb-sink/connector/converters/record-document.ts';
import { CUSTOM_STRATEGIES } from '../../../../../functions/documentdb-sink/connector/custom/registry.ts';
import { DEFAULTS } from '../../../../../functions/documentdb-sink/connector/file/properties-table.ts';
import { createStraightPath } from '../../../../../functions/documentdb-sink/connector/straight/straight-path.ts';
import { createDocumentMapper } from '../../../../../functions/documentdb-sink/connector/topic-mapper.ts';
import { TopicProperties } from '../../../../../functions/documentdb-sink/connector/topic-properties.ts';
import { plan } from '../../../../../functions/documentdb-sink/guard/plan.ts';
import { statementOf } from '../../../../../functions/documentdb-sink/lanes/commands.ts';
import type { WritePlan } from '../../../../../functions/documentdb-sink/plan/record-mapper.ts';
import { bytesOf } from '../../../../../functions/documentdb-sink/target/document-store.ts';
import type { SourceRecord } from '../../../../../shared/record.ts';
import { aRecord } from '../../../../support/builders.ts';

const CONNECT = 'org.apache.kafka.connect';
const SINK = 'com.mongodb.kafka.connect.sink';
const ID = `${SINK}.processor.id.strategy`;
const JSON_CONVERTER = {
  'value.converter': `${CONNECT}.json.JsonConverter`,
  'value.converter.schemas.enable': 'false',
};
const PROVIDED_IN_KEY = { 'document.id.strategy': `${ID}.ProvidedInKeyStrategy` };

type Properties = Readonly<Record<string, string>>;

/** Both ways of a topic. */
function waysOf(changes: Properties) {
  const database = ['database', 'shop'] as const;
  const properties = new TopicProperties(new Map([...DEFAULTS, database, ...Object.entries(changes)]));
  const converters = { key: createConverter(properties, 'key'), value: createConverter(properties, 'value') };
  const documentOf = (record: SourceRecord) => documentOfRecord(record, converters);
  return {
    straight: createStraightPath('orders', properties, converters),
    byStrategies: createDocumentMapper('orders', properties, { custom: CUSTOM_STRATEGIES, documentOf }),
  };
}

/** The statement of what a record asks for, in BSON; the words of what is not written. */
function effectOf(record: SourceRecord, asked: WritePlan): unknown {
  const planned = plan(record, () => asked, { deletes: 'tombstone', epochs: new Map() }, 0);
  if (planned.kind !== 'writes') return planned;
  const [write] = planned.writes;
  if (write === undefined) throw new Error('nothing is written');
  const { q, u, upsert } = statementOf(write) as { q: unknown; u: BSON.Document; upsert: boolean };
  const filter = Buffer.from(BSON.serialize({ q })).toString('hex');
  const document = Buffer.from(bytesOf(u) ?? BSON.serialize(u)).toString('hex');
  return { namespace: planned.namespace, identity: planned.identity, filter, document, upsert };
}

const converter = fc.constantFrom<Properties>(
  JSON_CONVERTER,
  { 'value.converter': `${CONNECT}.storage.StringConverter` },
  { ...JSON_CONVERTER, 'value.converter.schemas.enable': 'true' },
);
const keyConverter = fc.constantFrom<Properties>(
  {},
  { 'key.converter': `${CONNECT}.json.JsonConverter`, 'key.converter.schemas.enable': 'false' },
  { 'key.converter': `${CONNECT}.converters.IntegerConverter` },
);
const strategy = fc.constantFrom<Properties>(
  PROVIDED_IN_KEY,
  { 'document.id.strategy': `${ID}.FullKeyStrategy` },
  { 'document.id.strategy': 'msksinks.RawKeyStrategy' },
  {
    'document.id.strategy': `${ID}.PartialKeyStrategy`,
    'document.id.strategy.partial.key.projection.type': 'AllowList',
    'document.id.strategy.partial.key.projection.list': 'a',
  },
  { 'document.id.strategy': `${ID}.ProvidedInValueStrategy` },
);
const rest = fc.constantFrom<Properties>(
  {},
  { 'msksinks.writemodel.upsert': 'false' },
  { 'document.id.strategy.overwrite.existing': 'true' },
  { 'writemodel.strategy': `${SINK}.writemodel.strategy.ReplaceOneDefaultStrategy` },
  { 'post.processor.chain': `${SINK}.processor.DocumentIdAdder` },
  { collection: 'all' },
);
const key = fc.oneof(
  fc.constantFrom(
    null,
    '{"_id":"k"}',
    '{"_id":{"b":1,"a":[2.5]}}',
    '{"a":1,"b":2}',
    '{"_id":null}',
    'no document',
    '[1]',
    '7',
  ),
  fc.json(),
);
const value = fc.oneof(
  fc.dictionary(fc.string(), fc.jsonValue()).map((fields) => JSON.stringify(fields)),
  fc.constantFrom(
    null,
    '',
    '{"_id":5,"a":1}',
    '{"b":1,"a":-0.0,"c":3000000000}',
    '{"_k":1}',
    '{a:1}',
    '{"a":{"$numberLong":"1"}}',
    'null',
  ),
);

describe('a record that goes straight', () => {
  it('has the effect that all strategies together have, whatever the properties', () => {
    let count = 0;
    fc.assert(
      fc.property(converter, keyConverter, strategy, rest, key, value, (...[a, b, c, d, keyText, valueText]) => {
        const { straight, byStrategies } = waysOf({ ...a, ...b, ...c, ...d });
        const record = aRecord({ topic: 'orders', key: keyText, value: valueText });
        const plan = straight?.(record);
        if (plan === undefined) return;
        count += 1;
        expect(effectOf(record, plan)).toEqual(effectOf(record, byStrategies(record, 0)));
      }),
      { numRuns: 3_000 },
    );
    // About 118 of them go straight, with a deviation of 11.
    expect(count).toBeGreaterThan(50);
  });

  it.each([JSON_CONVERTER, { 'value.converter': `${CONNECT}.storage.StringConverter` }])('is written with %j', (a) => {
    const record = aRecord({ topic: 'orders', key: '{"_id":"k"}', value: '{"a":1}' });
    const asked = waysOf({ ...a, ...PROVIDED_IN_KEY }).straight?.(record);
    expect(
      asked?.kind === 'write' && bytesOf(asked.models[0].kind === 'replaceOne' && asked.models[0].replacement),
    ).toBeTruthy();
  });

  it('may be folded with others, and read as values', () => {
    const record = aRecord({ topic: 'orders', key: '{"_id":"k"}', value: '{"b":1,"a":{"c":2}}' });
    const asked = waysOf({ ...JSON_CONVERTER, ...PROVIDED_IN_KEY }).straight?.(record);
    const model = asked?.kind === 'write' ? asked.models[0] : undefined;
    expect(model?.kind === 'replaceOne' && [...model.replacement]).toEqual([
      ['_id', 'k'],
      ['a', new Map([['c', 2n]])],
      ['b', 1n],
    ]);
  });
});

describe('no record goes straight', () => {
  it.each<[string, Properties]>([
    ['with schemas', { 'value.converter.schemas.enable': 'true' }],
    ['as bytes', { 'value.converter': `${CONNECT}.converters.ByteArrayConverter` }],
    ['with an _id of its value', { 'document.id.strategy': `${ID}.ProvidedInValueStrategy` }],
    [
      'with a change data capture handler',
      { 'change.data.capture.handler': `${SINK}.cdc.debezium.mongodb.MongoDbHandler` },
    ],
    ['with a post processor', { 'post.processor.chain': `${SINK}.processor.KafkaMetaAdder` }],
    ['with a time field', { 'timeseries.timefield': 'at' }],
    ['with a transformer of values', { 'field.value.transformer': 'mine' }],
    ['with a version in the record', { 'msksinks.guard': 'field', 'msksinks.guard.field': 'v' }],
    ['with the timestamp as version', { 'msksinks.guard': 'timestamp' }],
    [
      'with a collection that the record names',
      { 'namespace.mapper': `${SINK}.namespace.mapping.FieldPathNamespaceMapper` },
    ],
    ['as an update', { 'writemodel.strategy': `${SINK}.writemodel.strategy.UpdateOneDefaultStrategy` }],
    ['by a business key', { 'writemodel.strategy': `${SINK}.writemodel.strategy.ReplaceOneBusinessKeyStrategy` }],
    ['as an insert', { 'writemodel.strategy': `${SINK}.writemodel.strategy.InsertOneDefaultStrategy` }],
  ])('%s', (_, changes) => {
    const database = ['database', 'shop'] as const;
    const all = { ...JSON_CONVERTER, ...PROVIDED_IN_KEY, ...changes };
    const properties = new TopicProperties(new Map([...DEFAULTS, database, ...Object.entries(all)]));
    const converters = { key: createConverter(properties, 'key'), value: createConverter(properties, 'value') };
    expect(createStraightPath('orders', properties, converters)).toBeUndefined();
  });
});
