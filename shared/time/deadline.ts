import { ANSWER_RESERVE_MS, SEND_RESERVE_MS } from '../limits.ts';
import type { Clock } from './clock.ts';

/** Two moments on the scale of `Clock.nowMs`. */
export interface Deadline {
  /** Nothing new is sent from here on. */
  readonly sendUntilMs: number;
  /** Whatever is still open is unsettled from here on: open calls are aborted and the answer goes out. */
  readonly answerByMs: number;
}

/** @param nowMs what `Clock.nowMs` says; @param remainingMs what Lambda's `context.getRemainingTimeInMillis()` says at `nowMs`. */
export const deadlineOf = (nowMs: number, remainingMs: number): Deadline => ({
  sendUntilMs: nowMs + remainingMs - SEND_RESERVE_MS,
  answerByMs: nowMs + remainingMs - ANSWER_RESERVE_MS,
});

/**
 * A signal that aborts at the given time, or when `release` is called, whichever is first. Call `release` in any case:
 * it ends the timer.
 */
export function abortAt(clock: Clock, atMs: number): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const released = new AbortController();
  void clock.waitUntil(atMs, released.signal).then(() => {
    if (!released.signal.aborted) controller.abort();
  });
  // With a reason of our own: without one each abort makes a DOMException with its stack.
  return { signal: controller.signal, release: () => released.abort('released') };
}
