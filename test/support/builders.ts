import { type PartitionBatch, payloadOf, type RecordHeader, type SourceRecord } from '../../shared/record.ts';
import type { Deadline } from '../../shared/time/deadline.ts';

export interface RecordParts {
  readonly topic?: string;
  readonly partition?: number;
  readonly offset?: number;
  readonly timestampMs?: number;
  readonly key?: string | Uint8Array | null;
  readonly value?: string | Uint8Array | null;
  readonly headers?: readonly RecordHeader[];
}

const payload = (content: string | Uint8Array | null) =>
  content === null ? null : payloadOf(Buffer.from(content).toString('base64'));

/** A record of `orders-0` at offset 0, by default. */
export function aRecord(parts: RecordParts = {}): SourceRecord {
  const { topic = 'orders', partition = 0, offset = 0 } = parts;
  return {
    position: { topicPartition: `${topic}-${partition}`, topic, partition, offset },
    timestampMs: parts.timestampMs ?? 1_700_000_000_000 + offset,
    key: payload(parts.key === undefined ? `key-${offset}` : parts.key),
    value: payload(parts.value === undefined ? JSON.stringify({ offset }) : parts.value),
    headers: parts.headers ?? [],
  };
}

/** Groups records by partition, in the order of their first record; offsets must ascend. */
export function batchesOf(records: readonly SourceRecord[]): readonly PartitionBatch[] {
  const byPartition = Map.groupBy(records, (record) => record.position.topicPartition);
  return [...byPartition].map(([topicPartition, own]) => ({ topicPartition, records: own }));
}

/** Far away, for tests in which time plays no part. */
export const deadlineIn = (nowMs: number, remainingMs = 60_000): Deadline => ({
  sendUntilMs: nowMs + remainingMs - 5_000,
  answerByMs: nowMs + remainingMs - 1_500,
});
