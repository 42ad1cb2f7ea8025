import type { RecordFailure } from '../../../shared/outcome.ts';
import type { SourceRecord } from '../../../shared/record.ts';
import type { Entry } from '../plan/entry.ts';
import type { Prepared } from '../plan/prepare.ts';
import type { Suspicion } from './evidence.ts';
import type { ShardBackoff } from './shard-backoff.ts';

/** A record in its lane: ready to send, or known to be poison. */
export type Item = Exclude<Prepared, { kind: 'tombstone' }>;

export const recordOf = (item: Item): SourceRecord => (item.kind === 'record' ? item.prepared.record : item.record);

/** A poison record at the head of its lane. */
export interface PoisonedHead {
  readonly lane: Lane;
  readonly record: SourceRecord;
  readonly failure: RecordFailure;
  readonly attempts: number;
}

/** Records in offset order, of which at most one entry is in flight. Only {@link Lanes} creates and changes lanes. */
export interface Lane {
  readonly items: readonly Item[];
  /** Index of the head; every record before the head is settled. */
  head: number;
  /** How often sending the head failed. */
  failures: number;
  lastFailure: RecordFailure | undefined;
  readyAtMs: number;
  /** Every record before this index is sent alone, because an aggregate of these records was rejected. */
  aloneUntil: number;
  /** Set while the head is suspected: it was rejected alone, and is sent in requests of its own. */
  suspicion: Suspicion | undefined;
  /** Shard that last stored or refused a record of this lane; undefined if unknown. */
  shardId: string | undefined;
}

/** The part of an entry that belongs to one lane: a number of records from the head of the lane. */
export interface LaneSlice {
  readonly lane: Lane;
  readonly count: number;
}

/** An entry and the lanes whose records it contains. */
export interface PlannedEntry {
  readonly entry: Entry;
  readonly slices: readonly LaneSlice[];
}

const isSuspected = ({ suspicion }: Lane): boolean => suspicion !== undefined;

/**
 * The ordering rule (G2): a lane has at most one entry that is sent or waits to be sent again, and its next entry only
 * once that one is settled. Decides what may be sent; sends nothing.
 */
export class Lanes {
  readonly all: readonly Lane[];
  #ready: Lane[];
  #waiting: Lane[] = [];
  #poisoned: Lane[] = [];
  #hasSuspects = false;

  constructor(items: readonly Item[]) {
    this.all = [...Map.groupBy(items, (item) => item.lane).values()].map((own) => ({
      items: own,
      head: 0,
      failures: 0,
      lastFailure: undefined,
      readyAtMs: 0,
      aloneUntil: 0,
      suspicion: undefined,
      shardId: undefined,
    }));
    this.#ready = [...this.all];
  }

  /**
   * Claims the lanes whose heads go into the next request, the longest ready first. Lanes of a throttled shard are left
   * out.
   * @param pack makes a request from ready lanes, beginning with the first one
   */
  claimRequest(
    nowMs: number,
    backoff: ShardBackoff,
    pack: (ready: readonly Lane[]) => readonly PlannedEntry[],
  ): readonly PlannedEntry[] {
    this.#sort(nowMs);
    this.#park(nowMs, backoff);
    const shareable = this.#shareable();
    const plannedEntries = pack(shareable);
    if (shareable === this.#ready && plannedEntries[0]?.slices[0]?.lane === shareable[0]) {
      this.#ready = shareable.slice(plannedEntries.reduce((count, { slices }) => count + slices.length, 0));
      return plannedEntries;
    }
    const claimed = new Set(plannedEntries.flatMap(({ slices }) => slices.map(({ lane }) => lane)));
    this.#ready = this.#ready.filter((lane) => !claimed.has(lane));
    return plannedEntries;
  }

  /** The lanes whose heads may share a request: all without suspicion, or else the suspected lane with the fewest attempts. */
  #shareable(): Lane[] {
    if (!this.#hasSuspects || !this.#ready.some(isSuspected)) return this.#ready;
    const others = this.#ready.filter((lane) => !isSuspected(lane));
    if (others.length > 0) return others;
    return this.#ready.toSorted((a, b) => a.failures - b.failures).slice(0, 1);
  }

  /** The heads of ready lanes that are poison. Claims their lanes. */
  claimPoison(nowMs: number): readonly PoisonedHead[] {
    this.#sort(nowMs);
    const plannedEntries = this.#poisoned.flatMap((lane) => {
      const item = lane.items[lane.head];
      if (item?.kind !== 'poison') return [];
      return [{ lane, record: item.record, failure: item.failure, attempts: lane.failures }];
    });
    this.#poisoned = [];
    return plannedEntries;
  }

  /** Settles a number of claimed records from the head on. */
  settle(lane: Lane, count: number): void {
    lane.head += count;
    lane.failures = 0;
    lane.lastFailure = undefined;
    lane.suspicion = undefined;
    if (lane.head < lane.items.length) this.#ready.push(lane);
  }

  /** Counts a failed attempt of the claimed records. */
  countFailure({ slices }: PlannedEntry): void {
    for (const { lane } of slices) lane.failures += 1;
  }

  /** Releases the claim; the records are sent again at `readyAtMs` or later. */
  retry({ slices }: PlannedEntry, failure: RecordFailure, readyAtMs: number): void {
    for (const { lane } of slices) this.#wait(lane, readyAtMs, failure);
  }

  /** Releases a head that was rejected alone; it is sent alone again at `readyAtMs` or later. */
  suspect(lane: Lane, suspicion: Suspicion, failure: RecordFailure, readyAtMs: number): void {
    this.#hasSuspects = true;
    lane.suspicion = suspicion;
    lane.aloneUntil = Math.max(lane.aloneUntil, lane.head + 1);
    this.#wait(lane, readyAtMs, failure);
  }

  /** Releases the records of a rejected aggregate; each is sent alone, at once. */
  split({ slices }: PlannedEntry, failure: RecordFailure, nowMs: number): void {
    for (const { lane, count } of slices) {
      lane.aloneUntil = lane.head + count;
      this.#wait(lane, nowMs, failure);
    }
  }

  /** Records why the claimed records are unsettled. */
  noteFailure({ slices }: PlannedEntry, failure: RecordFailure): void {
    for (const { lane } of slices) lane.lastFailure = failure;
  }

  /** Blocks the lane: neither the head nor the records behind it can be settled in this invocation. */
  block(lane: Lane, failure: RecordFailure): void {
    lane.lastFailure = failure;
  }

  /** Sets the reason why nothing is sent at all; undefined when sending begins. */
  blame(failure: RecordFailure | undefined): void {
    for (const lane of this.all) lane.lastFailure = failure;
  }

  /** When the next lane can be claimed; `undefined` if a lane must first receive a reply. */
  nextReadyAtMs(nowMs: number): number | undefined {
    if (this.#ready.length > 0 || this.#poisoned.length > 0) return nowMs;
    return this.#waiting.length === 0 ? undefined : Math.min(...this.#waiting.map((lane) => lane.readyAtMs));
  }

  #wait(lane: Lane, readyAtMs: number, failure: RecordFailure | undefined): void {
    lane.lastFailure = failure;
    lane.readyAtMs = readyAtMs;
    this.#waiting.push(lane);
  }

  /** Moves due lanes to the front of the ready ones, and separates lanes whose head is poison. */
  #sort(nowMs: number): void {
    const isDue = (lane: Lane) => lane.readyAtMs <= nowMs;
    if (this.#waiting.some(isDue)) {
      this.#ready = [...this.#waiting.filter(isDue), ...this.#ready];
      this.#waiting = this.#waiting.filter((lane) => !isDue(lane));
    }
    const isPoisoned = (lane: Lane) => lane.items[lane.head]?.kind === 'poison';
    if (this.#ready.some(isPoisoned)) {
      this.#poisoned.push(...this.#ready.filter(isPoisoned));
      this.#ready = this.#ready.filter((lane) => !isPoisoned(lane));
    }
  }

  /** Lanes of a throttled shard wait until its retry time. */
  #park(nowMs: number, backoff: ShardBackoff): void {
    const isBackingOff = ({ shardId }: Lane) => backoff.retryAtMs(shardId) > nowMs;
    if (!backoff.isAnyBackingOff(nowMs) || !this.#ready.some(isBackingOff)) return;
    for (const lane of this.#ready.filter(isBackingOff))
      this.#wait(lane, backoff.retryAtMs(lane.shardId), lane.lastFailure);
    this.#ready = this.#ready.filter((lane) => !isBackingOff(lane));
  }
}
