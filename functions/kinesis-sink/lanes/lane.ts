import type { RecordFailure } from '../../../shared/outcome.ts';
import type { SourceRecord } from '../../../shared/record.ts';
import type { Entry } from '../plan/entry.ts';
import type { Prepared } from '../plan/prepare.ts';
import type { Suspicion } from './evidence.ts';
import type { ShardBackoff } from './shard-backoff.ts';

/** A record in its lane: to be sent, or known to be poison before it is sent. */
export type Item = Exclude<Prepared, { kind: 'tombstone' }>;

export const recordOf = (item: Item): SourceRecord => (item.kind === 'record' ? item.prepared.record : item.record);

/** A poisoned record whose turn has come. */
export interface PoisonedHead {
  readonly lane: Lane;
  readonly record: SourceRecord;
  readonly failure: RecordFailure;
  readonly attempts: number;
}

/** A queue in offset order of which at most the head run is under way. Made and changed by {@link Lanes} alone. */
export interface Lane {
  readonly items: readonly Item[];
  /** Index of the head; everything before it is settled. */
  head: number;
  /** How often sending the head failed. */
  failures: number;
  lastFailure: RecordFailure | undefined;
  readyAtMs: number;
  /** Before this index every record is sent alone: an aggregate of them was rejected. */
  aloneUntil: number;
  /** The head was rejected alone. Until it is known why, it is sent in requests of its own. */
  suspicion: Suspicion | undefined;
  /** Where its records were last stored or refused; undefined: nobody knows yet. */
  shardId: string | undefined;
}

/** A lane's part of an entry: so many of its records, from its head on. */
export interface LaneSlice {
  readonly lane: Lane;
  readonly count: number;
}

/** An entry, and whose records are in it. */
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
   * Claims the lanes whose heads go into a request, longest ready first; those of a shut shard are passed over.
   * @param pack makes a request of ready lanes; it takes them from the front
   */
  claimRequest(
    nowMs: number,
    backoff: ShardBackoff,
    pack: (ready: readonly Lane[]) => readonly PlannedEntry[],
  ): readonly PlannedEntry[] {
    this.#sort(nowMs);
    this.#park(nowMs, backoff);
    const company = this.#company();
    const plannedEntries = pack(company);
    if (company === this.#ready && plannedEntries[0]?.slices[0]?.lane === company[0]) {
      this.#ready = company.slice(plannedEntries.reduce((count, { slices }) => count + slices.length, 0));
      return plannedEntries;
    }
    const claimed = new Set(plannedEntries.flatMap(({ slices }) => slices.map(({ lane }) => lane)));
    this.#ready = this.#ready.filter((lane) => !claimed.has(lane));
    return plannedEntries;
  }

  /** The lanes whose heads may share a request: those under no suspicion, or one that is, the least tried. */
  #company(): Lane[] {
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

  /** So many claimed records from the head on are settled: the lane goes on with its next. */
  settle(lane: Lane, count: number): void {
    lane.head += count;
    lane.failures = 0;
    lane.lastFailure = undefined;
    lane.suspicion = undefined;
    if (lane.head < lane.items.length) this.#ready.push(lane);
  }

  /** What was claimed was sent, and is not known to be stored. */
  countFailure({ slices }: PlannedEntry): void {
    for (const { lane } of slices) lane.failures += 1;
  }

  /** What was claimed is not known to be stored: it comes again, not before `readyAtMs`. */
  retry({ slices }: PlannedEntry, failure: RecordFailure, readyAtMs: number): void {
    for (const { lane } of slices) this.#wait(lane, readyAtMs, failure);
  }

  /** The head was rejected alone: it comes again alone, not before `readyAtMs`. */
  suspect(lane: Lane, suspicion: Suspicion, failure: RecordFailure, readyAtMs: number): void {
    this.#hasSuspects = true;
    lane.suspicion = suspicion;
    lane.aloneUntil = Math.max(lane.aloneUntil, lane.head + 1);
    this.#wait(lane, readyAtMs, failure);
  }

  /** An aggregate that can never be accepted: its records come again at once, each alone. */
  split({ slices }: PlannedEntry, failure: RecordFailure, nowMs: number): void {
    for (const { lane, count } of slices) {
      lane.aloneUntil = lane.head + count;
      this.#wait(lane, nowMs, failure);
    }
  }

  /** Why what was claimed is not settled yet. */
  blameClaim({ slices }: PlannedEntry, failure: RecordFailure): void {
    for (const { lane } of slices) lane.lastFailure = failure;
  }

  /** The claimed head cannot be settled in this invocation, and so cannot what stands behind it. */
  block(lane: Lane, failure: RecordFailure): void {
    lane.lastFailure = failure;
  }

  /** Why nothing is sent at all; undefined: it is, from now on. */
  blame(failure: RecordFailure | undefined): void {
    for (const lane of this.all) lane.lastFailure = failure;
  }

  /** When the next lane can be claimed; `undefined` when none can without something being answered first. */
  nextReadyAtMs(nowMs: number): number | undefined {
    if (this.#ready.length > 0 || this.#poisoned.length > 0) return nowMs;
    return this.#waiting.length === 0 ? undefined : Math.min(...this.#waiting.map((lane) => lane.readyAtMs));
  }

  #wait(lane: Lane, readyAtMs: number, failure: RecordFailure | undefined): void {
    lane.lastFailure = failure;
    lane.readyAtMs = readyAtMs;
    this.#waiting.push(lane);
  }

  /** Lanes whose time has come become ready, ahead of the others; those whose head is poison stand apart. */
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

  /** Lanes of a shard that is shut wait until it opens. */
  #park(nowMs: number, backoff: ShardBackoff): void {
    const isShut = ({ shardId }: Lane) => backoff.retryAtMs(shardId) > nowMs;
    if (!backoff.isAnyBackingOff(nowMs) || !this.#ready.some(isShut)) return;
    for (const lane of this.#ready.filter(isShut)) this.#wait(lane, backoff.retryAtMs(lane.shardId), lane.lastFailure);
    this.#ready = this.#ready.filter((lane) => !isShut(lane));
  }
}
