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

/** The outcomes of one batch, and what follows from them. */
export class OutcomeCollector {
  #settledCount = 0;
  /** Places of records that wait for a later write of their lane, and may free a value that way. */
  readonly #deferred = new Set<number>();
  #waitsForCarried = true;
  readonly #outcomes: (RecordOutcome | undefined)[] = [];
  readonly #firstIndexes: ReadonlyMap<string, number>;

  /** @param firstIndexes of each partition, the place of its first record in the batch */
  constructor(firstIndexes: ReadonlyMap<string, number>) {
    this.#firstIndexes = firstIndexes;
  }

  get settledCount(): number {
    return this.#settledCount;
  }

  /** A record that has no lane, for it writes nothing. */
  settleAtOnce(index: number, outcome: RecordOutcome): void {
    this.#set({ index }, outcome);
  }

  /** The head of the lane is settled, whatever else its record was to write: the lane goes on with the next record. */
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

  /** The head of the lane is left out: what becomes of it a later write of the lane decides. */
  defer(lane: Lane, entry: LaneEntry): void {
    this.#deferred.add(entry.index);
    lane.deferred.push(entry);
    advance(lane, 1);
  }

  /** The head of the lane is unsettled for the rest of this batch, and so is what follows. */
  stop(lane: Lane, entry: LaneEntry, failure: RecordFailure): void {
    this.#set(entry, failed(entry.record.position, failure));
    lane.state = 'stopped';
  }

  /** Nothing else is left to do: what is carried is waited for no longer. @returns whether that changes anything */
  stopWaitingForDeferred(): boolean {
    const changes = this.#waitsForCarried && this.#deferred.size > 0;
    this.#waitsForCarried = false;
    return changes;
  }

  /** Whether every earlier record of its partition in the batch is settled, or is to be by this lane. */
  areEarlierSettled({ topicPartition, deferred }: Lane, entry: LaneEntry): boolean {
    const own = new Set(deferred.map(({ index }) => index));
    for (let at = this.#firstIndexes.get(topicPartition) ?? 0; at < entry.index; at += 1) {
      if (own.has(at) || (this.#deferred.has(at) && !this.#waitsForCarried)) continue;
      const outcome = this.#outcomes[at];
      if (outcome === undefined || !isSettled(outcome)) return false;
    }
    return true;
  }

  /** Outcomes by place; what is open is unsettled. */
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

/** The head failed if it was tried, and what stands behind waits for it; otherwise there was no time for any of it. */
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
