import { assert } from '../errors.ts';
import { failed, type RecordFailure, type RecordOutcome, skipped } from '../outcome.ts';
import type { SourceRecord } from '../record.ts';

/** A record in its lane, or one of the writes of a record. */
export interface LaneItem {
  /** Index of the record among all records of the batch. */
  readonly index: number;
  readonly record: SourceRecord;
}

/** What is known of the head of a lane. Forgotten when the head is settled. */
export interface Trial {
  /** How often the head was sent. */
  readonly attempts: number;
  /** The last failure of the head; of a locked lane, why the head is poison. */
  readonly failure: RecordFailure | undefined;
  /** The head is not sent earlier. */
  readonly readyAtMs: number;
}

/** `locked`: a dead letter is being written; `stopped`: nothing more of the lane is sent in this batch. */
export type LaneState = 'open' | 'locked' | 'stopped';

/** The outcome of a record, by its index in the batch. */
export interface Settlement {
  readonly index: number;
  readonly outcome: RecordOutcome;
}

/**
 * Items that must be settled one after another, in offset order. A lane alone writes its state, so that no other code can
 * settle an item twice, or settle an item behind an unsettled one (G1, G2).
 */
export abstract class Lane<Item extends LaneItem, HeadTrial extends Trial> {
  readonly #untried: HeadTrial;
  #items: Item[] = [];
  #next = 0;
  #state: LaneState = 'open';
  #trial: HeadTrial;

  protected constructor(untried: HeadTrial) {
    this.#untried = untried;
    this.#trial = untried;
  }

  get items(): readonly Item[] {
    return this.#items;
  }

  /** Index of the first unsettled item. */
  get next(): number {
    return this.#next;
  }

  get head(): Item | undefined {
    return this.#items[this.#next];
  }

  get isDone(): boolean {
    return this.#next >= this.#items.length;
  }

  get state(): LaneState {
    return this.#state;
  }

  get trial(): HeadTrial {
    return this.#trial;
  }

  /** Adds an item behind the others. Call before anything is sent. */
  enter(item: Item): void {
    // Most lanes have one item, and an array that grows takes the memory of many.
    if (this.#items.length === 0) this.#items = [item];
    else this.#items.push(item);
  }

  /** Locks the lane until the dead letter of its poison record is durable, or given up. */
  lock(failure: RecordFailure): void {
    this.change({ failure } as Partial<HeadTrial>);
    this.#state = 'locked';
  }

  /** Leaves the record unsettled for the rest of this batch, and everything behind it. */
  stop(item: Item, failure: RecordFailure): Settlement {
    this.#state = 'stopped';
    return { index: item.index, outcome: failed(item.record.position, failure) };
  }

  /** Settles the record of an item as a whole, with the other writes of that record. The lane goes on behind the record. */
  settleRecord({ index, record }: Item, outcomeOf: (record: SourceRecord) => RecordOutcome): Settlement {
    let count = 0;
    while (this.#items[this.#next + count]?.index === index) count += 1;
    this.settle(count);
    return { index, outcome: outcomeOf(record) };
  }

  /** Moves on behind so many items. What was known of the head is forgotten. */
  protected settle(count: number): void {
    assert(this.#next + count <= this.#items.length, 'a lane settles only the items that it holds');
    this.#next += count;
    this.#state = 'open';
    this.#trial = this.#untried;
  }

  protected change(known: Partial<HeadTrial>): void {
    this.#trial = { ...this.#trial, ...known };
  }

  /** The number of items that the next sending of the head would settle. */
  protected abstract get headCount(): number;

  /**
   * The outcomes of the unsettled records at the end of a batch. The head failed if it was sent; the records behind it are
   * skipped because of the head. A head that was not sent is skipped because of the deadline.
   */
  unsettled(): readonly Settlement[] {
    const { head } = this;
    if (head === undefined) return [];
    const { failure } = this.#trial;
    const said = this.#state === 'locked' && failure !== undefined ? deadLetterFailed(failure) : failure;
    const blockedBy = said === undefined && this.#state === 'open' ? 'deadline' : head.record.position;
    const failedCount = this.#state === 'open' ? this.headCount : 1;
    return this.#items.slice(this.#next).map(({ index, record: { position } }, place) => ({
      index,
      outcome: said !== undefined && place < failedCount ? failed(position, said) : skipped(position, blockedBy),
    }));
  }
}

/** The failure of a poison record whose dead letter is not durable. */
export const deadLetterFailed = ({ detail, mayBeWritten }: RecordFailure): RecordFailure => ({
  code: 'dead_letter_failed',
  retryable: true,
  mayBeWritten,
  detail: `the record is poison, and its dead letter could not be written to the dead-letter bucket; the record is poison because ${detail}`,
});
