import type { RecordFailure } from '../../shared/outcome.ts';
import type { SourceRecord } from '../../shared/record.ts';
import type { Entry, Prepared } from './entry.ts';

/** A record in its lane: to be sent, or known to be poison before it is sent. */
export type Item = Exclude<Prepared, { kind: 'tombstone' }>;

export const recordOf = (item: Item): SourceRecord => (item.kind === 'entry' ? item.entry.record : item.record);

/** An entry that is under way, and how often it was sent before. */
export interface Claim {
  readonly lane: Lane;
  readonly entry: Entry;
  readonly failures: number;
}

/** A poisoned record whose turn has come. */
export interface PoisonClaim {
  readonly lane: Lane;
  readonly record: SourceRecord;
  readonly failure: RecordFailure;
  readonly attempts: number;
}

/** A queue in offset order of which at most the head is under way. Made and changed by {@link Lanes} alone. */
export interface Lane {
  readonly items: readonly Item[];
  /** Index of the head; everything before it is settled. */
  head: number;
  /** How often sending the head failed. */
  failures: number;
  lastFailure: RecordFailure | undefined;
  readyAtMs: number;
}

export interface RequestLimits {
  readonly recordsMax: number;
  readonly bytesMax: number;
}

/**
 * The ordering rule (G2): a lane has at most one entry that is sent or waits to be sent again, and its next entry only
 * once that one is settled. Decides what may be sent; sends nothing.
 */
export class Lanes {
  readonly all: readonly Lane[];
  #ready: Lane[];
  #waiting: Lane[] = [];
  #poisoned: Lane[] = [];

  constructor(items: readonly Item[]) {
    this.all = [...Map.groupBy(items, (item) => item.lane).values()].map((own) => ({
      items: own,
      head: 0,
      failures: 0,
      lastFailure: undefined,
      readyAtMs: 0,
    }));
    this.#ready = [...this.all];
  }

  /** Heads of ready lanes within the limits, longest ready first. Claims their lanes. */
  claimRequest(nowMs: number, limits: RequestLimits): readonly Claim[] {
    this.#sort(nowMs);
    const claims: Claim[] = [];
    let byteLength = 0;
    for (const lane of this.#ready) {
      const item = lane.items[lane.head];
      if (item?.kind !== 'entry' || claims.length === limits.recordsMax) break;
      byteLength += item.entry.byteLength;
      if (byteLength > limits.bytesMax) break;
      claims.push({ lane, entry: item.entry, failures: lane.failures });
    }
    this.#ready = this.#ready.slice(claims.length);
    return claims;
  }

  /** The heads of ready lanes that are poison. Claims their lanes. */
  claimPoison(nowMs: number): readonly PoisonClaim[] {
    this.#sort(nowMs);
    const claims = this.#poisoned.flatMap((lane) => {
      const item = lane.items[lane.head];
      if (item?.kind !== 'poison') return [];
      return [{ lane, record: item.record, failure: item.failure, attempts: lane.failures }];
    });
    this.#poisoned = [];
    return claims;
  }

  /** The claimed head is settled: the lane goes on with its next. */
  settle(lane: Lane): void {
    lane.head += 1;
    lane.failures = 0;
    lane.lastFailure = undefined;
    if (lane.head < lane.items.length) this.#ready.push(lane);
  }

  /** The claimed head was not stored, or nobody knows: it comes again, not before `readyAtMs`. */
  retry({ lane, failures }: Claim, failure: RecordFailure, readyAtMs: number): void {
    lane.failures = failures + 1;
    lane.lastFailure = failure;
    lane.readyAtMs = readyAtMs;
    this.#waiting.push(lane);
  }

  /** The claimed head cannot be settled in this invocation, and so cannot what stands behind it. */
  block(lane: Lane, failure: RecordFailure): void {
    lane.lastFailure = failure;
  }

  /** When the next lane can be claimed; `undefined` when none can without something being answered first. */
  nextReadyAtMs(nowMs: number): number | undefined {
    if (this.#ready.length > 0 || this.#poisoned.length > 0) return nowMs;
    return this.#waiting.length === 0 ? undefined : Math.min(...this.#waiting.map((lane) => lane.readyAtMs));
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
}
