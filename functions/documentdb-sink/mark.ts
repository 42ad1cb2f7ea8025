import type { SourceRecord } from '../../shared/record.ts';

/** How new a write is. Compared within one partition of Kafka only. */
export interface Mark {
  /** The topic-partition, with `~` for `.` (which would be a path; no topic's name has a `~`). */
  readonly field: string;
  /** The record's offset. A bigint, so that the driver writes an Int64: it writes large numbers as doubles. */
  readonly offset: bigint;
  /** Milliseconds since 1970, as Kafka has it. */
  readonly timestampMs: bigint;
}

export const markOf = ({ position, timestampMs }: SourceRecord): Mark => ({
  field: position.topicPartition.replaceAll('.', '~'),
  offset: BigInt(position.offset),
  timestampMs: BigInt(timestampMs),
});

/** The `_k` of a document that this write makes. */
export const storedMark = ({ field, offset, timestampMs }: Mark): Readonly<Record<string, unknown>> => ({
  [field]: offset,
  ts: timestampMs,
});
