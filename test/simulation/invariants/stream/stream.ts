import { createHash } from 'node:crypto';
import { serviceHashKey } from '../../../support/kpl/hash-key.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { ProducedRecord } from '../../services/kafka-log.ts';
import type { StoredRecord } from '../../services/kinesis/stream.ts';
import type { Violation } from '../violation.ts';

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html */
export const PARTITION_KEY_CHARACTERS_MAX = 256;

/** What the settings promise of the stream. */
export type StreamPromise = Pick<
  Scenario['kinesis'],
  'ordering' | 'aggregation' | 'partitionKey' | 'envelope' | 'tombstone'
> & {
  readonly constantKey?: string;
};

/** What is wrong with what a stream holds in the end. `givenUp`: later records of their keys did not wait for them. */
export const streamViolations = (
  stored: readonly StoredRecord[],
  givenUp: ReadonlySet<ProducedRecord>,
  promise: StreamPromise,
): readonly Violation[] => [
  ...wrongContent(stored, promise),
  ...wrongKeys(stored, promise),
  ...wrongHashKeys(stored, promise),
  ...outOfOrder(stored, givenUp, promise),
];

/** G1: what is stored is what was produced, byte for byte. */
const wrongContent = (stored: readonly StoredRecord[], promise: StreamPromise): readonly Violation[] =>
  stored.flatMap(({ record, position, dataBase64 }) => {
    if (record === undefined) return [{ guarantee: 'G1', message: `${position} is stored and was never produced` }];
    const isWrapped = record.value === null ? promise.tombstone === 'envelope' : promise.envelope === 'json';
    const isRight = isWrapped
      ? holds(Buffer.from(dataBase64, 'base64').toString(), record)
      : dataBase64 === (record.value?.toString('base64') ?? '');
    return isRight ? [] : [{ guarantee: 'G1', message: `${position} is stored with other data` }];
  });

/** docs/kinesis.md: what an envelope holds. Keys and values of these records are text. */
function holds(text: string, { topicPartition, partition, offset, timestampMs, key, headers, value }: ProducedRecord) {
  const expected = {
    topic: topicPartition.slice(0, -`-${partition}`.length),
    partition,
    offset,
    timestamp: timestampMs,
    key: key?.toString() ?? null,
    headers: headers.map(([name, bytes]) => [name.toString(), bytes.toString('base64')]),
    value: value?.toString() ?? null,
  };
  return text === JSON.stringify(expected);
}

/** G2: the partition key is what docs/kinesis.md says: the record's key, or its SHA-256 where it is too long. */
function wrongKeys(stored: readonly StoredRecord[], promise: StreamPromise): readonly Violation[] {
  const isOfKey = promise.partitionKey === 'key';
  const isRight = (record: ProducedRecord, partitionKey: string): boolean => {
    if (promise.partitionKey === 'partition') return partitionKey === record.topicPartition;
    if (promise.partitionKey === 'constant') return partitionKey === promise.constantKey;
    if (!isOfKey || record.key === null) return true;
    const key = record.key.toString();
    const isLong = key.length > PARTITION_KEY_CHARACTERS_MAX;
    return partitionKey === (isLong ? createHash('sha256').update(key).digest('hex') : key);
  };
  return stored.flatMap(({ record, position, partitionKey }) => {
    if (record === undefined || isRight(record, partitionKey)) return [];
    return [{ guarantee: 'G2', message: `${position} is stored under a partition key that is not its own` }];
  });
}

const BUCKET_COUNT = 128n;
const BUCKET_SIZE = 2n ** 128n / BUCKET_COUNT;

/** G2: what is kept in order has the hash key of docs/kinesis.md, alone or aggregated, so that it meets in one shard. */
const wrongHashKeys = (stored: readonly StoredRecord[], promise: StreamPromise): readonly Violation[] =>
  stored.flatMap(({ record, position, partitionKey, hashKey }) => {
    const own = serviceHashKey(promise.ordering === 'partition' ? (record?.topicPartition ?? '') : partitionKey);
    const middle = (own / BUCKET_SIZE) * BUCKET_SIZE + BUCKET_SIZE / 2n;
    if (record === undefined || hashKey === (promise.aggregation === 'bucket' ? middle : own)) return [];
    return [{ guarantee: 'G2', message: `${position} is stored under a hash key that is not its own` }];
  });

/** What is kept in order with what; undefined: with nothing. */
export function streamLaneOf(
  { incarnation, topicPartition, key }: ProducedRecord,
  promise: StreamPromise,
): string | undefined {
  if (promise.ordering === 'none') return undefined;
  const isOfPartition = promise.ordering === 'partition' || promise.partitionKey !== 'key';
  if (isOfPartition) return `${incarnation} ${topicPartition}`;
  return key === null ? undefined : `${incarnation} ${topicPartition} ${key}`;
}

/** G2: first copies of one lane, in the order of their partition. */
function outOfOrder(
  stored: readonly StoredRecord[],
  givenUp: ReadonlySet<ProducedRecord>,
  promise: StreamPromise,
): readonly Violation[] {
  const seen = new Set<ProducedRecord>();
  const last = new Map<string, number>();
  return stored.flatMap(({ position, record }) => {
    if (record === undefined || seen.has(record) || givenUp.has(record)) return [];
    seen.add(record);
    const lane = streamLaneOf(record, promise);
    if (lane === undefined) return [];
    const before = last.get(lane) ?? -1;
    last.set(lane, Math.max(before, record.offset));
    if (record.offset > before) return [];
    return [{ guarantee: 'G2', message: `${position} is behind offset ${before} of its key` }];
  });
}
