import { MalformedEventError } from './errors.ts';
import {
  isBase64,
  type PartitionBatch,
  type Payload,
  payloadOf,
  type RecordHeader,
  type SourcePosition,
  type SourceRecord,
  TIMESTAMP_MS_MAX,
} from './record.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html and .../with-kafka.html */
const EVENT_SOURCES: readonly unknown[] = ['aws:kafka', 'SelfManagedKafka'];

/**
 * Turns the event of a Kafka event source mapping into one batch per partition, offsets ascending. Partitions without
 * records are left out.
 * Shape: https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html
 * @throws MalformedEventError that names the place and the expected form; never the value.
 */
export function decodeEvent(event: unknown): readonly PartitionBatch[] {
  const envelope = objectAt(event, 'event');
  if (!EVENT_SOURCES.includes(envelope['eventSource'])) {
    throw malformed('event.eventSource', `must be "${EVENT_SOURCES.join('" or "')}"`);
  }
  return Object.entries(objectAt(envelope['records'], 'event.records'))
    .map(([topicPartition, records]) => decodePartition(topicPartition, records))
    .filter((batch) => batch.records.length > 0);
}

/**
 * What the event asks for. An event of a mapping has no `mskSinks`; `npm run dead-letters -- redrive`
 * and `npm run doctor` set it.
 * @throws MalformedEventError for anything else: an event must not do what its sender did not ask for.
 */
export function purposeOf(event: unknown): 'deliver' | 'redrive' | 'probe' {
  const { mskSinks } = objectAt(event, 'event') as { readonly mskSinks?: unknown };
  if (mskSinks === undefined) return 'deliver';
  if (mskSinks !== 'redrive' && mskSinks !== 'probe') {
    throw malformed('event.mskSinks', 'must be "redrive", "probe" or absent');
  }
  return mskSinks;
}

function decodePartition(topicPartition: string, input: unknown): PartitionBatch {
  const place = `event.records[${JSON.stringify(topicPartition)}]`;
  if (!Array.isArray(input)) throw malformed(place, 'must be an array');
  const records = input.map((record, index) => decodeRecord(topicPartition, record, new RecordPlace(place, index)));
  records.sort((a, b) => a.position.offset - b.position.offset);
  for (const [index, record] of records.entries()) {
    if (record.position.offset === records[index - 1]?.position.offset) {
      throw malformed(place, `contains offset ${record.position.offset} twice`);
    }
  }
  return { topicPartition, records };
}

/** Where a record is in the event. Only a malformed event needs the text: an event has thousands of records. */
class RecordPlace {
  readonly #partition: string;
  readonly #index: number;

  constructor(partition: string, index: number) {
    this.#partition = partition;
    this.#index = index;
  }

  malformed(field: string, rule: string): MalformedEventError {
    return malformed(`${this.#partition}[${this.#index}]${field}`, rule);
  }
}

function decodeRecord(topicPartition: string, input: unknown, place: RecordPlace): SourceRecord {
  if (!isObject(input)) throw place.malformed('', 'must be an object');
  const record = {
    position: decodePosition(topicPartition, input, place),
    timestampMs: timestampOf(input['timestamp'], place),
    key: emptyAsNull(payloadAt(input['key'], '.key', place)),
    value: payloadAt(input['value'], '.value', place),
    headers: headersOf(input['headers'], place),
  };
  return input['timestampType'] === 'LOG_APPEND_TIME' ? { ...record, timestampType: 'LOG_APPEND_TIME' } : record;
}

function decodePosition(topicPartition: string, record: Fields, place: RecordPlace): SourcePosition {
  const topic = record['topic'];
  if (typeof topic !== 'string' || topic === '') throw place.malformed('.topic', 'must be a non-empty string');
  const partition = integerAt(record['partition'], '.partition', place);
  if (`${topic}-${partition}` !== topicPartition) {
    throw place.malformed('', 'must have the topic and the partition that its key names');
  }
  return { topicPartition, topic, partition, offset: integerAt(record['offset'], '.offset', place) };
}

function payloadAt(input: unknown, field: string, place: RecordPlace): Payload | null {
  if (input === undefined || input === null) return null;
  if (typeof input !== 'string' || !isBase64(input)) {
    throw place.malformed(field, 'must be base64 text, null or absent');
  }
  return payloadOf(input);
}

const emptyAsNull = (payload: Payload | null): Payload | null => (payload?.byteLength === 0 ? null : payload);

/** Most records have no headers. */
const NO_HEADERS: readonly RecordHeader[] = [];

function headersOf(input: unknown, place: RecordPlace): readonly RecordHeader[] {
  if (input === undefined || input === null) return NO_HEADERS;
  if (!Array.isArray(input)) throw place.malformed('.headers', 'must be an array, null or absent');
  if (input.length === 0) return NO_HEADERS;
  return input.flatMap((header, index) => {
    const field = `.headers[${index}]`;
    if (!isObject(header)) throw place.malformed(field, 'must be an object');
    return Object.entries(header).map(([name, bytes]) => ({ name, value: headerBytesAt(bytes, field, place) }));
  });
}

/** Lambda sends signed bytes (aws-lambda-go reads them as int8 in events/kafka.go); unsigned bytes are accepted too. */
function headerBytesAt(input: unknown, field: string, place: RecordPlace): Uint8Array {
  if (input === undefined || input === null) return new Uint8Array(0);
  const isByte = (byte: unknown) => Number.isInteger(byte) && Number(byte) >= -128 && Number(byte) <= 255;
  if (!Array.isArray(input) || !input.every(isByte)) throw place.malformed(field, 'must be an array of bytes');
  return Uint8Array.from(input as number[]);
}

/**
 * A producer may set any timestamp: nanoseconds, or a time before 1970. One odd record must not fail the whole event,
 * so every integer is accepted. Kafka's timestamps have 64 bits; the JSON parser rounds beyond 2^53, and its result may
 * exceed 2^63.
 */
function timestampOf(input: unknown, place: RecordPlace): number {
  if (!Number.isInteger(input)) throw place.malformed('.timestamp', 'must be an integer');
  return Math.min(Math.max(input as number, -TIMESTAMP_MS_MAX), TIMESTAMP_MS_MAX);
}

function integerAt(input: unknown, field: string, place: RecordPlace): number {
  if (typeof input !== 'number' || !Number.isSafeInteger(input) || input < 0) {
    throw place.malformed(field, `must be an integer from 0 to ${Number.MAX_SAFE_INTEGER}`);
  }
  return input;
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (input: unknown): input is Fields =>
  typeof input === 'object' && input !== null && !Array.isArray(input);

function objectAt(input: unknown, place: string): Fields {
  if (!isObject(input)) throw malformed(place, 'must be an object');
  return input;
}

const malformed = (place: string, rule: string) =>
  new MalformedEventError(`${place} ${rule}. Is this function invoked by a Kafka event source mapping?`);
