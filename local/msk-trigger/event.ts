import type { LogRecord, PartitionRecords } from './commands.ts';

/** The cluster as an event names it. */
export interface EventSource {
  readonly eventSourceArn: string;
  /** Comma separated, as the mapping found them. */
  readonly bootstrapServers: string;
}

/** A record as Kafka holds it. */
export interface KafkaRecordFields {
  readonly offset: number;
  readonly timestampMs: number;
  readonly timestampType: 'CREATE_TIME' | 'LOG_APPEND_TIME';
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** In order, duplicates kept. */
  readonly headers: readonly (readonly [Uint8Array | null, Uint8Array | null])[];
}

/** A record as the event's JSON holds it: serialized once, however often it is sent. */
export interface EventRecord extends LogRecord {
  readonly json: string;
}

/** How a null key or value appears. Real events leave the attribute out, as far as anyone has reported; code should bear both. */
export type NullAs = 'absent' | 'null';

/**
 * Serializes records of one partition exactly as the event carries them: numbers, base64, headers as one-key objects whose values
 * are signed bytes.
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
    // Only a header's name can hold more than ASCII: topics cannot, and payloads are base64.
    return { offset, timestampMs, bytes: headers.length === 0 ? json.length : Buffer.byteLength(json), json };
  };
}

/** Bytes of an event without a partition in it. */
export function envelopeBytes(source: EventSource): number {
  return Buffer.byteLength(buildEvent(source, []));
}

/** The event's JSON text. Its size is `envelopeBytes`, and each partition's key, brackets and records, and the commas between. */
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

/** A header without a value is no bytes: what Lambda makes of Kafka's null there is not known. */
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
