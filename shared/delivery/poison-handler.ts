import { type DeadLetterStage, deadLetterOf } from '../dead-letter/dead-letter.ts';
import type { DeadLetterQueue } from '../dead-letter/dead-letter-queue.ts';
import { deadLettered, ignored, type RecordFailure, type RecordOutcome } from '../outcome.ts';
import type { SourceRecord } from '../record.ts';
import type { PoisonPolicy } from '../settings/common-settings.ts';
import type { Clock } from '../time/clock.ts';
import type { Deadline } from '../time/deadline.ts';
import { deadLetterFailed, type LaneItem, type Settlement, type Trial } from './lane.ts';

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
  readonly record: (settlement: Settlement) => void;
}

/** What the handler does with a lane. */
interface PoisonedLane<Item> {
  readonly trial: Pick<Trial, 'attempts'>;
  lock(failure: RecordFailure): void;
  stop(item: Item, failure: RecordFailure): Settlement;
  settleRecord(item: Item, outcomeOf: (record: SourceRecord) => RecordOutcome): Settlement;
}

export interface Poisoned<Item> {
  readonly lane: PoisonedLane<Item>;
  readonly item: Item;
  readonly failure: RecordFailure;
  /** Where the record was to be written. */
  readonly target: string;
  readonly stage: DeadLetterStage;
  /** Overrides the poison policy if a setting of its own decides about such a record. */
  readonly policy?: PoisonPolicy | undefined;
}

/** Applies the poison policy (G6). */
export class PoisonHandler {
  readonly #parts: PoisonParts;

  constructor(parts: PoisonParts) {
    this.#parts = parts;
  }

  /**
   * Settles the record or stops its lane. Under the policy `deadLetter`, the lane is locked until the dead letter is durable:
   * records behind the poison must not overtake a record that may be delivered again.
   * @returns the work of writing the dead letter; undefined if the policy decided at once
   */
  bury<Item extends LaneItem>(poisoned: Poisoned<Item>): Promise<void> | undefined {
    const { onPoison, redriven } = this.#parts;
    const { lane, item, failure, policy = onPoison } = poisoned;
    switch (redriven === undefined ? policy : 'deadLetter') {
      case 'deadLetter':
        lane.lock(failure);
        return this.#writeDeadLetter(poisoned);
      case 'block':
        this.#parts.record(lane.stop(item, failure));
        return undefined;
      case 'skip':
        this.#parts.record(lane.settleRecord(item, ({ position }) => ignored(position, 'poison')));
        return undefined;
    }
  }

  async #writeDeadLetter<Item extends LaneItem>({ lane, item, failure, target, stage }: Poisoned<Item>): Promise<void> {
    const { functionName, deadLetterTopic, redriven, deadline, clock, record } = this.#parts;
    const deadLetters = redriven ?? this.#parts.deadLetters;
    const atMs = clock.wallTimeMs();
    const { attempts } = lane.trial;
    const letter = deadLetterOf(item.record, failure, { functionName, deadLetterTopic, target, stage, attempts, atMs });
    const isDurable = await deadLetters.put(letter, deadline);
    record(
      isDurable
        ? lane.settleRecord(item, ({ position }) => deadLettered(position, failure.code))
        : lane.stop(item, deadLetterFailed(failure)),
    );
  }
}
