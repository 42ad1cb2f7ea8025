import { Heap } from '../../../shared/delivery/heap.ts';
import type { RecordFailure } from '../../../shared/outcome.ts';
import type { Lane } from './lane.ts';
import type { ShardBackoff } from './shard-backoff.ts';

const isSuspected = ({ trial }: Lane): boolean => trial.suspicion !== undefined;

/** The lanes of a batch, by what they wait for. A lane that is claimed waits for nothing. Decides what may be sent; sends nothing. */
export class Lanes {
  readonly all: readonly Lane[];
  #ready: readonly Lane[] = [];
  /** Lanes that became ready, behind the others. */
  #newlyReady: Lane[] = [];
  readonly #waiting = new Heap(({ trial }: Lane) => trial.readyAtMs);
  #poisoned: Lane[] = [];
  #hasSuspects = false;

  constructor(all: readonly Lane[]) {
    this.all = all;
    for (const lane of all) this.place(lane);
  }

  /** Releases a claimed lane: files it by what it waits for now. Lanes that are done, locked or stopped wait for nothing. */
  place(lane: Lane): void {
    const { head, state, trial } = lane;
    if (head === undefined || state !== 'open') return;
    if (isSuspected(lane)) this.#hasSuspects = true;
    if (trial.failure !== undefined) this.#waiting.add(lane);
    else if (head.task.kind === 'poison') this.#poisoned.push(lane);
    else this.#newlyReady.push(lane);
  }

  /**
   * The lanes whose heads may share the next request: those that were tried before, then the longest ready ones. Lanes of a
   * throttled shard are left out. Suspected lanes go one by one, the one with the fewest attempts first, when nothing else is
   * ready.
   */
  ready(nowMs: number, backoff: ShardBackoff): readonly Lane[] {
    this.#sort(nowMs);
    this.#park(nowMs, backoff);
    if (!this.#hasSuspects) return this.#ready;
    const others = this.#ready.filter((lane) => !isSuspected(lane));
    if (others.length > 0) return others;
    return this.#ready.toSorted((a, b) => a.trial.attempts - b.trial.attempts).slice(0, 1);
  }

  /** Claims lanes whose heads go into a request. @param lanes some of those that `ready` returned, in the same order */
  claim(lanes: readonly Lane[]): void {
    if (lanes.at(-1) === this.#ready[lanes.length - 1]) {
      this.#ready = this.#ready.slice(lanes.length);
      return;
    }
    const claimed = new Set(lanes);
    this.#ready = this.#ready.filter((lane) => !claimed.has(lane));
  }

  /** Claims the lanes whose heads are poison. */
  claimPoisoned(): readonly Lane[] {
    const claimed = this.#poisoned;
    this.#poisoned = [];
    return claimed;
  }

  /** Says why nothing is sent at all; undefined when sending begins. */
  withhold(failure: RecordFailure | undefined): void {
    for (const lane of this.all) lane.withhold(failure);
  }

  /** When the next lane can be claimed; `undefined` if a lane must first receive a reply. */
  nextReadyAtMs(nowMs: number): number | undefined {
    if (this.#ready.length + this.#newlyReady.length + this.#poisoned.length > 0) return nowMs;
    return this.#waiting.size === 0 ? undefined : this.#waiting.leastKey;
  }

  /** Moves due lanes to the front of the ready ones. */
  #sort(nowMs: number): void {
    const due = this.#waiting.takeUpTo(nowMs);
    if (due.length + this.#newlyReady.length === 0) return;
    this.#ready = [...due, ...this.#ready, ...this.#newlyReady];
    this.#newlyReady = [];
  }

  /** Lanes of a throttled shard wait until its retry time. */
  #park(nowMs: number, backoff: ShardBackoff): void {
    const isBackingOff = ({ shardId }: Lane) => backoff.retryAtMs(shardId) > nowMs;
    if (!backoff.isAnyBackingOff(nowMs)) return;
    for (const lane of this.#ready.filter(isBackingOff)) {
      lane.postpone(backoff.retryAtMs(lane.shardId));
      this.#waiting.add(lane);
    }
    this.#ready = this.#ready.filter((lane) => !isBackingOff(lane));
  }
}
