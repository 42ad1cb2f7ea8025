import { describe, expect, test } from 'vitest';
import { cpuMsIn, memoryIn } from '../../../bench/processes/process-figures.ts';

describe('the memory of a measured process', () => {
  test('is read from the status that Linux gives, in MB', () => {
    const status = 'Name:\tnode\nVmPeak:\t 1048576 kB\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\nThreads:\t11\n';
    expect(memoryIn(status)).toEqual({ residentMb: 100, peakMb: 200 });
  });
});

describe('the CPU time of a measured process', () => {
  test('is its user and system time, whatever the name of the program is', () => {
    const stat = '17 (a) b (c)) S 1 2 3 4 -1 4194304 10 11 12 13 250 31 7 8 20 0 1 0 99 1 2';
    expect(cpuMsIn(stat)).toBe(2_810);
  });
});
