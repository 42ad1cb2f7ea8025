import type { SourceRecord } from '../../../shared/record.ts';

/** Where a write came from, which decides how new it is. */
export interface SourceVersion {
  /** The topic-partition, with `~` for `.` (which would be a path; no topic's name has a `~`). */
  readonly field: string;
  /**
   * Compared within one partition of Kafka only: the record's offset, or `epoch * 2^48 + offset`. A bigint, so that the
   * driver writes an Int64: it writes large numbers as doubles.
   */
  readonly offset: bigint;
  /** Milliseconds since 1970, as Kafka has it. */
  readonly timestampMs: bigint;
  /** Where a guard by timestamp or field is configured: compared across partitions. */
  readonly version: bigint | number | undefined;
}

/** Of a topic, `msksinks.guard.epoch.<topic>`: raised when the topic is made anew, so that its offsets begin above the old. */
export type Epochs = ReadonlyMap<string, number>;

const EPOCH_BITS = 48n;

export const sourceVersionOf = (
  { position, timestampMs }: SourceRecord,
  epochs: Epochs = NO_EPOCHS,
  version: SourceVersion['version'] = undefined,
): SourceVersion => ({
  field: position.topicPartition.replaceAll('.', '~'),
  offset: BigInt(position.offset) + (BigInt(epochs.get(position.topic) ?? 0) << EPOCH_BITS),
  timestampMs: BigInt(timestampMs),
  version,
});

const NO_EPOCHS: Epochs = new Map();

/** The `_k` of a document that this write makes. */
export const storedVersionOf = ({
  field,
  offset,
  timestampMs,
  version,
}: SourceVersion): Readonly<Record<string, unknown>> =>
  version === undefined ? { [field]: offset, ts: timestampMs } : { [field]: offset, ts: timestampMs, v: version };
