import { assert } from '../errors.ts';
import { isSettled, type RecordOutcome } from '../outcome.ts';
import type { PartitionBatch } from '../record.ts';
import type { Settlement } from './lane.ts';

/** What the collector needs of a lane. */
interface Closing {
  unsettled(): readonly Settlement[];
}

/** Collects the outcomes of one batch by the index of each record (G1). */
export class OutcomeCollector {
  readonly #outcomes: (RecordOutcome | undefined)[];
  /** Index of the first record of each partition that is not settled. */
  readonly #prefixes = new Map<string, number>();

  constructor(batches: readonly PartitionBatch[]) {
    let recordCount = 0;
    for (const { topicPartition, records } of batches) {
      this.#prefixes.set(topicPartition, recordCount);
      recordCount += records.length;
    }
    this.#outcomes = new Array<RecordOutcome | undefined>(recordCount);
  }

  record({ index, outcome }: Settlement): void {
    const known = this.#outcomes[index];
    assert(known === undefined || !isSettled(known), 'a record is settled once');
    this.#outcomes[index] = outcome;
  }

  isSettled(index: number): boolean {
    const outcome = this.#outcomes[index];
    return outcome !== undefined && isSettled(outcome);
  }

  /** Index of the first record of the partition that is not settled; at most `end`. */
  firstUnsettled(topicPartition: string, end: number): number {
    let index = this.#prefixes.get(topicPartition) ?? 0;
    while (index < end && this.isSettled(index)) index += 1;
    this.#prefixes.set(topicPartition, index);
    return index;
  }

  /** One outcome per record, in the order of the batches. What has no outcome is unsettled in its lane. */
  close(lanes: Iterable<Closing>): readonly RecordOutcome[] {
    const outcomes = [...this.#outcomes];
    for (const lane of lanes) for (const { index, outcome } of lane.unsettled()) outcomes[index] ??= outcome;
    assert(!outcomes.includes(undefined), 'every record has an outcome');
    return outcomes as readonly RecordOutcome[];
  }
}
