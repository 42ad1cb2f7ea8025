import { describe, expect, it } from 'vitest';
import { PARTITION_WAIT_MS } from '../../../../../functions/documentdb-sink/limits.ts';
import { aSchedule, COLLISION, NOW_MS, RETRY } from '../../../../support/a-schedule.ts';

describe('a write that conflicted with another unique index', () => {
  const unsettled = { areEarlierSettled: () => false };

  it('goes alone, behind everything else of its partition', () => {
    const { claim, hear } = aSchedule('0 put a', '0 inc b', '0 inc b');
    claim();
    hear('0 put a', COLLISION);
    hear('0 inc b');
    expect(claim()).toEqual([['0 inc b']]);
    hear('0 inc b');
    expect(claim()).toEqual([['0 put a']]);
    expect(claim()).toEqual([]);
    hear('0 put a');
    expect(claim()).toEqual([]);
  });

  it('waits for the writes under way of its own partition, however long they take', () => {
    const { claim, hear } = aSchedule('0 put a', '0 inc b', '0 inc b');
    claim();
    hear('0 put a', COLLISION);
    hear('0 inc b');
    expect(claim()).toEqual([['0 inc b']]);
    expect(claim({ nowMs: NOW_MS + PARTITION_WAIT_MS })).toEqual([]);
  });

  it('is waited for by its own partition, and by others that write its document', () => {
    const { claim, hear } = aSchedule('1 put a', '0 put a', '0 put b');
    expect(claim()).toEqual([['1 put a', '0 put b']]);
    hear('1 put a', RETRY, { retryAtMs: NOW_MS + 70 });
    hear('0 put b', RETRY, { retryAtMs: NOW_MS + 70 });
    expect(claim()).toEqual([['0 put a']]);
    hear('0 put a', COLLISION);
    expect(claim()).toEqual([['0 put a']]);
    expect(claim({ nowMs: NOW_MS + 70 })).toEqual([]);
    hear('0 put a', { kind: 'written' }, { nowMs: NOW_MS + 70 });
    expect(claim({ nowMs: NOW_MS + 70 })).toEqual([['1 put a', '0 put b']]);
  });

  it('waits for a second from when it waits for nothing but other partitions', () => {
    const { claim, hear, schedule } = aSchedule('0 put a', '1 put b');
    claim();
    const laterMs = NOW_MS + 900;
    hear('0 put a', RETRY, { retryAtMs: laterMs });
    expect([claim({ nowMs: NOW_MS + 1 }), claim({ nowMs: laterMs })]).toEqual([[], [['0 put a']]]);
    hear('0 put a', COLLISION, { nowMs: laterMs });
    expect([claim({ nowMs: laterMs }), schedule.nextReadyAtMs]).toEqual([[], laterMs + PARTITION_WAIT_MS]);
  });

  it('waits a second again where a document of its partition was held by another one before', () => {
    const { claim, hear } = aSchedule('1 put x', '0 put a', '0 put x');
    expect(claim()).toEqual([['1 put x', '0 put a']]);
    hear('0 put a', COLLISION);
    expect(claim()).toEqual([]);
    const laterMs = NOW_MS + PARTITION_WAIT_MS;
    expect(claim({ nowMs: laterMs })).toEqual([['0 put x']]);
    hear('0 put x', { kind: 'written' }, { nowMs: laterMs });
    expect(claim({ nowMs: laterMs })).toEqual([]);
    expect(claim({ nowMs: laterMs + PARTITION_WAIT_MS })).toEqual([['0 put a']]);
  });

  it('waits for earlier records of other documents, where the order matters', () => {
    const { claim, hear } = aSchedule('0 inc a', '0 inc a', '0 put b');
    claim();
    hear('0 inc a', RETRY, { retryAtMs: NOW_MS + 70 });
    hear('0 put b', COLLISION);
    expect(claim({ isOrdered: true })).toEqual([]);
    expect(claim({ isOrdered: false })).toEqual([['0 put b']]);
  });

  it('goes in the order of the records with others', () => {
    const { claim, hear } = aSchedule('0 put a', '0 put b');
    claim();
    hear('0 put b', COLLISION);
    hear('0 put a', COLLISION);
    expect(claim()).toEqual([['0 put a']]);
    hear('0 put a');
    expect(claim()).toEqual([['0 put b']]);
  });

  it('waits for the commands of other partitions, but for a second at most', () => {
    const { claim, hear, schedule } = aSchedule('0 put a', '1 put b');
    claim();
    hear('0 put a', COLLISION);
    expect([claim(), schedule.nextReadyAtMs]).toEqual([[], NOW_MS + PARTITION_WAIT_MS]);
    expect(claim({ nowMs: NOW_MS + PARTITION_WAIT_MS - 1 })).toEqual([]);
    expect(claim({ nowMs: NOW_MS + PARTITION_WAIT_MS })).toEqual([['0 put a']]);
    hear('0 put a', COLLISION, { areEarlierSettled: () => false });
    expect(claim({ nowMs: NOW_MS + PARTITION_WAIT_MS, writtenCount: 1 })).toEqual([]);
    hear('1 put b');
    expect(claim({ nowMs: NOW_MS + PARTITION_WAIT_MS, writtenCount: 1 })).toEqual([['0 put a']]);
  });

  it('goes before those of partitions that had their turn', () => {
    const { claim, hear } = aSchedule('0 put a', '0 put b', '1 put c');
    claim();
    for (const line of ['0 put a', '0 put b', '1 put c']) hear(line, COLLISION);
    expect(claim()).toEqual([['0 put a']]);
    hear('0 put a');
    expect(claim()).toEqual([['1 put c']]);
    hear('1 put c');
    expect(claim()).toEqual([['0 put b']]);
  });

  it('is blocked while an earlier record is unsettled, until something is written or the earlier ones are settled', () => {
    for (const change of [{ writtenCount: 1 }, { isDecidable: () => true }]) {
      const { claim, hear } = aSchedule('0 put a');
      claim();
      hear('0 put a', COLLISION);
      claim();
      hear('0 put a', COLLISION, unsettled);
      expect(claim({ isDecidable: () => false })).toEqual([]);
      expect(claim({ isDecidable: () => false, ...change })).toEqual([['0 put a']]);
    }
  });

  it('is sent once more when everything that is left is blocked', () => {
    const { claim, hear, schedule } = aSchedule('0 put a', '0 put b');
    const isDecidable = () => false;
    expect(schedule.unblockAll(NOW_MS)).toBe(false);
    claim();
    for (const line of ['0 put a', '0 put b']) hear(line, COLLISION);
    for (const line of ['0 put a', '0 put b']) {
      claim({ isDecidable });
      hear(line, COLLISION, unsettled);
    }
    expect(claim({ isDecidable })).toEqual([]);
    expect(schedule.unblockAll(NOW_MS)).toBe(true);
    expect(claim({ isDecidable })).toEqual([['0 put a']]);
    expect(schedule.unblockAll(NOW_MS)).toBe(false);
  });

  it('is sent once more in every partition where everything that is left is blocked', () => {
    const { claim, hear, schedule } = aSchedule('0 put a', '1 put b');
    const isDecidable = () => false;
    claim();
    for (const line of ['0 put a', '1 put b']) hear(line, COLLISION);
    for (const line of ['0 put a', '1 put b']) {
      expect(claim({ isDecidable })).toEqual([[line]]);
      hear(line, COLLISION, unsettled);
    }
    schedule.unblockAll(NOW_MS);
    expect(claim({ isDecidable })).toEqual([['0 put a']]);
    hear('0 put a');
    expect(claim({ isDecidable })).toEqual([['1 put b']]);
  });
});
