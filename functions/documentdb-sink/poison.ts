import type { Clock } from '../../shared/clock.ts';
import type { PoisonPolicy } from '../../shared/common-settings.ts';
import { type DeadLetterStage, deadLetterOf } from '../../shared/dead-letter.ts';
import type { DeadLetterQueue } from '../../shared/dead-letter-queue.ts';
import type { Deadline } from '../../shared/deadline.ts';
import { deadLettered, ignored, type RecordFailure } from '../../shared/outcome.ts';
import { type Entry, headOf, type Lane } from './lane.ts';
import { LETTER_FAILED, type Ledger } from './ledger.ts';

export interface PoisonParts {
  readonly functionName: string;
  readonly onPoison: PoisonPolicy;
  readonly deadLetters: DeadLetterQueue;
  readonly deadline: Deadline;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly ledger: Ledger;
}

/** What becomes of records that can never succeed. */
export interface PoisonHandler {
  /** Says so of every poison at the head of the lane that compiling found. */
  settleHeads(lane: Lane): void;
  /** Of the lane's head. With a letter, the lane is locked until the letter is durable. */
  settle(lane: Lane, entry: Entry, failure: RecordFailure, stage: DeadLetterStage): void;
  hasLetters(): boolean;
  /** Resolves with the next letter that is durable or given up; never while none is under way. */
  nextLetter(): Promise<unknown>;
  allLetters(): Promise<unknown>;
}

export function createPoisonHandler(parts: PoisonParts): PoisonHandler {
  const { ledger } = parts;
  const letters = new Set<Promise<void>>();

  async function bury(lane: Lane, entry: Entry, failure: RecordFailure, stage: DeadLetterStage): Promise<void> {
    const { functionName, deadLetters, deadline, clock } = parts;
    const context = { functionName, target: lane.target, stage, attempts: lane.attempts, atMs: clock.nowMs() };
    if (await deadLetters.put(deadLetterOf(entry.record, failure, context), deadline)) {
      ledger.settleHead(lane, entry, deadLettered(entry.record.position, failure.code));
    } else ledger.stop(lane, entry, LETTER_FAILED);
  }

  function settle(lane: Lane, entry: Entry, failure: RecordFailure, stage: DeadLetterStage): void {
    switch (parts.onPoison) {
      case 'deadLetter': {
        lane.state = 'locked';
        const letter: Promise<void> = bury(lane, entry, failure, stage).finally(() => letters.delete(letter));
        letters.add(letter);
        return;
      }
      case 'block':
        ledger.stop(lane, entry, failure);
        return;
      case 'skip':
        ledger.settleHead(lane, entry, ignored(entry.record.position, 'poison'));
    }
  }

  return {
    settle,
    settleHeads(lane) {
      for (let entry = headOf(lane); lane.state === 'open' && entry?.compiled.kind === 'poison'; entry = headOf(lane)) {
        settle(lane, entry, entry.compiled.failure, 'converting');
      }
    },
    hasLetters: () => letters.size > 0,
    // The race of nothing never ends.
    nextLetter: () => Promise.race(letters),
    allLetters: () => Promise.all(letters),
  };
}
