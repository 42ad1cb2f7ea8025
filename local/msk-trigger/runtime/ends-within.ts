import type { Clock } from '../../../shared/time/clock.ts';

/** True if the work ended within `boundMs`, with success or failure. The work itself continues. */
export async function endsWithin(clock: Clock, boundMs: number, work: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController();
  const inTime = work.then(
    () => true,
    () => true,
  );
  const tooLate = clock.waitUntil(clock.nowMs() + boundMs, timer.signal).then(() => false);
  try {
    return await Promise.race([inTime, tooLate]);
  } finally {
    timer.abort();
  }
}
