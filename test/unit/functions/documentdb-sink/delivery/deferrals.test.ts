import { describe, expect, it } from 'vitest';
import { Deferrals } from '../../../../../functions/documentdb-sink/delivery/deferrals.ts';
import type { LaneEntry } from '../../../../../functions/documentdb-sink/lanes/entry.ts';
import { lanesOf, layLanes } from '../../../../../functions/documentdb-sink/lanes/lay-lanes.ts';
import { OutcomeCollector } from '../../../../../shared/delivery/outcome-collector.ts';
import { failed, poison, written } from '../../../../../shared/outcome.ts';
import { batchesOf } from '../../../../support/builders.ts';
import { planned, replaceOf } from '../../../../support/write-models.ts';

/** Records of partitions, each of a document of its own; the collection holds those that are named. */
function aCollection(partitions: readonly number[], own = partitions.map((_, index) => index)) {
  const { mapper, record } = planned();
  const records = partitions.map((partition, offset) =>
    record({ partition, offset }, [replaceOf({ _id: offset }, { _id: offset })]),
  );
  const batches = batchesOf(records);
  const settings = { deletes: 'hard', epochs: new Map() } as const;
  const lanes = lanesOf(layLanes(batches, mapper, settings, 0));
  const outcomes = new OutcomeCollector(batches);
  const deferrals = new Deferrals(
    outcomes,
    lanes.filter(({ items: [item] }) => own.includes(item?.index ?? -1)),
  );
  const entry = (index: number) => lanes[index]?.items[0] as LaneEntry;
  return {
    deferrals,
    settle: (index: number) => outcomes.record({ index, outcome: written(entry(index).record.position) }),
    fail: (index: number) =>
      outcomes.record({ index, outcome: failed(entry(index).record.position, poison('duplicate_key', '')) }),
    isFirst: (index: number, deferred: readonly number[] = []) =>
      deferrals.areEarlierSettled({ deferred: deferred.map(entry) }, entry(index)),
  };
}

describe('the earlier records of a partition', () => {
  it('are settled once each of them has an outcome that settles it', () => {
    const { settle, fail, isFirst } = aCollection([0, 0, 0]);
    expect([isFirst(0), isFirst(1), isFirst(2)]).toEqual([true, false, false]);
    fail(0);
    settle(1);
    expect(isFirst(2)).toBe(false);
    settle(0);
    expect(isFirst(2)).toBe(true);
  });

  it('are those of the partition alone', () => {
    const { settle, isFirst } = aCollection([0, 0, 1, 1]);
    expect([isFirst(2), isFirst(3)]).toEqual([true, false]);
    settle(2);
    expect([isFirst(3), isFirst(1)]).toEqual([true, false]);
  });

  it('are those of the collection alone', () => {
    const { settle, isFirst } = aCollection([0, 0, 0], [1, 2]);
    expect([isFirst(1), isFirst(2)]).toEqual([true, false]);
    settle(1);
    expect(isFirst(2)).toBe(true);
  });

  it('may be asked for out of order', () => {
    const { settle, isFirst } = aCollection([0, 0, 0, 0]);
    settle(0);
    settle(1);
    expect([isFirst(3), isFirst(2), isFirst(3)]).toEqual([false, true, false]);
    settle(2);
    expect(isFirst(3)).toBe(true);
  });
});

describe('a deferred record', () => {
  it('is waited for by other lanes, and not by its own', () => {
    const { deferrals, isFirst } = aCollection([0, 0]);
    deferrals.add(0);
    expect([isFirst(1), isFirst(1, [0])]).toEqual([false, true]);
  });

  it('of a lane does not speak for a record that is not deferred', () => {
    const { deferrals, settle, isFirst } = aCollection([0, 0, 0]);
    deferrals.add(0);
    expect([isFirst(2, [0]), isFirst(2, [1])]).toEqual([false, false]);
    settle(1);
    expect([isFirst(2, [0]), isFirst(2, [1])]).toEqual([true, false]);
  });

  it('is waited for no more when nothing else makes progress', () => {
    const { deferrals, isFirst } = aCollection([0, 0, 0]);
    deferrals.add(0);
    expect([deferrals.stopWaiting(), isFirst(1), isFirst(2)]).toEqual([true, true, false]);
    expect(deferrals.stopWaiting()).toBe(false);
  });

  it('is what others wait for: without one nothing changes', () => {
    const { deferrals } = aCollection([0, 0]);
    expect(deferrals.stopWaiting()).toBe(false);
  });
});
