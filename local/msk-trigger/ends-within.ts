import type { Clock } from '../../shared/clock.ts';

/** True when the work ended within `boundMs`, well or badly; the work itself goes on. */
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
