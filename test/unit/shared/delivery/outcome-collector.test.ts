import { describe, expect, it } from 'vitest';
import { OutcomeCollector } from '../../../../shared/delivery/outcome-collector.ts';
import { failed, poison, type RecordOutcome, skipped, written } from '../../../../shared/outcome.ts';
import { aRecord, batchesOf } from '../../../support/builders.ts';

/** Two records of partition 0, then three of partition 1. */
const records = [0, 0, 1, 1, 1].map((partition, offset) => aRecord({ partition, offset }));
const position = (index: number) => (records[index] as (typeof records)[number]).position;
const stored = (index: number) => ({ index, outcome: written(position(index)) });
const refused = (index: number) => ({ index, outcome: failed(position(index), poison('payload_invalid', 'no JSON')) });

function aCollector(...settled: readonly number[]): OutcomeCollector {
  const collector = new OutcomeCollector(batchesOf(records));
  for (const index of settled) collector.record(stored(index));
  return collector;
}

const laneOf = (...indexes: readonly number[]) => ({
  unsettled: () => indexes.map((index) => ({ index, outcome: skipped(position(index), 'deadline' as const) })),
});

describe('an outcome collector', () => {
  it('gives the outcomes in the order of the records, those that are missing as their lanes say', () => {
    const collector = aCollector(4, 0);
    collector.record(refused(2));
    const kinds = collector.close([laneOf(3), laneOf(1, 2)]).map(({ kind }) => kind);
    expect(kinds).toEqual(['written', 'skipped', 'failed', 'skipped', 'written']);
  });

  it('takes no second outcome of a settled record, and a better one of a record that failed', () => {
    const collector = aCollector(0);
    expect(() => collector.record(stored(0))).toThrow('a record is settled once');
    expect(() => collector.record(refused(0))).toThrow('a record is settled once');
    collector.record(refused(1));
    collector.record(stored(1));
    expect(collector.isSettled(1)).toBe(true);
  });

  it('gives no answer that leaves a record out', () => {
    expect(() => aCollector(0, 1, 2, 3).close([])).toThrow('every record has an outcome');
  });

  it('knows which records are settled', () => {
    const collector = aCollector(1);
    collector.record(refused(2));
    expect([0, 1, 2].map((index) => collector.isSettled(index))).toEqual([false, true, false]);
  });

  it('finds the first unsettled record of a partition, whatever other partitions do', () => {
    expect(aCollector(2).firstUnsettled('orders-1', 5)).toBe(3);
    expect(aCollector(0, 1).firstUnsettled('orders-1', 5)).toBe(2);
    expect(aCollector(0).firstUnsettled('orders-0', 2)).toBe(1);
  });

  it('finds no record behind the given end', () => {
    expect(aCollector(2, 3, 4).firstUnsettled('orders-1', 4)).toBe(4);
    expect(aCollector(2, 3).firstUnsettled('orders-1', 3)).toBe(3);
    expect(aCollector().firstUnsettled('orders-1', 5)).toBe(2);
  });

  it('goes on where it stopped when more is settled', () => {
    const collector = aCollector(2);
    expect(collector.firstUnsettled('orders-1', 5)).toBe(3);
    collector.record(stored(3));
    expect(collector.firstUnsettled('orders-1', 5)).toBe(4);
  });

  it('keeps outcomes that are no success', () => {
    const outcome: RecordOutcome = skipped(position(0), position(1));
    const collector = aCollector(1, 2, 3, 4);
    collector.record({ index: 0, outcome });
    expect(collector.close([laneOf(0)])[0]).toEqual(outcome);
  });
});
