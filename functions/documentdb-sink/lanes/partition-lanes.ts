import { Heap } from '../../../shared/delivery/heap.ts';
import { COMMAND_ORDER, kindOf } from './commands.ts';
import { isLaterWriteGone } from './folding.ts';
import type { Lane, Step } from './lane.ts';
import { type DocumentsOut, WaveEnds } from './wave-bounds.ts';

export interface ScheduleMoment {
  readonly nowMs: number;
  /** True if the collection has another unique index, so that documents of a partition depend on each other. */
  readonly isOrdered: boolean;
  /** Number of writes that the batch stored. */
  readonly writtenCount: number;
  /** Whether every record before the head is settled, so that a conflict with a unique index is decided. */
  readonly isDecidable: (lane: Lane) => boolean;
}

/** A deferred record is sent with the next write of its lane, and that write may free what records in between wait for. */
const placeOf = ({ deferred: [first], head }: Lane): number => (first ?? head)?.index ?? Number.POSITIVE_INFINITY;
const firstIndexOf = ({ items }: Lane): number => items[0]?.index ?? 0;

/**
 * The lanes of one partition in one collection, by what they wait for. A partition sends a wave: at most one write of each
 * document, deletes before updates before inserts. Its next wave waits for this one, and for no other partition.
 *
 * If another unique index makes the order of documents matter, a wave ends before the first write that does not fold with
 * the remaining writes of its document, so that no record overtakes an earlier one. Lanes that conflicted with such an
 * index are sent alone, in offset order, when nothing else of the partition is ready.
 */
export class PartitionLanes {
  readonly #documents: DocumentsOut;
  readonly #ready = new Heap(placeOf);
  readonly #waiting = new Heap(({ trial }: Lane) => trial.readyAtMs);
  readonly #singles = new Heap(placeOf);
  /** Lanes that conflicted while an earlier record was unsettled. */
  readonly #blocked = new Heap(placeOf);
  #poisoned: Lane[] = [];
  /** Steps of this wave whose commands come later. */
  #wave: Step[] = [];
  #outCount = 0;
  /** When the documents of ready lanes are free at the latest. */
  #heldUntilMs = Number.POSITIVE_INFINITY;
  /** Since when a single write waits for other partitions. */
  #singleSinceMs: number | undefined;
  /** Where the wave must end, by lane; undefined while the order of documents does not matter. */
  #ends: WaveEnds | undefined;
  #lanes: readonly Lane[];

  constructor(lanes: readonly Lane[], documents: DocumentsOut) {
    this.#lanes = lanes;
    this.#documents = documents;
    for (const lane of lanes) this.place(lane, 0);
  }

  /** Files a lane by what it waits for now. Call when its step has ended or was not sent, and when its letter has ended. */
  place(lane: Lane, nowMs: number): void {
    this.#ends?.note(lane);
    if (lane.state !== 'open') return;
    const { head, trial } = lane;
    if (head?.task.kind === 'poison' || isLaterWriteGone(lane)) this.#poisoned.push(lane);
    else if (head === undefined) return;
    else if (trial.readyAtMs > nowMs) this.#waiting.add(lane);
    else if (!lane.sendsSingly) this.#ready.add(lane);
    else if (trial.blockedAtWrittenCount === undefined) this.#singles.add(lane);
    else this.#blocked.add(lane);
  }

  /** Takes the lanes whose head is known to be poison, or whose deferred entries are. */
  takePoisoned(): readonly Lane[] {
    const taken = this.#poisoned;
    this.#poisoned = [];
    return taken;
  }

  /** Takes the steps that may be sent now, in any order. */
  claimWave(moment: ScheduleMoment): readonly Step[] {
    if (this.#outCount > 0) return [];
    if (this.#wave.length === 0) this.#beginWave(moment);
    const kind = COMMAND_ORDER.find((each) => this.#wave.some(({ write }) => kindOf(write) === each));
    const claimed = this.#wave.filter(({ write }) => kindOf(write) === kind);
    if (claimed.length > 0) this.#wave = this.#wave.filter(({ write }) => kindOf(write) !== kind);
    this.#outCount += claimed.length;
    return claimed;
  }

  #beginWave(moment: ScheduleMoment): void {
    const { nowMs } = moment;
    for (const lane of this.#waiting.takeUpTo(nowMs)) this.place(lane, nowMs);
    const endMax = this.#endMax(moment);
    const ready = endMax === Number.POSITIVE_INFINITY ? this.#ready.takeAll() : this.#ready.takeUpTo(endMax);
    ready.sort((a, b) => firstIndexOf(a) - firstIndexOf(b));
    this.#heldUntilMs = Number.POSITIVE_INFINITY;
    for (const lane of ready) {
      const freeAtMs = this.#documents.freeAtMs(lane);
      const step = freeAtMs > nowMs ? undefined : lane.step(endMax);
      if (step === undefined) {
        this.#heldUntilMs = Math.min(this.#heldUntilMs, freeAtMs);
        this.#ready.add(lane);
      } else {
        this.#documents.reserve(lane, nowMs);
        this.#wave.push(step);
      }
    }
  }

  /** Index in the batch where the wave ends. */
  #endMax({ isOrdered }: ScheduleMoment): number {
    if (!isOrdered) return Number.POSITIVE_INFINITY;
    this.#ends ??= new WaveEnds(this.#lanes);
    return this.#ends.least;
  }

  /** Whether a write waits to be sent alone. */
  hasSingle(moment: ScheduleMoment): boolean {
    if (this.#outCount > 0 || this.#heldUntilMs < Number.POSITIVE_INFINITY) return false;
    this.#unblock(moment);
    const isWaiting = this.#singles.size > 0 && this.#singles.leastKey <= this.#endMax(moment);
    if (isWaiting) this.#singleSinceMs ??= moment.nowMs;
    return isWaiting;
  }

  get singleSinceMs(): number | undefined {
    return this.#singleSinceMs;
  }

  /** Takes the write that is sent alone next. */
  claimSingle({ nowMs }: ScheduleMoment): readonly Step[] {
    this.#singleSinceMs = undefined;
    const step = this.#singles.take()?.step();
    if (step === undefined) return [];
    this.#documents.reserve(step.lane, nowMs);
    this.#outCount += 1;
    return [step];
  }

  /** A conflict may be over after a write since then, and is decided once every earlier record is settled. */
  #unblock({ nowMs, writtenCount, isDecidable }: ScheduleMoment): void {
    for (let lane = this.#blocked.least; lane !== undefined; lane = this.#blocked.least) {
      if (lane.trial.blockedAtWrittenCount === writtenCount && !isDecidable(lane)) return;
      this.#blocked.take();
      lane.unblock();
      this.place(lane, nowMs);
    }
  }

  /** Lets blocked lanes be sent once more. @returns whether there are any */
  unblockAll(nowMs: number): boolean {
    const lanes = this.#blocked.takeAll();
    for (const lane of lanes) {
      lane.unblock();
      this.place(lane, nowMs);
    }
    return lanes.length > 0;
  }

  /** A claimed step has ended, or was not sent. */
  release({ lane }: Step, nowMs: number): void {
    this.#outCount -= 1;
    this.#documents.release(lane);
    this.place(lane, nowMs);
  }

  /** Ends the wave before its later commands: what was not sent goes with the next wave, in its order. */
  endWave(nowMs: number): void {
    const steps = this.#wave;
    this.#wave = [];
    for (const { lane } of steps) {
      this.#documents.release(lane);
      this.place(lane, nowMs);
    }
  }

  /** When a lane may be sent although no task has ended; `Infinity` if that is not possible. */
  nextReadyAtMs(): number {
    if (this.#outCount > 0) return Number.POSITIVE_INFINITY;
    return Math.min(this.#waiting.leastKey, this.#heldUntilMs);
  }
}
