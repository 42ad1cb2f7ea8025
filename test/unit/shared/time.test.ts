import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { untilAborted } from '../../../shared/concurrency/until-aborted.ts';
import { RETRY_DELAY_MS_MAX } from '../../../shared/limits.ts';
import { fullJitterMs } from '../../../shared/time/backoff.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { abortAt, deadlineOf } from '../../../shared/time/deadline.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

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
    const clock = new VirtualClock();
    const { signal } = abortAt(clock, clock.nowMs() + 100);
    await clock.advance(99);
    expect(signal.aborted).toBe(false);
    await clock.advance(1);
    expect(signal.aborted).toBe(true);
  });

  it('does not abort a call that was released', async () => {
    const clock = new VirtualClock();
    const { signal, release } = abortAt(clock, clock.nowMs() + 100);
    release();
    expect(clock.waitingCount()).toBe(0);
    await clock.advance(1_000);
    expect(signal.aborted).toBe(false);
  });
});

describe('the system clock', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  const settled = async (wait: Promise<void>) => {
    let done = false;
    void wait.then(() => (done = true));
    await vi.advanceTimersByTimeAsync(0);
    return done;
  };

  it('wakes at its time, and not before', async () => {
    const wait = systemClock.waitUntil(systemClock.nowMs() + 20);
    await vi.advanceTimersByTimeAsync(19);
    expect(await settled(wait)).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await settled(wait)).toBe(true);
  });

  it('goes on when somebody sets the clock on the wall back, and says so beside', async () => {
    const [startedAtMs, wallTimeMs] = [systemClock.nowMs(), systemClock.wallTimeMs()];
    const wait = systemClock.waitUntil(startedAtMs + 20);
    await vi.advanceTimersByTimeAsync(10);
    vi.setSystemTime(wallTimeMs - 3_600_000);
    expect(systemClock.nowMs()).toBe(startedAtMs + 10);
    expect(systemClock.wallTimeMs()).toBe(wallTimeMs - 3_600_000);
    await vi.advanceTimersByTimeAsync(10);
    expect(await settled(wait)).toBe(true);
    expect(systemClock.nowMs()).toBe(startedAtMs + 20);
  });

  it('wakes at once when the time is over', async () => {
    expect(await settled(systemClock.waitUntil(systemClock.nowMs() - 3_600_000))).toBe(true);
  });

  it('wakes as soon as the signal aborts, and leaves no timer behind', async () => {
    const controller = new AbortController();
    const wait = systemClock.waitUntil(systemClock.nowMs() + 3_600_000, controller.signal);
    expect(await settled(wait)).toBe(false);
    controller.abort();
    expect(await settled(wait)).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('wakes at once when the signal aborted before', async () => {
    expect(await settled(systemClock.waitUntil(systemClock.nowMs() + 3_600_000, AbortSignal.abort()))).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lets go of the signal once it woke', async () => {
    const { signal } = new AbortController();
    const wait = systemClock.waitUntil(systemClock.nowMs() + 20, signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(20);
    await wait;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('work that may be given up', () => {
  const never = () => new Promise<string>(() => undefined);

  it('ends as it ends while the signal is quiet', async () => {
    const { signal } = new AbortController();
    expect(await untilAborted(Promise.resolve('done'), signal)).toBe('done');
    await expect(untilAborted(Promise.reject(new TypeError('bug')), signal)).rejects.toThrow(TypeError);
    await Promise.resolve();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('is given up when the signal aborts, although it is deaf to it', async () => {
    const controller = new AbortController();
    const work = untilAborted(never(), controller.signal);
    controller.abort();
    await expect(work).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('shares one listener with all other work, and each is given up', async () => {
    const controller = new AbortController();
    const settled = untilAborted(Promise.resolve('done'), controller.signal);
    const open = Array.from({ length: 3 }, () => untilAborted(never(), controller.signal));
    // A signal searches its listeners with each one that is added: many would take a time that grows with their square.
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    expect(await settled).toBe('done');
    controller.abort();
    for (const each of open) await expect(each).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('listens again when what waited before has ended', async () => {
    const controller = new AbortController();
    await untilAborted(Promise.resolve(), controller.signal);
    await Promise.resolve();
    const work = untilAborted(never(), controller.signal);
    controller.abort();
    await expect(work).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('is given up at once when the signal aborted before', async () => {
    await expect(untilAborted(never(), AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  });
});
