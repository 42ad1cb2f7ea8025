import { describe, expect, it } from 'vitest';
import { untilDrained } from '../../../../local/pipeline/drain.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const never = new AbortController().signal;

/** Lag as it falls, one figure each time it is asked for; the last one stays. */
function falling(...figures: readonly number[]) {
  const left = [...figures];
  return { left, lag: async () => (left.length > 1 ? left.shift() : left[0]) ?? 0 };
}

describe('drain', () => {
  it('waits until nothing is left', async () => {
    const clock = new VirtualClock();
    const { left, lag } = falling(500, 200, 200, 0);
    expect(await clock.run(untilDrained({ lag, clock, signal: never }))).toBe(true);
    expect(left).toEqual([0]);
  });

  it('ends early on request', async () => {
    const clock = new VirtualClock();
    const ending = new AbortController();
    const draining = untilDrained({ lag: falling(5).lag, clock, signal: ending.signal });
    await clock.advance(1_000);
    ending.abort();
    expect(await draining).toBe(false);
  });

  it('gives up when nothing was consumed for two minutes', async () => {
    const clock = new VirtualClock();
    const draining = clock.run(untilDrained({ lag: falling(5).lag, clock, signal: never }));
    await expect(draining).rejects.toThrow(
      "No record was consumed for 120 s, and 5 records are left: see the functions' logs.",
    );
  });

  it('continues while the lag falls, however slowly', async () => {
    const clock = new VirtualClock();
    const startMs = clock.nowMs();
    const lag = async () => Math.max(0, 3 - Math.floor((clock.nowMs() - startMs) / 100_000));
    expect(await clock.run(untilDrained({ lag, clock, signal: never }))).toBe(true);
    expect(clock.nowMs() - startMs).toBeGreaterThan(250_000);
  });

  it('does not count a lag that rises, because more is produced, as progress', async () => {
    const clock = new VirtualClock();
    let lag = 0;
    const rising = async () => {
      lag += 1;
      return lag;
    };
    await expect(clock.run(untilDrained({ lag: rising, clock, signal: never }))).rejects.toThrow(
      'No record was consumed',
    );
  });
});
