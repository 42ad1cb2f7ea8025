import { describe, expect, test } from 'vitest';
import type { Row } from '../../../bench/harness/job.ts';
import { isReached, tableOf } from '../../../bench/harness/report.ts';

const row: Row = { what: 'Kinesis', peer: 'floor', unit: 'ms', ours: 28, theirs: 20 };

describe('the table of a benchmark', () => {
  test('has a line for each row, with the ratio, what is to be reached and whether it is', () => {
    expect(tableOf([{ ...row, reach: { atMost: 1.4 } }]).split('\n')).toEqual([
      '| measured | ours | peer | theirs | ratio | reach | reached |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      '| Kinesis | 28.0 ms | floor | 20.0 ms | 1.40 x | <= 1.4 x | yes |',
    ]);
  });

  test('shows large figures without a fraction', () => {
    expect(tableOf([{ ...row, unit: 'records/s', ours: 54_850.9, theirs: 585.2 }])).toContain(
      '| 54851 records/s | floor | 585.2 records/s | 93.73 x |  |  |',
    );
  });

  test.each([
    [{ atMost: 1.4 }, 29, 'no'],
    [{ atLeast: 100 }, 2_000, 'yes'],
    [{ atLeast: 100 }, 1_999, 'no'],
    [undefined, 29, undefined],
  ])('with %o to be reached, and %d beside 20: %s', (reach, ours, expected) => {
    expect(isReached({ ...row, ours, ...(reach && { reach }) })).toBe(expected);
  });
});
