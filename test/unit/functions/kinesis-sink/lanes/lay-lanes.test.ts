import { describe, expect, it } from 'vitest';
import { layLanes } from '../../../../../functions/kinesis-sink/lanes/lay-lanes.ts';
import { type PlanOptions, plan } from '../../../../../functions/kinesis-sink/plan/plan.ts';
import { planOptions } from '../../../../support/a-kinesis-sink.ts';
import { aRecord, batchesOf, type RecordParts } from '../../../../support/builders.ts';

describe('two records', () => {
  const areInOneLane = (parts: readonly [RecordParts, RecordParts], changes: Partial<PlanOptions> = {}) => {
    const batches = batchesOf(parts.map(aRecord));
    const options = { ...planOptions, ...changes };
    const { lanes } = layLanes(batches.map(({ records }) => records.map((record) => plan(record, options))));
    return lanes.length === 1;
  };

  it.each([
    { what: 'the same partition and key', parts: [{ key: 'a' }, { key: 'a' }], areTogether: true },
    { what: 'other keys', parts: [{ key: 'a' }, { key: 'b' }], areTogether: false },
    {
      what: 'other partitions',
      parts: [
        { partition: 0, key: 'a' },
        { partition: 1, key: 'a' },
      ],
      areTogether: false,
    },
    { what: 'no key', parts: [{ key: null }, { key: null }], areTogether: false },
    { what: 'no key beside an empty one', parts: [{ key: null }, { key: '' }], areTogether: false },
  ] as const)('of $what share a lane: $areTogether', ({ parts: [one, other], areTogether }) => {
    expect(
      areInOneLane([
        { offset: 1, ...one },
        { offset: 2, ...other },
      ]),
    ).toBe(areTogether);
  });

  it('share a lane with ordering: partition, whatever their keys, but not across partitions', () => {
    const ordering = 'partition';
    expect(
      areInOneLane(
        [
          { offset: 1, key: 'a' },
          { offset: 2, key: null },
        ],
        { ordering },
      ),
    ).toBe(true);
    expect(areInOneLane([{ partition: 0 }, { partition: 1 }], { ordering })).toBe(false);
  });

  it('share no lane with ordering: none', () => {
    expect(
      areInOneLane(
        [
          { offset: 1, key: 'a' },
          { offset: 2, key: 'a' },
        ],
        { ordering: 'none' },
      ),
    ).toBe(false);
  });

  it('follow the partition key, wherever that comes from', () => {
    const constant = { partitionKey: 'constant', partitionKeyConstant: 'all' } as const;
    expect(
      areInOneLane(
        [
          { offset: 1, key: 'a' },
          { offset: 2, key: null },
        ],
        constant,
      ),
    ).toBe(true);
    expect(
      areInOneLane(
        [
          { offset: 1, key: 'a' },
          { offset: 2, key: 'a' },
        ],
        { partitionKey: 'random' },
      ),
    ).toBe(false);
  });

  it('whose partition key cannot be found share a lane only with ordering: partition', () => {
    const lost = { partitionKey: 'jsonPointer', partitionKeyPointer: '/x' } as const;
    expect(areInOneLane([{ offset: 1 }, { offset: 2 }], lost)).toBe(false);
    expect(areInOneLane([{ offset: 1 }, { offset: 2, value: '{"x":1}' }], { ...lost, ordering: 'partition' })).toBe(
      true,
    );
  });
});

describe('a batch', () => {
  it('numbers its records over all partitions, skipped tombstones included', () => {
    const batches = batchesOf([
      aRecord({ partition: 0, offset: 0, value: null }),
      aRecord({ partition: 0, offset: 1, key: 'a' }),
      aRecord({ partition: 1, offset: 0, key: 'a' }),
      aRecord({ partition: 1, offset: 1, value: null }),
    ]);
    const options = { ...planOptions, tombstone: 'skip' } as const;
    const { lanes, tombstones } = layLanes(
      batches.map(({ records }) => records.map((record) => plan(record, options))),
    );
    expect(lanes.map(({ items }) => items.map(({ index }) => index))).toEqual([[1], [2]]);
    expect([...tombstones].map(([index, { position }]) => [index, position.partition, position.offset])).toEqual([
      [0, 0, 0],
      [3, 1, 1],
    ]);
  });
});
