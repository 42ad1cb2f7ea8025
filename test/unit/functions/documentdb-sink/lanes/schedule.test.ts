import { describe, expect, it } from 'vitest';
import type { Lane, Step } from '../../../../../functions/documentdb-sink/lanes/lane.ts';
import { layLanes } from '../../../../../functions/documentdb-sink/lanes/lay-lanes.ts';
import type { ScheduleMoment } from '../../../../../functions/documentdb-sink/lanes/partition-lanes.ts';
import { Schedule } from '../../../../../functions/documentdb-sink/lanes/schedule.ts';
import type { WriteResult } from '../../../../../functions/documentdb-sink/lanes/write-result.ts';
import { PARTITION_WAIT_MS } from '../../../../../functions/documentdb-sink/limits.ts';
import { ignored, poison } from '../../../../../shared/outcome.ts';
import { aMoment } from '../../../../support/a-lane.ts';
import { batchesOf } from '../../../../support/builders.ts';
import { deleteOf, insertOf, planned, replaceOf, updateOf } from '../../../../support/write-models.ts';

const NOW_MS = 10_000;
const failure = { code: 'target_failed', retryable: true, mayBeWritten: false, detail: '' } as const;
const NO_JSON = poison('payload_invalid', 'no JSON');
const RETRY: WriteResult = { kind: 'retry', failure, commandSize: 1 };
const COLLISION: WriteResult = { kind: 'collision' };

const MODELS = {
  put: (id: string) => replaceOf({ _id: id }, { _id: id }),
  inc: (id: string) => updateOf({ _id: id }, { $inc: { n: 1 } }),
  del: (id: string) => deleteOf({ _id: id }),
  ins: (id: string) => insertOf({ _id: id }),
};

/** `0 put a`: a record of partition 0 that replaces the document `a`; `0 bad a`: one that is poison. */
function aSchedule(...lines: readonly string[]) {
  const { mapper, record, other } = planned();
  const records = lines.map((line, offset) => {
    const [partition, kind, id] = line.split(' ') as [string, keyof typeof MODELS | 'bad', string];
    const parts = { partition: Number(partition), offset };
    if (kind === 'bad')
      return other(parts, { kind: 'poison', namespace: undefined, filter: undefined, failure: NO_JSON });
    return record(parts, [MODELS[kind](id)]);
  });
  const settings = { deletes: 'hard', epochs: new Map() } as const;
  const lanes = [...layLanes(batchesOf(records), mapper, settings, 0).lanesByNamespace.values()].flat();
  const schedule = new Schedule(lanes);
  const nameOf = ({ lane, from }: Step) => lines[lane.items[from]?.record.position.offset ?? -1];
  const out = new Map<string, Step>();
  return {
    schedule,
    lanes,
    laneOf: (line: string) =>
      lanes.find(({ items }) => items.some((item) => lines[item.record.position.offset] === line)) as Lane,
    /** What is sent now, as groups of lines. */
    claim(moment: Partial<ScheduleMoment> = {}) {
      const groups = schedule.claim({
        nowMs: NOW_MS,
        isOrdered: false,
        writtenCount: 0,
        isDecidable: () => true,
        ...moment,
      });
      for (const step of groups.flat()) out.set(nameOf(step) ?? '', step);
      return groups.map((group) => group.map(nameOf));
    },
    /** What the server says of a line that was claimed. */
    hear(line: string, result: WriteResult = { kind: 'written' }, moment: Parameters<typeof aMoment>[0] = {}) {
      const step = out.get(line) as Step;
      step.lane.apply({ step, result }, aMoment({ nowMs: NOW_MS, retryAtMs: NOW_MS, ...moment }));
      schedule.release(step, moment.nowMs ?? NOW_MS);
    },
    steps: (...names: readonly string[]) => names.map((name) => out.get(name) as Step),
  };
}

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
});

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
});

describe('poison', () => {
  it('is taken once, and its document goes on when the letter has ended', () => {
    const { claim, schedule, lanes } = aSchedule('0 put a', '0 bad b');
    const bad = lanes[1] as Lane;
    expect(schedule.takePoisoned()).toEqual([bad]);
    expect(schedule.takePoisoned()).toEqual([]);
    expect(claim()).toEqual([['0 put a']]);
    bad.lock(failure);
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
