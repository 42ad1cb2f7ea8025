import { type LaneItem, type Settlement, Lane as SharedLane, type Trial } from '../../../shared/delivery/lane.ts';
import { assert } from '../../../shared/errors.ts';
import { type RecordFailure, written } from '../../../shared/outcome.ts';
import type { Entry } from '../plan/entry.ts';
import type { PlannedRecord } from '../plan/plan.ts';
import type { Suspicion } from './evidence.ts';

/** A record in its lane: ready to send, or known to be poison. */
export interface Item extends LaneItem {
  readonly task:
    | { readonly kind: 'record'; readonly planned: PlannedRecord }
    | { readonly kind: 'poison'; readonly failure: RecordFailure };
}

/** What is known of the head of a lane. */
export interface HeadTrial extends Trial {
  /** Set while the head is suspected: it was rejected alone, and is sent in requests of its own. */
  readonly suspicion: Suspicion | undefined;
}

const UNTRIED: HeadTrial = { attempts: 0, failure: undefined, readyAtMs: 0, suspicion: undefined };

/** The part of an entry that belongs to one lane: a number of records from the head of the lane. */
export interface LaneSlice {
  readonly lane: Lane;
  /** Index in the lane of the first record. */
  readonly from: number;
  readonly count: number;
}

/** An entry and the lanes whose records it contains. */
export interface PackedEntry {
  readonly entry: Entry;
  readonly slices: readonly LaneSlice[];
}

/** What became of the records of a slice. */
export type SliceResult =
  /** stored in this shard */
  | { readonly kind: 'written'; readonly shardId: string | undefined }
  /** the records are sent again; `shardId`: the shard that refused them, if known */
  | {
      readonly kind: 'retry';
      readonly failure: RecordFailure;
      readonly readyAtMs: number;
      readonly shardId?: string | undefined;
    }
  /** the request was rejected, and its halves are sent: the records stay claimed */
  | { readonly kind: 'searched'; readonly failure: RecordFailure }
  /** the record was rejected alone, and is sent alone again */
  | {
      readonly kind: 'suspected';
      readonly suspicion: Suspicion;
      readonly failure: RecordFailure;
      readonly readyAtMs: number;
    }
  /** an aggregate was rejected: each of its records is sent alone, at once */
  | { readonly kind: 'split'; readonly failure: RecordFailure; readonly readyAtMs: number };

const NOTHING: readonly Settlement[] = [];

/** Records in offset order, of which at most one entry is in flight (G2). */
export class Lane extends SharedLane<Item, HeadTrial> {
  /** Every record before this index is sent alone, because an aggregate of these records was rejected. */
  #aloneUntil = 0;
  #shardId: string | undefined;

  constructor() {
    super(UNTRIED);
  }

  /** Whether the head is sent in an entry of its own. */
  get isAlone(): boolean {
    return this.next < this.#aloneUntil;
  }

  /** Shard that last stored or refused a record of this lane; undefined if unknown. */
  get shardId(): string | undefined {
    return this.#shardId;
  }

  protected override get headCount(): number {
    return 1;
  }

  /** The records from the head on. */
  slice(count: number): LaneSlice {
    return { lane: this, from: this.next, count };
  }

  /** Counts a failed attempt to send the head. */
  countFailure(): void {
    this.change({ attempts: this.trial.attempts + 1 });
  }

  /** Does not send the head before that. */
  postpone(readyAtMs: number): void {
    this.change({ readyAtMs });
  }

  /** Says why nothing of the lane is sent; undefined when sending begins. */
  withhold(failure: RecordFailure | undefined): void {
    this.change({ failure });
  }

  /**
   * Applies what became of the slice that was sent last.
   * @returns the outcomes of the records that are settled
   * @throws InvariantError if the slice is not of the head of this lane: no record may be settled by another one's result
   */
  apply(slice: LaneSlice, result: SliceResult): readonly Settlement[] {
    assert(slice.lane === this && slice.from === this.next, 'a result belongs to the head of its lane');
    assert(this.state === 'open', 'a lane whose head is decided has no result to come');
    switch (result.kind) {
      case 'written':
        return this.#settleWritten(slice, result.shardId);
      case 'retry':
        this.#shardId = result.shardId ?? this.#shardId;
        this.change({ failure: result.failure, readyAtMs: result.readyAtMs });
        return NOTHING;
      case 'searched':
        this.change({ failure: result.failure });
        return NOTHING;
      case 'suspected':
        this.#aloneUntil = Math.max(this.#aloneUntil, this.next + 1);
        this.change({ suspicion: result.suspicion, failure: result.failure, readyAtMs: result.readyAtMs });
        return NOTHING;
      case 'split':
        this.#aloneUntil = this.next + slice.count;
        this.change({ failure: result.failure, readyAtMs: result.readyAtMs });
        return NOTHING;
    }
  }

  #settleWritten({ from, count }: LaneSlice, shardId: string | undefined): readonly Settlement[] {
    this.#shardId = shardId;
    const settled = this.items.slice(from, from + count);
    this.settle(count);
    return settled.map(({ index, record }) => ({ index, outcome: written(record.position) }));
  }
}
