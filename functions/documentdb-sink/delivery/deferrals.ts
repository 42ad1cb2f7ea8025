import type { OutcomeCollector } from '../../../shared/delivery/outcome-collector.ts';
import type { LaneEntry } from '../lanes/entry.ts';
import type { Lane } from '../lanes/lane.ts';

/**
 * The deferred records of a batch in one collection: a later write of their lane settles them, and may free a unique
 * value.
 */
export class Deferrals {
  readonly #outcomes: OutcomeCollector;
  readonly #lanes: readonly Lane[];
  /** Of the records of the collection; undefined before the first conflict. */
  #own: ReadonlySet<number> | undefined;
  readonly #firstOpenOf = new Map<string, number>();
  readonly #indexes = new Set<number>();
  #waits = true;

  /** @param lanes all lanes of the collection */
  constructor(outcomes: OutcomeCollector, lanes: readonly Lane[]) {
    this.#outcomes = outcomes;
    this.#lanes = lanes;
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

  /**
   * Whether every earlier record of the partition is settled, or deferred in this lane. A record of another collection
   * cannot free a value in this one.
   */
  areEarlierSettled(
    { deferred }: { readonly deferred: readonly LaneEntry[] },
    { index: end, record }: LaneEntry,
  ): boolean {
    const { topicPartition } = record.position;
    for (let at = this.#firstOpen(topicPartition, end); at < end; at += 1) {
      const isDeferred = this.#indexes.has(at) && (!this.#waits || deferred.some(({ index }) => index === at));
      if (this.#isOpen(at) && !isDeferred) return false;
    }
    return true;
  }

  /** Index of the first unsettled record of the partition in this collection; at most `end`. What is settled stays so. */
  #firstOpen(topicPartition: string, end: number): number {
    let at = this.#outcomes.firstUnsettled(topicPartition, end);
    at = Math.max(at, this.#firstOpenOf.get(topicPartition) ?? 0);
    while (at < end && !this.#isOpen(at)) at += 1;
    this.#firstOpenOf.set(topicPartition, at);
    return at;
  }

  #isOpen(index: number): boolean {
    this.#own ??= new Set(this.#lanes.flatMap(({ items }) => items.map((item) => item.index)));
    return this.#own.has(index) && !this.#outcomes.isSettled(index);
  }
}
