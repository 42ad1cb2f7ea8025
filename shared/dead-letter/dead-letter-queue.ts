import { createSemaphore } from '../concurrency/semaphore.ts';
import { untilAborted } from '../concurrency/until-aborted.ts';
import { DEAD_LETTER_TIMEOUT_MS, DEAD_LETTERS_IN_FLIGHT_MAX } from '../limits.ts';
import type { Meter } from '../telemetry.ts';
import { fullJitterMs } from '../time/backoff.ts';
import type { Clock } from '../time/clock.ts';
import { abortAt, type Deadline } from '../time/deadline.ts';
import { type DeadLetter, deadLetterKey } from './dead-letter.ts';

/** Where letters are kept. `put` resolves once the letter is durable, and overwrites a letter of the same key. */
export interface DeadLetterStore {
  put(key: string, body: string, signal: AbortSignal): Promise<void>;
}

export interface DeadLetterQueue {
  /** Whether the letter is durable. Tries again until the deadline; never rejects. */
  put(letter: DeadLetter, deadline: Deadline): Promise<boolean>;
}

export interface DeadLetterQueueParts {
  readonly store: DeadLetterStore;
  readonly clock: Clock;
  /** 0 <= random() < 1 */
  readonly random: () => number;
  readonly meter: Meter;
}

/** Letters are written beside the main work: a bounded number at once, each try bounded in time. */
export function createDeadLetterQueue({ store, clock, random, meter }: DeadLetterQueueParts): DeadLetterQueue {
  const semaphore = createSemaphore(DEAD_LETTERS_IN_FLIGHT_MAX);

  async function tryOnce(letter: DeadLetter, deadline: Deadline): Promise<boolean> {
    await semaphore.take();
    const nowMs = clock.nowMs();
    const attempt = abortAt(clock, Math.min(nowMs + DEAD_LETTER_TIMEOUT_MS, deadline.answerByMs));
    try {
      if (nowMs >= deadline.sendUntilMs) return false;
      await untilAborted(store.put(deadLetterKey(letter), JSON.stringify(letter), attempt.signal), attempt.signal);
      return true;
    } catch {
      // Every cause means the same: not durable. The bucket's own trouble is not the record's.
      meter.count('DeadLetterWritesFailed');
      return false;
    } finally {
      attempt.release();
      semaphore.give();
    }
  }

  return {
    async put(letter, deadline) {
      for (let attempt = 1; clock.nowMs() < deadline.sendUntilMs; attempt += 1) {
        if (await tryOnce(letter, deadline)) return true;
        const retryAtMs = clock.nowMs() + fullJitterMs(attempt, random());
        if (retryAtMs >= deadline.sendUntilMs) return false;
        await clock.waitUntil(retryAtMs);
      }
      return false;
    },
  };
}
