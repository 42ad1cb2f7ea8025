import { describe, expect, it } from 'vitest';
import { type PollerLoad, pollersFor } from '../../../../../local/msk-trigger/machine/scaling.ts';

const PROVISIONED = { pollers: { min: 1, max: 6 }, batchRecordsMax: 100 };
const wanted = (load: Partial<PollerLoad>, mapping: Parameters<typeof pollersFor>[1] = PROVISIONED) =>
  pollersFor({ pollers: 2, partitions: 12, lag: 0, lagBefore: 0, consumed: 1_000, ...load }, mapping);

// https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html
describe('the number of pollers', () => {
  it.each([
    ['doubles while the lag grows', { lag: 900, lagBefore: 800 }, 4],
    ['doubles while the lag lasts for more than three minutes', { lag: 3_001, lagBefore: 4_000 }, 4],
    ['stays while the lag is the same and can be read in time', { lag: 900, lagBefore: 900 }, 2],
    ['stays while the lag falls fast enough', { lag: 3_000, lagBefore: 4_000 }, 2],
    ['stays while no more than a batch for each poller waits', { lag: 200, lagBefore: 0 }, 2],
    ['falls by one when at most one batch waits', { lag: 100, lagBefore: 0 }, 1],
    ['is at most MaximumPollers', { pollers: 4, lag: 9_000, lagBefore: 0 }, 6],
    ['is at most the number of partitions', { pollers: 2, partitions: 3, lag: 9_000 }, 3],
    ['is one at least', { pollers: 1 }, 1],
  ])('%s', (_what, load, expected) => {
    expect(wanted(load)).toBe(expected);
  });

  it('is at least MinimumPollers', () => {
    expect(wanted({ pollers: 3 }, { ...PROVISIONED, pollers: { min: 3, max: 6 } })).toBe(3);
  });

  it('is at most the number of partitions, even below MinimumPollers', () => {
    expect(wanted({ pollers: 3, partitions: 2 }, { ...PROVISIONED, pollers: { min: 3, max: 6 } })).toBe(2);
  });

  it('has only the number of partitions as a bound on demand', () => {
    const onDemand = { pollers: undefined, batchRecordsMax: 100 };
    expect(wanted({ pollers: 8, lag: 90_000 }, onDemand)).toBe(12);
    expect(wanted({ pollers: 1 }, onDemand)).toBe(1);
  });
});
