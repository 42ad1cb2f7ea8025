import { createSemaphore } from '../concurrency/semaphore.ts';
import { untilAborted } from '../concurrency/until-aborted.ts';
import { DEAD_LETTER_TIMEOUT_MS, DEAD_LETTERS_IN_FLIGHT_MAX } from '../limits.ts';
import type { Meter } from '../telemetry/telemetry.ts';
import { fullJitterMs } from '../time/backoff.ts';
import type { Clock } from '../time/clock.ts';
import { abortAt, type Deadline } from '../time/deadline.ts';
import { type DeadLetter, deadLetterKey } from './dead-letter.ts';

/**
 * Where dead letters are stored. `put` resolves once the object is durable, and overwrites an object of the same key.
 */
export interface DeadLetterStore {
  put(key: string, body: string, signal: AbortSignal): Promise<void>;
}

export interface DeadLetterQueue {
  /** Tries again until the deadline and never rejects. @returns whether the dead letter is durable. */
  put(deadLetter: DeadLetter, deadline: Deadline): Promise<boolean>;
}

export interface DeadLetterQueueParts {
  readonly store: DeadLetterStore;
  readonly clock: Clock;
  /** 0 <= random() < 1 */
  readonly random: () => number;
  readonly meter: Meter;
}

/** Writes a bounded number of dead letters at once; each attempt has a timeout. */
export function createDeadLetterQueue({ store, clock, random, meter }: DeadLetterQueueParts): DeadLetterQueue {
  const semaphore = createSemaphore(DEAD_LETTERS_IN_FLIGHT_MAX);

  async function tryOnce(deadLetter: DeadLetter, deadline: Deadline): Promise<boolean> {
    await semaphore.acquire();
    const nowMs = clock.nowMs();
    const attempt = abortAt(clock, Math.min(nowMs + DEAD_LETTER_TIMEOUT_MS, deadline.answerByMs));
    try {
      if (nowMs >= deadline.sendUntilMs) return false;
      await untilAborted(
        store.put(deadLetterKey(deadLetter), JSON.stringify(deadLetter), attempt.signal),
        attempt.signal,
      );
      return true;
    } catch {
      // Every cause has the same meaning: the dead letter is not durable. A failure of the bucket never changes the
      // record's own failure.
      meter.count('DeadLetterWritesFailed');
      return false;
    } finally {
      attempt.release();
      semaphore.release();
    }
  }

  return {
    async put(deadLetter, deadline) {
      for (let attempt = 1; clock.nowMs() < deadline.sendUntilMs; attempt += 1) {
        if (await tryOnce(deadLetter, deadline)) return true;
        const retryAtMs = clock.nowMs() + fullJitterMs(attempt, random());
        if (retryAtMs >= deadline.sendUntilMs) return false;
        await clock.waitUntil(retryAtMs);
      }
      return false;
    },
  };
}
