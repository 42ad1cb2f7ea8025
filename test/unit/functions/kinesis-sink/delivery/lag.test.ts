import { describe, expect, it } from 'vitest';
import { Lag } from '../../../../../functions/kinesis-sink/delivery/lag.ts';

const quantilesOf = (lagsMs: readonly number[]) => {
  const lag = new Lag();
  for (const lagMs of lagsMs) lag.add(1_000, 1_000 + lagMs);
  return lag.quantiles();
};

describe('the lag of a batch', () => {
  it.each([
    { lagsMs: [7], expected: { p50: 7, p99: 7, max: 7 } },
    { lagsMs: [3, 1, 2], expected: { p50: 2, p99: 3, max: 3 } },
    { lagsMs: [4, 3, 1, 2], expected: { p50: 2, p99: 4, max: 4 } },
    { lagsMs: Array.from({ length: 200 }, (_, index) => index + 1), expected: { p50: 100, p99: 198, max: 200 } },
    { lagsMs: [10, 9], expected: { p50: 9, p99: 10, max: 10 } },
  ])('is taken by nearest rank: $expected', ({ lagsMs, expected }) => {
    expect(quantilesOf(lagsMs)).toEqual(expected);
  });

  it('is never negative, whatever the clocks of producers', () => {
    expect(quantilesOf([-5])).toEqual({ p50: 0, p99: 0, max: 0 });
  });

  it('is unknown without timestamps, and counts one of 0', () => {
    const lag = new Lag();
    lag.add(-1, 1_000);
    expect(lag.quantiles()).toBeUndefined();
    lag.add(0, 1_000);
    expect(lag.quantiles()).toEqual({ p50: 1_000, p99: 1_000, max: 1_000 });
  });
});
