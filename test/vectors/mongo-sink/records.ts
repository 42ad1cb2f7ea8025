import { BSON, Double } from 'mongodb';
import { cloneDocument } from '../../../functions/documentdb-sink/bson/documents.ts';
import type { MutableDocument, SinkDocument } from '../../../functions/documentdb-sink/bson/sink-document.ts';
import { type Payload, payloadOf, type SourceRecord } from '../../../shared/record.ts';
import { CaseError } from '../case-error.ts';
import type { Fields, MongoCase } from './mongo-case.ts';
import { topicOf } from './properties.ts';

const CONNECT = 'org.apache.kafka.connect';

/** A case's key and value as documents that nobody else holds. */
export const documentOf = ({ key, value }: MongoCase): SinkDocument => {
  const [ownKey, ownValue] = [documentFrom('key', key), documentFrom('value', value)];
  return { key: () => ownKey, value: () => ownValue };
};

function documentFrom(side: string, content: unknown): MutableDocument | undefined {
  if (content === null) return undefined;
  if (content instanceof Map) return cloneDocument(content);
  throw new CaseError('failed', `the case is malformed: its ${side} is no document`);
}

export interface RecordContent {
  readonly topic: string;
  readonly offset: number;
  readonly key: Payload | null;
  readonly value: Payload | null;
}

export const recordWith = (content: RecordContent, fields: Fields = new Map()): SourceRecord => {
  const { topic, offset, key, value } = content;
  const partition = numberAt(fields, 'partition') ?? 0;
  const type = fields.get('timestampType') ?? fields.get('timestamp_type');
  return {
    position: { topicPartition: `${topic}-${partition}`, topic, partition, offset },
    timestampMs: numberAt(fields, 'timestamp') ?? -1,
    ...(type === 'LOG_APPEND_TIME' && { timestampType: type }),
    key,
    value,
    headers: [],
  };
};

/** The record of a case whose parts are given documents: its payloads are asked by nobody. */
export const recordOf = (vector: MongoCase): SourceRecord =>
  recordWith(
    {
      topic: topicOf(vector),
      offset: numberAt(vector.record, 'offset') ?? 0,
      key: vector.key === null ? null : emptyPayload,
      value: vector.value === null ? null : emptyPayload,
    },
    vector.record,
  );

const emptyPayload = payloadOf('');

const numberAt = (fields: Fields, name: string): number | undefined => {
  const value = fields.get(name) ?? undefined;
  return value === undefined ? undefined : Number(value instanceof Double ? value.value : value);
};

export interface Encoded {
  readonly payload: Payload | null;
  /** The converter that reads it, and its settings, without `key.` or `value.`. */
  readonly converter: ReadonlyMap<string, string>;
}

/** A key or value as bytes, and the converter that gives it back as the connector's tests have it. */
export function encoded(content: unknown): Encoded {
  if (content === null) return { payload: null, converter: new Map() };
  if (content instanceof Map)
    return bytes(Buffer.from(BSON.serialize(content as unknown as BSON.Document)), 'converters.ByteArrayConverter');
  if (typeof content === 'string') return bytes(Buffer.from(content), 'storage.StringConverter');
  if (typeof content === 'boolean') return bytes(Buffer.from([Number(content)]), 'converters.BooleanConverter');
  return bytes(Buffer.alloc(8), 'converters.LongConverter');
}

const bytes = (buffer: Buffer, converter: string): Encoded => ({
  payload: payloadOf(buffer.toString('base64')),
  converter: new Map([['converter', `${CONNECT}.${converter}`]]),
});
