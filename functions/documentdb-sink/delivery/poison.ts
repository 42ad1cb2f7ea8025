import { type DeadLetterStage, deadLetterOf } from '../../../shared/dead-letter/dead-letter.ts';
import type { DeadLetterQueue } from '../../../shared/dead-letter/dead-letter-queue.ts';
import { deadLetterFailed } from '../../../shared/delivery/lane.ts';
import type { OutcomeCollector } from '../../../shared/delivery/outcome-collector.ts';
import { deadLettered, ignored, type RecordFailure } from '../../../shared/outcome.ts';
import type { PoisonPolicy } from '../../../shared/settings/common-settings.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import type { Deadline } from '../../../shared/time/deadline.ts';
import type { LaneEntry } from '../lanes/entry.ts';
import { COLLISION } from '../lanes/failures.ts';
import type { Lane } from '../lanes/lane.ts';

export interface PoisonParts {
  readonly functionName: string;
  readonly onPoison: PoisonPolicy;
  /** The field `deadLetterTopic` of every dead letter, if a connector file names the topic. */
  readonly deadLetterTopic?: string | undefined;
  readonly deadLetters: DeadLetterQueue;
  /** In a redrive, takes the place of `deadLetters` and of every policy: the record's dead letter is in the bucket already. */
  readonly redriven?: DeadLetterQueue | undefined;
  readonly deadline: Deadline;
  readonly clock: Pick<Clock, 'wallTimeMs'>;
  readonly outcomes: OutcomeCollector;
}

export interface Settling {
  readonly stage: DeadLetterStage;
  /** Overrides the poison policy if a setting of its own decides about such a record. */
  readonly policy?: PoisonPolicy | undefined;
}

/** Applies the poison policy. */
export interface PoisonHandler {
  /** Settles every head of the lane that is poison since planning. */
  settleHeads(lane: Lane): void;
  /**
   * Settles the head of the lane. Under the policy `deadLetter`, the lane is locked until the dead letter is durable.
   */
  settle(lane: Lane, entry: LaneEntry, failure: RecordFailure, how: Settling): void;
  hasOpenDeadLetters(): boolean;
  /** Resolves when the next dead letter is durable or given up; pending while no dead letter is being written. */
  nextDeadLetter(): Promise<unknown>;
  /** Like `nextDeadLetter`, but only for a dead letter whose lane then continues, and for the last open dead letter. */
  nextFreedLane(): Promise<unknown>;
  allDeadLetters(): Promise<unknown>;
}

export function createPoisonHandler(parts: PoisonParts): PoisonHandler {
  const { outcomes } = parts;
  const openDeadLetters = new Set<Promise<void>>();
  // One promise for all waiters: a race over thousands of dead letters would have to be set up again after each of
  // them.
  let deadLetterDone = Promise.withResolvers<void>();
  let laneFreed = Promise.withResolvers<void>();

  function close(deadLetter: Promise<void>, lane: Lane): void {
    openDeadLetters.delete(deadLetter);
    deadLetterDone.resolve();
    deadLetterDone = Promise.withResolvers();
    if (openDeadLetters.size > 0 && (lane.state !== 'open' || lane.isDone)) return;
    laneFreed.resolve();
    laneFreed = Promise.withResolvers();
  }

  async function writeDeadLetter(
    lane: Lane,
    entry: LaneEntry,
    failure: RecordFailure,
    stage: DeadLetterStage,
  ): Promise<void> {
    const { functionName, deadLetterTopic, deadline, clock } = parts;
    const deadLetters = parts.redriven ?? parts.deadLetters;
    const context = {
      functionName,
      deadLetterTopic,
      target: lane.target,
      stage,
      attempts: lane.trial.attempts,
      atMs: clock.wallTimeMs(),
    };
    if (await deadLetters.put(deadLetterOf(entry.record, failure, context), deadline)) {
      outcomes.record(lane.settleRecord(entry, ({ position }) => deadLettered(position, failure.code)));
    } else outcomes.record(lane.stop(entry, deadLetterFailed(failure)));
  }

  function settle(lane: Lane, entry: LaneEntry, failure: RecordFailure, { stage, policy }: Settling): void {
    switch (parts.redriven === undefined ? (policy ?? parts.onPoison) : 'deadLetter') {
      case 'deadLetter': {
        lane.lock(failure);
        const deadLetter: Promise<void> = writeDeadLetter(lane, entry, failure, stage).finally(() =>
          close(deadLetter, lane),
        );
        openDeadLetters.add(deadLetter);
        return;
      }
      case 'block':
        outcomes.record(lane.stop(entry, failure));
        return;
      case 'skip':
        outcomes.record(lane.settleRecord(entry, ({ position }) => ignored(position, 'poison')));
    }
  }

  return {
    settle,
    settleHeads(lane) {
      for (let entry = lane.head; lane.state === 'open' && entry?.task.kind === 'poison'; entry = lane.head) {
        settle(lane, entry, entry.task.failure, { stage: 'converting' });
      }
      // The later write that should have been sent with the deferred entries was poison itself.
      if (lane.state !== 'open' || !lane.isDone) return;
      for (const entry of lane.deferred) settle(lane, entry, { ...COLLISION, retryable: false }, { stage: 'writing' });
    },
    hasOpenDeadLetters: () => openDeadLetters.size > 0,
    nextDeadLetter: () => deadLetterDone.promise,
    nextFreedLane: () => laneFreed.promise,
    allDeadLetters: () => Promise.all(openDeadLetters),
  };
}
