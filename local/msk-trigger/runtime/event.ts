import type { LogRecord, PartitionRecords } from '../machine/commands.ts';

/** The cluster's fields of an event. */
export interface EventSource {
  readonly eventSourceArn: string;
  /** The brokers, separated by commas. */
  readonly bootstrapServers: string;
}

/** A Kafka record. */
export interface KafkaRecordFields {
  readonly offset: number;
  readonly timestampMs: number;
  readonly timestampType: 'CREATE_TIME' | 'LOG_APPEND_TIME';
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** In order, duplicates included. */
  readonly headers: readonly (readonly [Uint8Array | null, Uint8Array | null])[];
}

/** A record as JSON of the event: serialized once for all invocations. */
export interface EventRecord extends LogRecord {
  readonly json: string;
  /** What filters see in place of the value: what a schema registry made of it. */
  readonly filterValue?: Uint8Array;
}

/** The form of a null key or value. Reported events omit the attribute; code should accept both forms. */
export type NullAs = 'absent' | 'null';

/**
 * Serializes records of one partition in the event's format: numbers, base64, headers as objects with one key whose value is an array
 * of signed bytes.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html, https://github.com/aws/aws-lambda-go/blob/main/events/kafka.go,
 * https://github.com/aws-powertools/powertools-lambda-typescript/issues/5016 (absent value)
 */
export function recordSerializer(
  topic: string,
  partition: number,
  nullAs: NullAs = 'absent',
): (fields: KafkaRecordFields) => EventRecord {
  const prefix = `{"topic":${JSON.stringify(topic)},"partition":${partition},"offset":`;
  return (fields) => {
    const { offset, timestampMs, headers } = fields;
    const time = `,"timestamp":${timestampMs},"timestampType":"${fields.timestampType}"`;
    const payload = payloadJson('key', fields.key, nullAs) + payloadJson('value', fields.value, nullAs);
    const json = `${prefix}${offset}${time}${payload},"headers":[${headers.map(headerJson).join(',')}]}`;
    // Only header names can contain more than ASCII: topics cannot, and payloads are base64.
    return { offset, timestampMs, bytes: headers.length === 0 ? json.length : Buffer.byteLength(json), json };
  };
}

/** The size of an event without partitions. */
export function envelopeBytes(source: EventSource): number {
  return Buffer.byteLength(buildEvent(source, []));
}

/** The event's JSON text. Its size is `envelopeBytes` plus each partition's key, brackets and records, plus the commas. */
export function buildEvent(source: EventSource, batch: readonly PartitionRecords<EventRecord>[]): string {
  const { eventSourceArn, bootstrapServers } = source;
  const envelope = JSON.stringify({ eventSource: 'aws:kafka', eventSourceArn, bootstrapServers });
  const partitions = batch.map(
    ({ topicPartition, records }) =>
      `${JSON.stringify(topicPartition)}:[${records.map((record) => record.json).join(',')}]`,
  );
  return `${envelope.slice(0, -1)},"records":{${partitions.join(',')}}}`;
}

function payloadJson(name: 'key' | 'value', bytes: Uint8Array | null, nullAs: NullAs): string {
  if (bytes !== null) return `,"${name}":"${base64(bytes)}"`;
  return nullAs === 'null' ? `,"${name}":null` : '';
}

/** A header without a value becomes an empty array; Lambda's form for a null header is not documented. */
function headerJson([name, value]: readonly [Uint8Array | null, Uint8Array | null]): string {
  const text = name === null ? '' : asBuffer(name).toString('utf8');
  const signed = value === null ? '' : new Int8Array(value.buffer, value.byteOffset, value.byteLength).join(',');
  return `{${JSON.stringify(text)}:[${signed}]}`;
}

function base64(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('base64');
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
