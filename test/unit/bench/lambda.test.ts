import { describe, expect, test } from 'vitest';
import { memoryIn } from '../../../bench/harness/lambda.ts';

describe('the memory of a measured process', () => {
  test('is read from the status that Linux gives, in MB', () => {
    const status = 'Name:\tnode\nVmPeak:\t 1048576 kB\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\nThreads:\t11\n';
    expect(memoryIn(status)).toEqual({ residentMb: 100, peakMb: 200 });
  });
});
