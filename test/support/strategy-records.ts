import { seededRandom } from '../../local/seeded-random.ts';
import type { SourceRecord } from '../../shared/record.ts';
import { aRecord } from './builders.ts';

/** One topic a strategy; every record's document is of one partition, whatever it does. */
export const STRATEGY_CONNECTOR = `
topics=replaced,merged,timed,keyed,logged,captured,streamed
connection.uri=mongodb://docdb.example/
database=shop
key.converter=org.apache.kafka.connect.json.JsonConverter
key.converter.schemas.enable=false
value.converter=org.apache.kafka.connect.json.JsonConverter
value.converter.schemas.enable=false
errors.tolerance=all
document.id.strategy=com.mongodb.kafka.connect.sink.processor.id.strategy.ProvidedInKeyStrategy
topic.override.replaced.document.id.strategy=com.mongodb.kafka.connect.sink.processor.id.strategy.FullKeyStrategy
delete.on.null.values=true
topic.override.merged.writemodel.strategy=com.mongodb.kafka.connect.sink.writemodel.strategy.UpdateOneDefaultStrategy
topic.override.timed.writemodel.strategy=com.mongodb.kafka.connect.sink.writemodel.strategy.UpdateOneTimestampsStrategy
topic.override.keyed.writemodel.strategy=com.mongodb.kafka.connect.sink.writemodel.strategy.ReplaceOneBusinessKeyStrategy
topic.override.keyed.document.id.strategy=com.mongodb.kafka.connect.sink.processor.id.strategy.PartialValueStrategy
topic.override.keyed.document.id.strategy.partial.value.projection.type=AllowList
topic.override.keyed.document.id.strategy.partial.value.projection.list=shop,sku
topic.override.keyed.delete.on.null.values=false
topic.override.logged.writemodel.strategy=com.mongodb.kafka.connect.sink.writemodel.strategy.InsertOneDefaultStrategy
topic.override.logged.document.id.strategy=com.mongodb.kafka.connect.sink.processor.id.strategy.KafkaMetaDataStrategy
topic.override.logged.delete.on.null.values=false
topic.override.captured.change.data.capture.handler=com.mongodb.kafka.connect.sink.cdc.debezium.rdbms.postgres.PostgresHandler
topic.override.streamed.change.data.capture.handler=com.mongodb.kafka.connect.sink.cdc.mongodb.ChangeStreamHandler
`;

/** The index that a business key has to have. */
export const BUSINESS_KEY = { collection: 'keyed', key: { shop: 1, sku: 1 } } as const;

const PARTITIONS = 3;
const KEYS = 400;
/** A document as `_id` makes the stand-in look through the whole collection: 3 ms for 400. */
const KEYS_BY_TOPIC: Readonly<Record<string, number>> = { replaced: 60, captured: 60 };

type Json = Readonly<Record<string, unknown>>;
type Kind = 'first' | 'change' | 'gone';

/** What a producer of that topic writes about a key: a value, or null for a tombstone. */
const VALUES: Readonly<Record<string, (kind: Kind, id: number, fields: Json) => Json | null>> = {
  replaced: (kind, id, fields) => (kind === 'gone' ? null : { id, ...fields }),
  merged: (kind, id, fields) => (kind === 'gone' ? null : { [`f${id % 7}`]: fields }),
  timed: (kind, _id, fields) => (kind === 'gone' ? null : { ...fields, [`g${fields['n']}`.slice(0, 3)]: 1 }),
  keyed: (_kind, id, fields) => ({ shop: id % 5, sku: `sku-${id}`, ...fields }),
  logged: (_kind, id, fields) => ({ id, ...fields }),
  captured: (kind, id, fields) =>
    kind === 'gone'
      ? { op: 'd', before: { id }, after: null }
      : { op: kind === 'first' ? 'c' : 'u', after: { id, ...fields } },
  streamed(kind, id, fields) {
    const documentKey = { _id: id };
    if (kind === 'gone') return { operationType: 'delete', documentKey };
    if (kind === 'first') return { operationType: 'insert', documentKey, fullDocument: { ...documentKey, ...fields } };
    const updateDescription = { updatedFields: { n: fields['n'], 'inner.m': fields['n'] }, removedFields: ['text'] };
    return { operationType: 'update', documentKey, updateDescription };
  },
};

/** Records of all topics, each partition's in order, topics and partitions mixed. @param seed the same gives the same */
export function strategyRecords(seed: number, count: number): readonly SourceRecord[] {
  const random = seededRandom(seed);
  const pick = (bound: number) => Math.floor(random() * bound);
  const topics = Object.keys(VALUES);
  const offsets = new Map<string, number>();
  const living = new Set<string>();
  return Array.from({ length: count }, (_, index) => {
    const topic = topics[pick(topics.length)] ?? '';
    const id = pick(KEYS_BY_TOPIC[topic] ?? KEYS);
    const partition = id % PARTITIONS;
    const place = `${topic}-${partition}`;
    const offset = offsets.get(place) ?? 0;
    offsets.set(place, offset + 1);
    const name = `${topic} ${id}`;
    const kind = living.has(name) ? (random() < 0.1 ? 'gone' : 'change') : 'first';
    if (kind === 'gone') living.delete(name);
    else living.add(name);
    const fields = { n: index, text: `${'x'.repeat(pick(200))}é`, price: pick(10_000) / 100, big: 2 ** 40 + index };
    const value = VALUES[topic]?.(kind, id, fields) ?? null;
    return aRecord({
      topic,
      partition,
      offset,
      key: JSON.stringify({ _id: id }),
      value: value && JSON.stringify(value),
    });
  });
}
