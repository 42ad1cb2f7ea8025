import type { Clock } from '../../shared/time/clock.ts';

export interface DrainOptions {
  /** How many records are not yet consumed and committed. */
  readonly lag: () => Promise<number>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const POLL_MS = 100;
/** Longer than a function's timeout and a mapping's longest pause, so a longer stall is permanent. */
const STALL_MS_MAX = 120_000;

/**
 * Returns true when every record is consumed, or false when the signal aborts.
 * @throws Error if the lag has not fallen for two minutes
 */
export async function untilDrained({ lag, clock, signal }: DrainOptions): Promise<boolean> {
  let lowest = Number.POSITIVE_INFINITY;
  let fellAtMs = clock.nowMs();
  for (;;) {
    if (signal.aborted) return false;
    const left = await lag();
    if (left === 0) return true;
    if (left < lowest) {
      lowest = left;
      fellAtMs = clock.nowMs();
    }
    if (clock.nowMs() - fellAtMs > STALL_MS_MAX) {
      throw new Error(
        `No record was consumed for ${STALL_MS_MAX / 1_000} s, and ${left} records are left: see the functions' logs.`,
      );
    }
    await clock.waitUntil(clock.nowMs() + POLL_MS, signal);
  }
}
