import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fullJitterMs } from '../../../shared/backoff.ts';
import { systemClock } from '../../../shared/clock.ts';
import { abortAt, deadlineOf } from '../../../shared/deadline.ts';
import { RETRY_DELAY_MS_MAX } from '../../../shared/limits.ts';
import { ManualClock } from '../../support/manual-clock.ts';

describe('the backoff', () => {
  it('doubles its range from attempt to attempt, from 100 ms up to 5 s', () => {
    const ends = [1, 2, 3, 7, 50].map((attempt) => fullJitterMs(attempt, 0.999_999));
    expect(ends).toEqual([99, 199, 399, 4_999, 4_999]);
  });

  it('is a share of its range between nothing and all of it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, random) => {
          const delayMs = fullJitterMs(attempt, random);
          expect(delayMs).toBeGreaterThanOrEqual(0);
          expect(delayMs).toBeLessThanOrEqual(RETRY_DELAY_MS_MAX);
        },
      ),
    );
    expect(fullJitterMs(5, 0)).toBe(0);
  });
});

describe('the deadline', () => {
  it('stops sending 5 s and answers 1.5 s before the time is up', () => {
    expect(deadlineOf(1_000_000, 120_000)).toEqual({ sendUntilMs: 1_115_000, answerByMs: 1_118_500 });
  });

  it('aborts a call at its time', async () => {
    const clock = new ManualClock();
    const { signal } = abortAt(clock, clock.nowMs() + 100);
    await clock.advance(99);
    expect(signal.aborted).toBe(false);
    await clock.advance(1);
    expect(signal.aborted).toBe(true);
  });

  it('does not abort a call that was released', async () => {
    const clock = new ManualClock();
    const { signal, release } = abortAt(clock, clock.nowMs() + 100);
    release();
    await clock.advance(1_000);
    expect(signal.aborted).toBe(false);
  });
});

describe('the system clock', () => {
  it('wakes at once when the signal aborts', async () => {
    const controller = new AbortController();
    const wait = systemClock.waitUntil(systemClock.nowMs() + 3_600_000, controller.signal);
    controller.abort();
    await wait;
    expect(controller.signal.aborted).toBe(true);
  });

  it('wakes at its time', async () => {
    const atMs = systemClock.nowMs() + 20;
    await systemClock.waitUntil(atMs);
    expect(systemClock.nowMs()).toBeGreaterThanOrEqual(atMs - 1);
  });
});
