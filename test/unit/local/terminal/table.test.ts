import { describe, expect, it } from 'vitest';
import { renderTable, type Status } from '../../../../local/terminal/table.ts';

const sink = {
  name: 'kinesisSink',
  batches: 12,
  received: 5_000,
  unsettled: 20,
  deadLettered: 3,
  lag: 70,
  partitions: [],
  memoryPeakMb: 98.6,
};
const status: Status = {
  elapsedMs: 3_723_900,
  producedCount: 12_345,
  sinks: [sink, { ...sink, name: 'documentdbSink', batches: 1_234, unsettled: 0, lag: 0 }],
  documentCount: 2_001,
  shards: new Map([
    ['shardId-000000000010', 1],
    ['shardId-000000000000', 3_000],
    ['shardId-000000000002', 2_000],
  ]),
};
const lines = (changes: Partial<Status> = {}) => renderTable({ ...status, ...changes }).split('\n');

describe('the table', () => {
  it('has the time that has passed and what was produced', () => {
    expect(lines()[0]).toBe('01:02:03   produced 12,345');
    expect(lines({ elapsedMs: 360_000_000 })[0]).toMatch(/^100:00:00/);
  });

  it('has a row for each function, under its headings, aligned', () => {
    expect(lines().slice(1, 4)).toEqual([
      'function         batches   settled   unsettled   dead letters   lag   memory MB',
      'kinesisSink           12     4,980          20              3    70          99',
      'documentdbSink     1,234     5,000           0              3     0          99',
    ]);
  });

  it('has documents, and records by shard in the order of their numbers', () => {
    expect(lines().slice(4)).toEqual([
      'DocumentDB   2,001 documents',
      'Kinesis      5,001 records   shard 0: 3,000   shard 2: 2,000   shard 10: 1',
    ]);
  });

  it('stays a table when there is nothing yet', () => {
    expect(lines({ elapsedMs: 0, producedCount: 0, sinks: [], documentCount: 0, shards: new Map() })).toEqual([
      '00:00:00   produced 0',
      'function   batches   settled   unsettled   dead letters   lag   memory MB',
      'DocumentDB   0 documents',
      'Kinesis      0 records',
    ]);
  });
});
