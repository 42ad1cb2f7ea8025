import type { SourceRecord } from '../../../shared/record.ts';

/** Where a write came from, and so how new the write is. */
export interface SourceVersion {
  /**
   * The topic-partition with `~` instead of `.`: a dot would make the name a path, and topic names never contain `~`.
   */
  readonly field: string;
  /**
   * The record's offset, or `epoch * 2^48 + offset`; compared only within one Kafka partition. A bigint, because the
   * driver writes a bigint as Int64 but a large number as a double.
   */
  readonly offset: bigint;
  /** Kafka's timestamp in milliseconds since 1970. */
  readonly timestampMs: bigint;
  /** The record's own version, if a guard by timestamp or by field is configured; compared across partitions. */
  readonly version: bigint | number | undefined;
}

/**
 * `msksinks.guard.epoch.<topic>` by topic. The operator raises the epoch when a topic is deleted and created again, so
 * that new offsets exceed the old ones.
 */
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

/** The `_k` of a document that this write replaces or inserts. */
export const storedVersionOf = ({
  field,
  offset,
  timestampMs,
  version,
}: SourceVersion): Readonly<Record<string, unknown>> =>
  version === undefined ? { [field]: offset, ts: timestampMs } : { [field]: offset, ts: timestampMs, v: version };
