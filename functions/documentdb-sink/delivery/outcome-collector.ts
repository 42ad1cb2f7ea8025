import { failed, isSettled, type RecordFailure, type RecordOutcome, skipped } from '../../../shared/outcome.ts';
import { advance, headOf, isDone, type Lane, type LaneEntry, type Step, stepOf } from '../lanes/lane.ts';

export const DEAD_LETTER_FAILED: RecordFailure = {
  code: 'dead_letter_failed',
  retryable: true,
  mayBeWritten: false,
  detail: 'the record is poison, and its dead letter could not be written to the dead-letter bucket',
};

export const COLLISION: RecordFailure = {
  code: 'duplicate_key',
  retryable: true,
  mayBeWritten: false,
  detail: 'another document holds the same value in a unique index',
};

/** Collects the outcomes of one batch. */
export class OutcomeCollector {
  #settledCount = 0;
  /** Indexes of deferred records: a later write of the same lane settles them, and may free a unique value. */
  readonly #deferred = new Set<number>();
  #waitsForDeferred = true;
  readonly #outcomes: (RecordOutcome | undefined)[] = [];
  readonly #firstIndexes: ReadonlyMap<string, number>;

  /** @param firstIndexes index in the batch of the first record of each partition */
  constructor(firstIndexes: ReadonlyMap<string, number>) {
    this.#firstIndexes = firstIndexes;
  }

  get settledCount(): number {
    return this.#settledCount;
  }

  /** Settles a record that writes nothing and has no lane. */
  settleAtOnce(index: number, outcome: RecordOutcome): void {
    this.#set({ index }, outcome);
  }

  /**
   * Settles the record of the head, including the other writes of that record. The lane continues with the next record.
   */
  settleHead(lane: Lane, entry: LaneEntry, outcome: RecordOutcome): void {
    this.#set(entry, outcome);
    const own = lane.entries.slice(lane.next).findIndex(({ index }) => index !== entry.index);
    advance(lane, own < 0 ? lane.entries.length - lane.next : own);
  }

  settleFold({ lane, count }: Step, outcomeOf: (entry: LaneEntry) => RecordOutcome): void {
    const settled = [...lane.deferred, ...lane.entries.slice(lane.next, lane.next + count)];
    for (const entry of settled) if (entry.isLast) this.#set(entry, outcomeOf(entry));
    lane.deferred = [];
    advance(lane, count);
  }

  /** Defers the head: the next write of the lane is sent together with it. */
  defer(lane: Lane, entry: LaneEntry): void {
    this.#deferred.add(entry.index);
    lane.deferred.push(entry);
    advance(lane, 1);
  }

  /** Marks the head as unsettled for the rest of this batch. Nothing behind it is sent. */
  stop(lane: Lane, entry: LaneEntry, failure: RecordFailure): void {
    this.#set(entry, failed(entry.record.position, failure));
    lane.state = 'stopped';
  }

  /**
   * Call when nothing else can make progress: other lanes then stop waiting for deferred records. @returns whether any
   * lane was waiting
   */
  stopWaitingForDeferred(): boolean {
    const changes = this.#waitsForDeferred && this.#deferred.size > 0;
    this.#waitsForDeferred = false;
    return changes;
  }

  /** Whether every earlier record of the partition is settled, or deferred in this lane. */
  areEarlierSettled({ topicPartition, deferred }: Lane, entry: LaneEntry): boolean {
    const own = new Set(deferred.map(({ index }) => index));
    for (let at = this.#firstIndexes.get(topicPartition) ?? 0; at < entry.index; at += 1) {
      if (own.has(at) || (this.#deferred.has(at) && !this.#waitsForDeferred)) continue;
      const outcome = this.#outcomes[at];
      if (outcome === undefined || !isSettled(outcome)) return false;
    }
    return true;
  }

  /** The outcome of each record by index. Every open record is unsettled. */
  close(lanes: readonly Lane[]): readonly (RecordOutcome | undefined)[] {
    const outcomes = [...this.#outcomes];
    for (const lane of lanes) {
      for (const { index, record } of lane.deferred) outcomes[index] ??= failed(record.position, COLLISION);
      closeLane(lane, outcomes);
    }
    return outcomes;
  }

  #set(entry: Pick<LaneEntry, 'index'>, outcome: RecordOutcome): void {
    this.#outcomes[entry.index] = outcome;
    if (isSettled(outcome)) this.#settledCount += 1;
  }
}

/**
 * The head failed if it was sent; the entries behind it are skipped because of the head. An unsent head is skipped
 * because of the deadline.
 */
function closeLane(lane: Lane, outcomes: (RecordOutcome | undefined)[]): void {
  const head = headOf(lane);
  if (isDone(lane) || head === undefined) return;
  const failure = lane.state === 'locked' ? DEAD_LETTER_FAILED : lane.failure;
  const blockedBy = failure === undefined && lane.state === 'open' ? 'deadline' : head.record.position;
  const failedCount = lane.state === 'open' ? (stepOf(lane)?.count ?? 1) : 1;
  for (const [place, { index, record }] of lane.entries.slice(lane.next).entries()) {
    const isFailed = failure !== undefined && place < failedCount;
    outcomes[index] ??= isFailed ? failed(record.position, failure) : skipped(record.position, blockedBy);
  }
}
