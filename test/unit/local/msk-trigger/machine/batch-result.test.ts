import { describe, expect, it } from 'vitest';
import { batchResultOf } from '../../../../../local/msk-trigger/machine/batch-result.ts';
import { failures, records, THROWN } from '../harness.ts';

const batch = [
  { topicPartition: 'orders-0', partition: 0, records: records(0, 3) },
  { topicPartition: 'orders-1', partition: 1, records: records(7, 8) },
];

function unsettled(partialFailureRetry: 'listedOnly' | 'fromLowest', result: Parameters<typeof batchResultOf>[2]) {
  const batchResult = batchResultOf({ partialFailureRetry, reportsItemFailures: true }, batch, result);
  return Object.fromEntries(
    [...batchResult.unsettled].map(([key, again]) => [key, again.map((record) => record.offset)]),
  );
}

describe('what is sent again', () => {
  it('is what was named, when items come back alone', () => {
    expect(unsettled('listedOnly', failures(['orders-0', 3], ['orders-0', 1]))).toEqual({ 'orders-0': [1, 3] });
  });

  it('is everything from the lowest named offset of a partition on, when Lambda rewinds', () => {
    expect(unsettled('fromLowest', failures(['orders-0', 3], ['orders-0', 1], ['orders-1', 8]))).toEqual({
      'orders-0': [1, 2, 3],
      'orders-1': [8],
    });
  });

  it('is everything after an error', () => {
    expect(unsettled('listedOnly', THROWN)).toEqual({ 'orders-0': [0, 1, 2, 3], 'orders-1': [7, 8] });
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  it('is nothing after an answer of 6 MB, and everything after one of a byte more', () => {
    const endings = [0, 1].map((more) => {
      const payload = 'null'.padEnd(6 * 1024 * 1024 + more);
      const settings = { partialFailureRetry: 'listedOnly', reportsItemFailures: true } as const;
      return batchResultOf(settings, batch, { kind: 'answered', payload }).ending;
    });
    expect(endings).toEqual(['succeeded', 'failed']);
  });

  it('is nothing where the mapping reads no answer', () => {
    const settings = { partialFailureRetry: 'listedOnly', reportsItemFailures: false } as const;
    const batchResult = batchResultOf(settings, batch, failures(['orders-0', 1]));
    expect(batchResult).toEqual({ ending: 'succeeded', unsettled: new Map() });
  });
});
