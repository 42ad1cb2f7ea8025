import type { WriteModel } from '../../../../../functions/documentdb-sink/plan/write-model.ts';
import { doc } from '../../../../support/document-server/bson-values.ts';
import {
  asksRegistry,
  type ConnectorStory,
  isOfBusinessKey,
  isOfValue,
  unwraps,
} from '../../../scenario/connector/connector.ts';
import type { ScenarioRecord } from '../../../scenario/scenario.ts';
import { type ProducedRecord, TOPIC } from '../../kafka-log.ts';
import { eventKeyOf, eventOf, PART, schemaNameOf } from './change-events.ts';
import { modelsOfChange, modelsOfRow } from './change-model.ts';
import { registryContentOf, registryKeyOf } from './registry/registry-records.ts';
import { payloadText, withoutRequired, withSchema } from './schema-json.ts';
import { schemaValuesFrom } from './schema-values.ts';
import { transformed } from './transform-model.ts';

// What a connector's file asks for, told from the connector's documentation and none of the function's code:
// https://www.mongodb.com/docs/kafka-connector/current/sink-connector/fundamentals/post-processors/ (document ids),
// https://www.mongodb.com/docs/kafka-connector/current/sink-connector/fundamentals/write-strategies/

/** Stands where nothing may be taken from. */
const DECOY = 'no part of an _id';

type Fields = Readonly<Record<string, unknown>>;

/** The bytes of a record's key; null: it has none. */
export function keyBytesOf(record: ScenarioRecord, connector: ConnectorStory): Buffer | null {
  const { key } = record;
  if (key === null) return null;
  if (asksRegistry(connector) && connector.keyHasSchema) return registryKeyOf(key, connector, PART);
  const { source } = connector;
  const text =
    source === undefined
      ? plainKeyTextOf(key, connector)
      : JSON.stringify(eventKeyOf(record, { ...connector, source }));
  if (text === 'null') return null;
  return Buffer.from(connector.converter === 'jsonWithSchema' ? withSchema(text) : text);
}

const plainKeyTextOf = (key: string, { converter, idStrategy }: ConnectorStory): string => {
  if (idStrategy === 'rawKey') return converter === 'string' ? key : JSON.stringify(key);
  return JSON.stringify(idStrategy === 'providedInKey' ? { _id: key, part: PART } : { k: key, part: PART });
};

/**
 * The bytes of a record's value; null: there is none.
 * @param plainText of a value that is no change event, and has no schema
 */
export function valueTextOf(record: ScenarioRecord, connector: ConnectorStory, plainText: string): string | null {
  const { converter, source } = connector;
  const event = source && eventOf(record, { ...connector, source });
  if (event === null || (event === undefined && record.kind === 'tombstone')) return null;
  const text = event === undefined ? plainText : JSON.stringify(event);
  if (converter !== 'jsonWithSchema') return text;
  if (record.kind === 'poison') return withoutRequired(text);
  const more = record.typed === undefined ? [] : schemaValuesFrom(record.typed);
  return withSchema(text, { more, name: source && schemaNameOf(source) });
}

/** What stands in a value that is no change event, as it has to be stored. */
function contentOf({ scenario, value }: ProducedRecord, connector: ConnectorStory, plainText: string): Fields {
  if (asksRegistry(connector)) return registryContentOf(scenario, connector, plainText);
  const { typed: first } = scenario;
  const text = String(value);
  const hasSchema = connector.converter === 'jsonWithSchema';
  const fields: Fields = JSON.parse(hasSchema ? payloadText(text) : text, (_name, each: unknown) =>
    typed(each, connector),
  );
  if (first === undefined) return fields;
  return { ...fields, ...Object.fromEntries(schemaValuesFrom(first).map(({ name, value: each }) => [name, each])) };
}

/** What a record's value has beside its story. */
export const valueFieldsOf = (key: string, id: number, connector: ConnectorStory): Fields => ({
  k: isOfValue(connector) || isOfBusinessKey(connector) ? key : DECOY,
  part: PART,
  [`f${id % 3}`]: id,
  ...(connector.idStrategy === 'providedInValue' && { _id: key }),
  ...(connector.overwritesId && { _id: DECOY }),
});

/** The key of the records that a document is of, or a filter. */
export function keyOfDocument(document: ReadonlyMap<string, unknown>, connector: ConnectorStory): unknown {
  if (isOfBusinessKey(connector) || connector.rowKey !== undefined) return document.get('k');
  const id = document.get('_id');
  return id instanceof Map ? id.get('k') : id;
}

/** @param plainText of its value, as {@link valueTextOf} is given it */
export function modelsOfFile(
  record: ProducedRecord,
  connector: ConnectorStory,
  plainText: string,
): readonly WriteModel[] {
  const { scenario, topic, value } = record;
  const { source } = connector;
  if (source !== undefined) {
    return unwraps(connector)
      ? modelsOfRow(scenario)
      : modelsOfChange(scenario, { ...connector, source, typed: (value) => typed(value, connector) });
  }
  const key = scenario.key ?? '';
  const filter = doc(isOfBusinessKey(connector) ? { k: key } : { _id: idOf(key, connector) });
  if (value === null) return isOfValue(connector) ? [] : [{ kind: 'deleteOne', filter }];
  const content = processed(transformed(contentOf(record, connector, plainText), record, connector), connector);
  const [first, others] = connector.writeModels;
  switch (topic === TOPIC ? first : others) {
    case 'default':
    case 'replaceOneDefault':
      return [
        { kind: 'replaceOne', filter, replacement: doc({ ...content, _id: idOf(key, connector) }), upsert: true },
      ];
    case 'replaceOneBusinessKey':
      return [{ kind: 'replaceOne', filter, replacement: doc(content), upsert: true }];
    case 'updateOneDefault':
    case 'updateOneTimestamps':
    case 'updateOneBusinessKeyTimestamp':
      // The times of writing are compared by nobody.
      return [{ kind: 'updateOne', filter, update: doc({ $set: content }), upsert: true }];
  }
}

/** Without an `_id`, which is the id strategy's. */
function processed({ _id: _, part, ...content }: Fields, { processor }: ConnectorStory): Fields {
  switch (processor) {
    case 'projects':
      return content;
    case 'renames':
      return { ...content, share: part };
    default:
      return part === undefined ? content : { ...content, part };
  }
}

function idOf(key: string, connector: ConnectorStory): unknown {
  switch (connector.idStrategy) {
    case 'fullKey':
      return doc({ k: key, part: typed(PART, connector) });
    case 'partialKey':
    case 'partialValue':
      return doc({ k: key });
    case 'providedInKey':
    case 'providedInValue':
    case 'rawKey':
      return key;
  }
}

/** Kafka Connect reads every whole number of schemaless JSON as one of 64 bits, and with a schema as the schema says; of text that is JSON the driver makes one of 32, if it fits. */
const typed = (value: unknown, { converter }: ConnectorStory): unknown =>
  converter === 'json' && Number.isInteger(value) ? BigInt(value as number) : value;
