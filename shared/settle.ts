import { assert } from './errors.ts';
import { type FailureCode, isSettled, type OutcomeKind, type RecordOutcome } from './outcome.ts';
import { type PartitionBatch, samePosition } from './record.ts';

export interface PartitionSettlement {
  readonly topicPartition: string;
  readonly counts: Readonly<Record<OutcomeKind, number>>;
  /** Offsets of failed and skipped records, ascending; empty when the partition is settled. */
  readonly unsettledOffsets: readonly number[];
  /** The number of `failed` outcomes by code. */
  readonly failureCodes: Readonly<Partial<Record<FailureCode, number>>>;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html */
export interface KafkaBatchItemFailure {
  /**
   * `partition` is the key of `event.records`, unchanged: Lambda repeats the whole batch when it does not know the
   * name.
   */
  readonly itemIdentifier: { readonly partition: string; readonly offset: number };
}
export interface KafkaBatchResponse {
  readonly batchItemFailures: readonly KafkaBatchItemFailure[];
}

/**
 * Groups outcomes by partition.
 * @throws InvariantError when outcomes and records do not correspond one to one, in order: Lambda then repeats the
 *   batch.
 */
export function settle(
  batches: readonly PartitionBatch[],
  outcomes: readonly RecordOutcome[],
): readonly PartitionSettlement[] {
  const recordCount = batches.reduce((sum, batch) => sum + batch.records.length, 0);
  assert(outcomes.length === recordCount, `${outcomes.length} outcomes for ${recordCount} records`);
  let next = 0;
  return batches.map((batch) => {
    const own = outcomes.slice(next, next + batch.records.length);
    next += batch.records.length;
    return settlePartition(batch, own);
  });
}

function settlePartition(batch: PartitionBatch, outcomes: readonly RecordOutcome[]): PartitionSettlement {
  const counts = { written: 0, ignored: 0, deadLettered: 0, failed: 0, skipped: 0 };
  const failureCodes: Partial<Record<FailureCode, number>> = {};
  const unsettledOffsets: number[] = [];
  for (const [index, record] of batch.records.entries()) {
    const outcome = outcomes[index];
    assert(
      outcome !== undefined && samePosition(outcome.position, record.position),
      `the outcome in place ${index} of ${batch.topicPartition} is about another record`,
    );
    counts[outcome.kind] += 1;
    if (!isSettled(outcome)) unsettledOffsets.push(record.position.offset);
    if (outcome.kind === 'failed') {
      failureCodes[outcome.failure.code] = (failureCodes[outcome.failure.code] ?? 0) + 1;
    }
  }
  return {
    topicPartition: batch.topicPartition,
    counts,
    unsettledOffsets,
    failureCodes,
  };
}

/**
 * Names every unsettled record. Lambda's documentation does not say whether Lambda repeats only the named records or
 * everything from the lowest one on. A response that names all of them is right in both cases.
 */
export function toBatchResponse(settlements: readonly PartitionSettlement[]): KafkaBatchResponse {
  return {
    batchItemFailures: settlements.flatMap(({ topicPartition, unsettledOffsets }) =>
      unsettledOffsets.map((offset) => ({ itemIdentifier: { partition: topicPartition, offset } })),
    ),
  };
}
