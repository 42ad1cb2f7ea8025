import { ANSWER_RESERVE_MS, SEND_RESERVE_MS } from '../limits.ts';
import type { Clock } from './clock.ts';

/** Two moments on the scale of `Clock.nowMs`. */
export interface Deadline {
  /** Nothing new is sent from this moment on. */
  readonly sendUntilMs: number;
  /** Open calls are aborted at this moment, and every open record is unsettled. */
  readonly answerByMs: number;
}

/** @param nowMs `Clock.nowMs()`; @param remainingMs Lambda's `context.getRemainingTimeInMillis()` at `nowMs` */
export const deadlineOf = (nowMs: number, remainingMs: number): Deadline => ({
  sendUntilMs: nowMs + remainingMs - SEND_RESERVE_MS,
  answerByMs: nowMs + remainingMs - ANSWER_RESERVE_MS,
});

/**
 * A signal that aborts at the given time unless `release` is called first. Always call `release`: it ends the timer.
 */
export function abortAt(clock: Clock, atMs: number): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const released = new AbortController();
  void clock.waitUntil(atMs, released.signal).then(() => {
    if (!released.signal.aborted) controller.abort();
  });
  // An explicit reason saves a DOMException and its stack trace for each abort.
  return { signal: controller.signal, release: () => released.abort('released') };
}
