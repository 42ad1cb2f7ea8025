import { describe, expect, it } from 'vitest';
import type { LaneEntry } from '../../../../../functions/documentdb-sink/lanes/entry.ts';
import type { Lane } from '../../../../../functions/documentdb-sink/lanes/lane.ts';
import { PARTITION_WAIT_MS } from '../../../../../functions/documentdb-sink/limits.ts';
import { ignored } from '../../../../../shared/outcome.ts';
import { aSchedule, COLLISION, FAILURE, NO_JSON, NOW_MS, RETRY } from '../../../../support/a-schedule.ts';

describe('a wave', () => {
  it('has one write of each document, in the order of the records', () => {
    const { claim, schedule } = aSchedule('0 inc a', '0 put b', '0 inc a', '1 put c');
    expect(claim()).toEqual([['0 inc a', '0 put b', '1 put c']]);
    expect(schedule.nextReadyAtMs).toBe(Number.POSITIVE_INFINITY);
  });

  it('has the deletes of a partition first, then its updates, then its inserts, each when those before have ended', () => {
    const { claim, hear } = aSchedule('0 ins a', '0 put b', '0 del c', '0 put d');
    expect(claim()).toEqual([['0 del c']]);
    expect(claim()).toEqual([]);
    hear('0 del c');
    expect(claim()).toEqual([['0 put b', '0 put d']]);
    hear('0 put d');
    expect(claim()).toEqual([]);
    hear('0 put b');
    expect(claim()).toEqual([['0 ins a']]);
    hear('0 ins a');
    expect(claim()).toEqual([]);
  });

  it('waits for the one before it, and for no other partition', () => {
    const { claim, hear } = aSchedule('0 inc a', '1 inc b', '0 inc a', '1 put c', '1 inc b');
    expect(claim()).toEqual([['0 inc a', '1 inc b', '1 put c']]);
    hear('1 inc b');
    expect(claim()).toEqual([]);
    hear('1 put c');
    expect(claim()).toEqual([['1 inc b']]);
    hear('0 inc a');
    expect(claim()).toEqual([['0 inc a']]);
  });

  it('ends with the last write: nothing is left then', () => {
    const { claim, hear, schedule } = aSchedule('0 put a');
    claim();
    hear('0 put a');
    expect([claim(), schedule.nextReadyAtMs]).toEqual([[], Number.POSITIVE_INFINITY]);
    expect(schedule.takePoisoned()).toEqual([]);
  });

  it('keeps the order of the documents in later waves', () => {
    const { claim, hear } = aSchedule('0 inc a', '0 inc b', '0 inc b', '0 inc a');
    for (const _wave of [1, 2]) {
      expect(claim()).toEqual([['0 inc a', '0 inc b']]);
      hear('0 inc b');
      hear('0 inc a');
    }
  });

  it('takes nothing more once it has begun', () => {
    const { claim, hear } = aSchedule('0 del a', '0 put b', '0 inc a');
    expect(claim()).toEqual([['0 del a']]);
    hear('0 del a');
    expect(claim()).toEqual([['0 put b']]);
    hear('0 put b');
    expect(claim()).toEqual([['0 inc a']]);
  });

  it('that is under way is waited for, whatever is due meanwhile', () => {
    const { claim, hear, schedule } = aSchedule('0 put a', '0 put b');
    claim();
    hear('0 put a', RETRY, { retryAtMs: NOW_MS + 70 });
    expect([claim({ nowMs: NOW_MS + 70 }), schedule.nextReadyAtMs]).toEqual([[], Number.POSITIVE_INFINITY]);
  });

  it('has a write again at the time of its retry', () => {
    const { claim, hear, schedule } = aSchedule('0 put a', '0 put b');
    claim();
    hear('0 put a', RETRY, { retryAtMs: NOW_MS + 70 });
    hear('0 put b', RETRY, { retryAtMs: NOW_MS + 30 });
    expect([claim(), schedule.nextReadyAtMs]).toEqual([[], NOW_MS + 30]);
    expect(claim({ nowMs: NOW_MS + 29 })).toEqual([]);
    expect(claim({ nowMs: NOW_MS + 30 })).toEqual([['0 put b']]);
    hear('0 put b');
    expect([claim({ nowMs: NOW_MS + 30 }), schedule.nextReadyAtMs]).toEqual([[], NOW_MS + 70]);
    expect(claim({ nowMs: NOW_MS + 70 })).toEqual([['0 put a']]);
  });

  it('that is not sent goes with the next one, in the order of kinds again', () => {
    const { claim, schedule, steps } = aSchedule('0 put a', '0 del b', '1 put c');
    expect(claim()).toEqual([['0 del b', '1 put c']]);
    schedule.giveBack(steps('0 del b'), NOW_MS);
    expect(claim()).toEqual([['0 del b']]);
    schedule.giveBack(steps('0 del b', '1 put c'), NOW_MS);
    expect(claim()).toEqual([['0 del b', '1 put c']]);
  });

  it('that is not sent begins anew in each of its partitions', () => {
    const { claim, hear, schedule, steps } = aSchedule('0 ins a', '0 put b', '1 ins c', '1 put d');
    expect(claim()).toEqual([['0 put b', '1 put d']]);
    schedule.giveBack(steps('0 put b', '1 put d'), NOW_MS);
    expect(claim()).toEqual([['0 put b', '1 put d']]);
    for (const line of ['0 put b', '1 put d']) hear(line);
    expect(claim()).toEqual([['0 ins a', '1 ins c']]);
  });
});

describe('a document that two partitions write', () => {
  it('is written by the second once the first has ended', () => {
    const { claim, hear, schedule } = aSchedule('0 put a', '1 put a', '1 put b');
    expect(claim()).toEqual([['0 put a', '1 put b']]);
    hear('1 put b');
    expect([claim(), schedule.nextReadyAtMs]).toEqual([[], NOW_MS + PARTITION_WAIT_MS]);
    hear('0 put a');
    expect(claim()).toEqual([['1 put a']]);
  });

  it('is written by the second after a second, whatever becomes of the first', () => {
    const { claim, schedule } = aSchedule('0 put a', '1 put a');
    expect(claim()).toEqual([['0 put a']]);
    expect(schedule.nextReadyAtMs).toBe(NOW_MS + PARTITION_WAIT_MS);
    expect(claim({ nowMs: NOW_MS + PARTITION_WAIT_MS - 1 })).toEqual([]);
    expect(claim({ nowMs: NOW_MS + PARTITION_WAIT_MS })).toEqual([['1 put a']]);
  });

  it('is free again when its wave is given back before its turn', () => {
    const { claim, hear, schedule, steps } = aSchedule('0 del b', '0 put a', '1 put a');
    expect(claim()).toEqual([['0 del b']]);
    schedule.giveBack(steps('0 del b'), NOW_MS);
    expect(claim()).toEqual([['0 del b']]);
    hear('0 del b');
    expect(claim()).toEqual([['0 put a']]);
    hear('0 put a');
    expect(claim()).toEqual([['1 put a']]);
  });
});

describe('where the order of documents matters', () => {
  const isOrdered = true;

  it('a wave ends before the first write that does not fold with those before it', () => {
    const lines = ['0 inc a', '0 inc a', '0 put b', '1 put c'];
    expect(aSchedule(...lines).claim({ isOrdered: false })).toEqual([['0 inc a', '0 put b', '1 put c']]);
    const { claim, hear } = aSchedule(...lines);
    expect(claim({ isOrdered })).toEqual([['0 inc a', '1 put c']]);
    hear('0 inc a');
    expect(claim({ isOrdered })).toEqual([['0 inc a', '0 put b']]);
  });

  it('a fold ends with its wave', () => {
    const { claim, hear, laneOf } = aSchedule('0 put a', '0 put b', '0 inc a', '0 put b');
    expect(claim({ isOrdered })).toEqual([['0 put a', '0 put b']]);
    hear('0 put b');
    expect(laneOf('0 put b').next).toBe(1);
    hear('0 put a');
    expect(claim({ isOrdered })).toEqual([['0 inc a', '0 put b']]);
  });

  it('a document of which nothing more is sent ends no wave', () => {
    const { claim, laneOf, schedule, steps } = aSchedule('0 inc a', '0 inc a', '0 put b');
    expect(claim({ isOrdered })).toEqual([['0 inc a']]);
    const lane = laneOf('0 inc a');
    if (lane.head !== undefined) lane.stop(lane.head, NO_JSON);
    for (const step of steps('0 inc a')) schedule.release(step, NOW_MS);
    expect(claim({ isOrdered })).toEqual([['0 put b']]);
  });
});

describe('poison', () => {
  it('is taken once, and its document goes on when the letter has ended', () => {
    const { claim, schedule, lanes } = aSchedule('0 put a', '0 bad b');
    const bad = lanes[1] as Lane;
    expect(schedule.takePoisoned()).toEqual([bad]);
    expect(schedule.takePoisoned()).toEqual([]);
    expect(claim()).toEqual([['0 put a']]);
    bad.lock(FAILURE);
    schedule.place(bad, NOW_MS);
    expect(schedule.takePoisoned()).toEqual([]);
  });

  it('is also a deferred record whose later write is gone', () => {
    const { claim, hear, schedule, laneOf } = aSchedule('0 put a', '0 put a');
    const lane = laneOf('0 put a');
    claim();
    hear('0 put a', COLLISION);
    claim();
    hear('0 put a', COLLISION);
    expect([lane.deferred.length, schedule.takePoisoned()]).toEqual([1, []]);
    if (lane.head !== undefined) lane.settleRecord(lane.head, ({ position }) => ignored(position, 'poison'));
    schedule.place(lane, NOW_MS);
    expect(schedule.takePoisoned()).toEqual([lane]);
  });

  it('is also a deferred record that the next write of its document cannot take along', () => {
    const { claim, hear, schedule, laneOf, steps } = aSchedule('0 put a', '0 put a', '0 ins a');
    const lane = laneOf('0 put a');
    const bury = (entry: LaneEntry | undefined) => {
      if (entry !== undefined) lane.settleRecord(entry, ({ position }) => ignored(position, 'poison'));
      schedule.place(lane, NOW_MS);
    };
    for (const _time of [1, 2]) {
      claim();
      hear('0 put a', COLLISION);
    }
    claim();
    lane.lock(FAILURE);
    for (const step of steps('0 put a')) schedule.release(step, NOW_MS);
    bury(lane.head);
    expect([claim(), schedule.takePoisoned()]).toEqual([[], [lane]]);
    bury(lane.deferred[0]);
    expect([schedule.takePoisoned(), claim()]).toEqual([[], [['0 ins a']]]);
  });
});

describe('further writes of the same documents', () => {
  it.each([
    { lines: ['0 put a', '0 put b'], leaves: false },
    { lines: ['0 put a', '0 put a'], leaves: false },
    { lines: ['0 put a', '0 inc a'], leaves: true },
  ])('are left by $lines: $leaves', ({ lines, leaves }) => {
    const { claim, schedule, steps } = aSchedule(...lines);
    claim();
    const claimed = [...new Set(lines)].filter((line) => line.includes('put'));
    expect(schedule.leavesSome(steps(...claimed))).toBe(leaves);
  });

  it('are not those that are settled', () => {
    const { claim, hear, schedule, steps } = aSchedule('0 put a', '0 inc a');
    claim();
    hear('0 put a');
    claim();
    expect(schedule.leavesSome(steps('0 inc a'))).toBe(false);
  });

  it('are counted of lanes that sent nothing, too: all but their next one', () => {
    const { schedule } = aSchedule('0 put a', '1 put b', '1 put b');
    expect(schedule.leavesSome([])).toBe(true);
    expect(aSchedule('0 put a').schedule.leavesSome([])).toBe(false);
  });
});
