import type { OutcomeCollector } from '../../../shared/delivery/outcome-collector.ts';
import type { LaneEntry } from '../lanes/entry.ts';

/** The deferred records of a batch: a later write of their lane settles them, and may free a unique value. */
export class Deferrals {
  readonly #outcomes: OutcomeCollector;
  readonly #indexes = new Set<number>();
  #waits = true;

  constructor(outcomes: OutcomeCollector) {
    this.#outcomes = outcomes;
  }

  add(index: number): void {
    this.#indexes.add(index);
  }

  /**
   * Call when nothing else can make progress: other lanes then stop waiting for deferred records. @returns whether any
   * lane was waiting
   */
  stopWaiting(): boolean {
    const changes = this.#waits && this.#indexes.size > 0;
    this.#waits = false;
    return changes;
  }

  /** Whether every earlier record of the partition is settled, or deferred in this lane. */
  areEarlierSettled(
    { deferred }: { readonly deferred: readonly LaneEntry[] },
    { index: end, record }: LaneEntry,
  ): boolean {
    for (let at = this.#outcomes.firstUnsettled(record.position.topicPartition, end); at < end; at += 1) {
      const isDeferred = this.#indexes.has(at) && (!this.#waits || deferred.some(({ index }) => index === at));
      if (!isDeferred && !this.#outcomes.isSettled(at)) return false;
    }
    return true;
  }
}
