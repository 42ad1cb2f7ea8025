import type { FailureCode, RecordOutcome } from './outcome.ts';
import type { PartitionBatch } from './record.ts';

/** A record that can never be written, under the policy `block`. */
export interface BlockedRecord {
  readonly topicPartition: string;
  readonly offset: number;
  readonly code: FailureCode;
  /** Since the record's timestamp, on the wall clock; undefined for a record without a timestamp. */
  readonly ageMs: number | undefined;
}

export interface BlockedParts {
  readonly batches: readonly PartitionBatch[];
  /** One for each record, in the order of the batches. */
  readonly outcomes: readonly RecordOutcome[];
  readonly wallTimeMs: number;
}

/** The blocked records of a batch, the oldest first. */
export function blockedRecordsOf({ batches, outcomes, wallTimeMs }: BlockedParts): readonly BlockedRecord[] {
  if (!outcomes.some(isBlocked)) return [];
  const records = batches.flatMap((batch) => batch.records);
  return outcomes
    .flatMap((outcome, index): readonly BlockedRecord[] => {
      if (!isBlocked(outcome)) return [];
      const { topicPartition, offset } = outcome.position;
      const timestampMs = records[index]?.timestampMs ?? -1;
      const ageMs = timestampMs >= 0 ? Math.max(0, wallTimeMs - timestampMs) : undefined;
      return [{ topicPartition, offset, code: outcome.failure.code, ageMs }];
    })
    .sort((a, b) => (b.ageMs ?? -1) - (a.ageMs ?? -1));
}

/**
 * The policies `deadLetter` and `skip` settle a record that can never be written, so only `block` leaves such a
 * failure.
 */
const isBlocked = (outcome: RecordOutcome): outcome is RecordOutcome & { readonly kind: 'failed' } =>
  outcome.kind === 'failed' && !outcome.failure.retryable;
