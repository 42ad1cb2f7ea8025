import { PARTITION_WAIT_MS } from '../limits.ts';
import type { Lane, Step } from './lane.ts';
import { PartitionLanes, type ScheduleMoment } from './partition-lanes.ts';
import type { DocumentsOut } from './wave-bounds.ts';

/** What the lanes of one collection may send now. Each partition goes on by itself (G4). */
export class Schedule {
  readonly #partitions = new Map<string, PartitionLanes>();
  readonly #lanes: readonly Lane[];
  #outCount = 0;
  /** The partitions in the order in which they send a single write next. */
  #inTurn: readonly PartitionLanes[];
  #nextReadyAtMs = Number.POSITIVE_INFINITY;

  constructor(lanes: readonly Lane[], documents: DocumentsOut) {
    this.#lanes = lanes;
    for (const [name, own] of Map.groupBy(lanes, ({ topicPartition }) => topicPartition)) {
      this.#partitions.set(name, new PartitionLanes(own, documents));
    }
    this.#inTurn = [...this.#partitions.values()];
  }

  takePoisoned(): readonly Lane[] {
    return this.#inTurn.flatMap((partition) => partition.takePoisoned());
  }

  /**
   * Takes what may be sent now. The steps of one group may share commands.
   * A write that conflicted with a unique index goes alone, and waits for the commands of other partitions, which may free
   * its value, but never longer than `PARTITION_WAIT_MS`.
   */
  claim(moment: ScheduleMoment): readonly (readonly Step[])[] {
    const wave = [...this.#partitions.values()].flatMap((partition) => partition.claimWave(moment));
    this.#outCount += wave.length;
    const groups: (readonly Step[])[] = wave.length > 0 ? [wave] : [];
    let wakeAtMs = Number.POSITIVE_INFINITY;
    for (const partition of this.#inTurn) {
      if (!partition.hasSingle(moment)) continue;
      const dueAtMs = (partition.singleSinceMs ?? moment.nowMs) + PARTITION_WAIT_MS;
      if (this.#outCount > 0 && dueAtMs > moment.nowMs) {
        wakeAtMs = Math.min(wakeAtMs, dueAtMs);
        continue;
      }
      groups.push(partition.claimSingle(moment));
      this.#outCount += 1;
      this.#inTurn = [...this.#inTurn.filter((each) => each !== partition), partition];
    }
    for (const partition of this.#inTurn) wakeAtMs = Math.min(wakeAtMs, partition.nextReadyAtMs());
    this.#nextReadyAtMs = wakeAtMs;
    return groups;
  }

  /** A claimed step has ended. */
  release(step: Step, nowMs: number): void {
    this.#outCount -= 1;
    this.#partitions.get(step.lane.topicPartition)?.release(step, nowMs);
  }

  /** Claimed steps were not sent. */
  giveBack(steps: readonly Step[], nowMs: number): void {
    for (const step of steps) this.release(step, nowMs);
    for (const name of new Set(steps.map(({ lane }) => lane.topicPartition)))
      this.#partitions.get(name)?.endWave(nowMs);
  }

  /** Files a lane whose dead letter has ended. */
  place(lane: Lane, nowMs: number): void {
    this.#partitions.get(lane.topicPartition)?.place(lane, nowMs);
  }

  /** When something may be claimed although no task has ended, as of the last claim; `Infinity` if that is not possible. */
  get nextReadyAtMs(): number {
    return this.#nextReadyAtMs;
  }

  /** Lets every blocked lane be sent once more. @returns whether there are any */
  unblockAll(nowMs: number): boolean {
    return this.#inTurn.map((partition) => partition.unblockAll(nowMs)).includes(true);
  }

  /** Whether lanes have further writes of the same documents besides these steps. */
  leavesSome(steps: readonly Step[]): boolean {
    const counts = new Map(steps.map(({ lane, count }) => [lane, count]));
    return this.#lanes.some((lane) => lane.items.length - lane.next > (counts.get(lane) ?? 1));
  }
}
