import { describe, expect, it } from 'vitest';
import { summaryOfStacks } from '../../support/watch-for-stalls.ts';

const WAITS = [
  '  File "/venv/lib/secantus/wire.py", line 109 in _recv_exactly',
  '  File "/x/server.py", line 737 in _handle',
];
const DUMP = [
  'a line that the server logged',
  'Thread 0x00007f01 (most recent call first):',
  ...WAITS,
  '',
  'Thread 0x00007f02 (most recent call first):',
  '  File "/venv/lib/secantus/storage.py", line 7526 in drop_index',
  '',
  'Current thread 0x00007f03 (most recent call first):',
  ...WAITS,
].join('\n');

describe('the stacks of a silent engine', () => {
  it('are a line for each place, with the number of threads that are there', () => {
    expect(summaryOfStacks(DUMP)).toEqual([
      '  2 x _recv_exactly (wire.py:109) < _handle (server.py:737)',
      '  1 x drop_index (storage.py:7526)',
    ]);
  });
});
