import { assert } from '../../../../shared/errors.ts';
import type { Payload, SourceRecord } from '../../../../shared/record.ts';
import { ID_FIELD } from '../../bson/documents.ts';
import { EncodedDocument } from '../../bson/encoded-document.ts';
import type { WritePlan } from '../../plan/record-mapper.ts';
import { UnwritableError } from '../../plan/unwritable-error.ts';
import { type Dialect, RELAXED_JSON, SCHEMALESS_JSON } from '../../transcode/dialect.ts';
import { Transcoder } from '../../transcode/transcoder.ts';
import { type Converters, documentOfRecord } from '../converters/record-document.ts';
import { createIdStrategy, hasIdStrategy } from '../id-strategies/create-id-strategy.ts';
import { configuredNamespace, NAMESPACE_MAPPER } from '../namespace-mapper.ts';
import { CHAIN, DOCUMENT_ID_ADDER } from '../post-processors/create-post-processors.ts';
import { FIELD_VALUE_TRANSFORMER } from '../post-processors/field-value-transformer.ts';
import type { TopicProperties } from '../topic-properties.ts';
import { UPSERT } from '../write-models/strategies.ts';

/** The plan of a record; undefined if the record must take the way through all strategies. */
export type StraightPath = (record: SourceRecord) => WritePlan | undefined;

/**
 * The way of a value that is plain JSON, straight from its text to BSON, for a topic whose properties leave the value as it
 * is. The plan has the same effect as the plan by all strategies: a property test compares both.
 * @returns undefined if a property asks for more
 */
export function createStraightPath(
  topic: string,
  properties: TopicProperties,
  converters: Converters,
): StraightPath | undefined {
  const dialect = dialectOf(properties);
  if (dialect === undefined || !isStraight(properties)) return undefined;
  const transcoder = new Transcoder(dialect);
  const idStrategy = createIdStrategy(properties);
  const namespace = configuredNamespace(topic, properties);
  const upsert = properties.flag(UPSERT);
  const decode = (value: Payload) => {
    const document = converters.value(value).document();
    assert(document !== undefined, 'a value that was transcoded is a document');
    return document;
  };
  const idOf = (record: SourceRecord) =>
    writable(() => {
      const document = documentOfRecord({ ...record, value: null }, converters);
      document.convert?.();
      return idStrategy(document, record);
    });
  return (record) => {
    const { value } = record;
    const fields = value === null ? undefined : transcoder.transcode(value);
    if (value === null || fields === undefined) return undefined;
    const id = idOf(record);
    if (id === undefined) return undefined;
    const replacement = new EncodedDocument({ id, fields, value, decode });
    const filter = new Map([[ID_FIELD, id]]);
    const model = { kind: 'replaceOne', filter, replacement, upsert } as const;
    return { kind: 'write', namespace, models: [model], version: undefined };
  };
}

function dialectOf(properties: TopicProperties): Dialect | undefined {
  switch (properties.text('value.converter').split('.').at(-1)) {
    case 'JsonConverter':
      return properties.flag('value.converter.schemas.enable') ? undefined : SCHEMALESS_JSON;
    case 'StringConverter':
      return RELAXED_JSON;
    default:
      return undefined;
  }
}

const WRITE_MODELS = ['DefaultWriteModelStrategy', 'ReplaceOneDefaultStrategy'].map(
  (name) => `com.mongodb.kafka.connect.sink.writemodel.strategy.${name}`,
);
const DEFAULT_NAMESPACE_MAPPER = 'com.mongodb.kafka.connect.sink.namespace.mapping.DefaultNamespaceMapper';

/** Whether no strategy reads or changes the value but to put `_id` into it. */
const isStraight = (properties: TopicProperties): boolean =>
  properties.text('change.data.capture.handler') === '' &&
  properties.list(CHAIN).every((name) => name === DOCUMENT_ID_ADDER) &&
  properties.text('timeseries.timefield').trim() === '' &&
  properties.text(FIELD_VALUE_TRANSFORMER) === '' &&
  properties.text('msksinks.guard').toLowerCase() === 'offset' &&
  properties.text(NAMESPACE_MAPPER) === DEFAULT_NAMESPACE_MAPPER &&
  WRITE_MODELS.includes(properties.text('writemodel.strategy')) &&
  hasIdStrategy(properties, 'FullKeyStrategy', 'PartialKeyStrategy', 'ProvidedInKeyStrategy', 'RawKeyStrategy');

/** @returns undefined for a record that no strategy can write: the mapper with all strategies says why */
function writable<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof UnwritableError) return undefined;
    throw error;
  }
}
