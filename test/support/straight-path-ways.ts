import { BSON } from 'mongodb';
import {
  type Converter,
  createConverter,
} from '../../functions/documentdb-sink/connector/converters/create-converter.ts';
import { documentOfRecord } from '../../functions/documentdb-sink/connector/converters/record-document.ts';
import { CUSTOM_STRATEGIES } from '../../functions/documentdb-sink/connector/custom/registry.ts';
import { DEFAULTS } from '../../functions/documentdb-sink/connector/file/properties-table.ts';
import { createStraightPath } from '../../functions/documentdb-sink/connector/straight/straight-path.ts';
import { createDocumentMapper } from '../../functions/documentdb-sink/connector/topic-mapper.ts';
import { TopicProperties } from '../../functions/documentdb-sink/connector/topic-properties.ts';
import { plan } from '../../functions/documentdb-sink/guard/plan.ts';
import { statementOf } from '../../functions/documentdb-sink/lanes/commands.ts';
import type { WritePlan } from '../../functions/documentdb-sink/plan/record-mapper.ts';
import { bytesOf } from '../../functions/documentdb-sink/target/document-store.ts';
import type { SourceRecord } from '../../shared/record.ts';

export const CONNECT = 'org.apache.kafka.connect';
export const SINK = 'com.mongodb.kafka.connect.sink';
export const ID = `${SINK}.processor.id.strategy`;
export const JSON_CONVERTER = {
  'value.converter': `${CONNECT}.json.JsonConverter`,
  'value.converter.schemas.enable': 'false',
};
export const PROVIDED_IN_KEY = { 'document.id.strategy': `${ID}.ProvidedInKeyStrategy` };

export type Properties = Readonly<Record<string, string>>;

/** Both ways of a topic. @param changes of the defaults @param ownKey takes the place of the converter of keys */
export function waysOf(changes: Properties, ownKey?: Converter) {
  const database = ['database', 'shop'] as const;
  const properties = new TopicProperties(new Map([...DEFAULTS, database, ...Object.entries(changes)]));
  const converters = { key: ownKey ?? createConverter(properties, 'key'), value: createConverter(properties, 'value') };
  const documentOf = (record: SourceRecord) => documentOfRecord(record, converters);
  return {
    straight: createStraightPath('orders', properties, converters),
    byStrategies: () => createDocumentMapper('orders', properties, { custom: CUSTOM_STRATEGIES, documentOf }),
  };
}

/** The statement of what a record asks for, in BSON; the words of what is not written. */
export function effectOf(record: SourceRecord, asked: WritePlan): unknown {
  const planned = plan(record, () => asked, { deletes: 'tombstone', epochs: new Map() }, 0);
  if (planned.kind !== 'writes') return planned;
  const [write] = planned.writes;
  if (write === undefined) throw new Error('nothing is written');
  const { q, u, upsert } = statementOf(write) as { q: unknown; u: BSON.Document; upsert: boolean };
  const filter = Buffer.from(BSON.serialize({ q })).toString('hex');
  const document = Buffer.from(bytesOf(u) ?? BSON.serialize(u)).toString('hex');
  return { namespace: planned.namespace, identity: planned.identity, filter, document, upsert };
}
