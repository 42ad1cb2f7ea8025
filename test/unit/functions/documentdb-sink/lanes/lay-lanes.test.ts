import { describe, expect, it } from 'vitest';
import { type LanesByNamespace, lanesOf, layLanes } from '../../../../../functions/documentdb-sink/lanes/lay-lanes.ts';
import type { RecordMapper } from '../../../../../functions/documentdb-sink/plan/record-mapper.ts';
import { poison } from '../../../../../shared/outcome.ts';
import type { SourceRecord } from '../../../../../shared/record.ts';
import { batchesOf } from '../../../../support/builders.ts';
import { planned, replaceOf, updateOf } from '../../../../support/write-models.ts';

const NO_JSON = poison('payload_invalid', 'no JSON');
const UNKNOWN = { kind: 'poison', namespace: undefined, filter: undefined, failure: NO_JSON } as const;
const put = (id: string) => [replaceOf({ _id: id }, { _id: id })];

/** Lanes as `collection partition: indexes`. */
const inWords = (lanes: LanesByNamespace): readonly string[] =>
  [...lanes].flatMap(([{ collection }, own]) =>
    own.map(({ topicPartition, items }) =>
      [collection, `${topicPartition}:`, ...items.map(({ index }) => index)].join(' '),
    ),
  );

/** `words` are those of the first part; `behind`, of the lanes of every later part and of what waits for these. */
function laid(mapper: RecordMapper, records: readonly SourceRecord[]) {
  const layout = layLanes(batchesOf(records), mapper, { deletes: 'hard', epochs: new Map() }, 0);
  const [first, ...apart] = layout.parts;
  return {
    ...layout,
    lanesByNamespace: first?.lanes,
    lanes: lanesOf(layout),
    words: inWords(first?.lanes ?? new Map()),
    apart: apart.map(({ lanes, behind }) => ({
      words: inWords(lanes),
      behind: inWords(behind?.lanes ?? new Map()),
      waitsFor: behind?.waitsFor.map(({ index }) => index),
    })),
  };
}

describe('the lanes of a batch', () => {
  it('are one for each document of a partition', () => {
    const { mapper, record } = planned();
    const records = [
      record({ partition: 0, offset: 0 }, put('a')),
      record({ partition: 0, offset: 1 }, put('b')),
      record({ partition: 0, offset: 2 }, put('a')),
      record({ partition: 1, offset: 0 }, put('a')),
    ];
    expect(laid(mapper, records).words).toEqual(['orders orders-0: 0 2', 'orders orders-0: 1', 'orders orders-1: 3']);
  });

  it('are those of a collection, by its name, whichever object names it', () => {
    const [one, again, other] = ['orders', 'orders', 'others'].map((collection) =>
      planned({ database: 'shop', collection }),
    );
    if (one === undefined || again === undefined || other === undefined) throw new Error('there are three');
    const records = [
      one.record({ offset: 0 }, put('a')),
      again.record({ offset: 1 }, put('a')),
      other.record({ offset: 2 }, put('a')),
      one.record({ offset: 3 }, put('a')),
    ];
    const mapper: RecordMapper = (record, wallTimeMs) => {
      const { offset } = record.position;
      return ([one, again, other][offset] ?? one).mapper(record, wallTimeMs);
    };
    const { words, lanesByNamespace, lanes } = laid(mapper, records);
    expect(words).toEqual(['orders orders-0: 0 1 3', 'others orders-0: 2']);
    expect(lanesByNamespace?.size).toBe(2);
    expect(lanes.map(({ target }) => target)).toEqual(['shop.orders', 'shop.others']);
  });

  it('settle a record of several writes with the last of them', () => {
    const { mapper, record } = planned();
    const models = [updateOf({ _id: 'a' }, { $inc: { n: 1 } }), ...put('a')];
    const { lanes } = laid(mapper, [record({ offset: 0 }, models), record({ offset: 1 }, put('a'))]);
    expect(lanes[0]?.items.map(({ index, isLast }) => [index, isLast])).toEqual([
      [0, false],
      [0, true],
      [1, true],
    ]);
  });

  it('are one for each record whose document is not known, outside of every collection', () => {
    const { mapper, other, record } = planned();
    const { words, apart, lanes, planningFailureCount } = laid(mapper, [
      other({ offset: 0 }, UNKNOWN),
      other({ offset: 1 }, UNKNOWN),
      record({ offset: 2 }, put('a')),
    ]);
    expect(words).toEqual([]);
    expect(apart).toEqual([
      { words: ['unknown orders-0: 0', 'unknown orders-0: 1'], behind: ['orders orders-0: 2'], waitsFor: [0, 1] },
    ]);
    expect(lanes[0]).toMatchObject({ target: 'unknown.unknown', items: [{ isLast: true, task: { kind: 'poison' } }] });
    expect(planningFailureCount).toBe(0);
  });

  it('of a partition stand apart from the first record on whose document is not known, and those of no other', () => {
    const { mapper, other, record } = planned();
    const { words, apart } = laid(mapper, [
      record({ partition: 0, offset: 0 }, put('a')),
      record({ partition: 1, offset: 0 }, put('a')),
      other({ partition: 1, offset: 1 }, { kind: 'none', reason: 'tombstone' }),
      other({ partition: 1, offset: 2 }, UNKNOWN),
      record({ partition: 1, offset: 3 }, put('b')),
      other({ partition: 1, offset: 4 }, { ...UNKNOWN, filter: new Map([['_id', 'b']]) }),
      other({ partition: 1, offset: 5 }, UNKNOWN),
      record({ partition: 2, offset: 0 }, put('a')),
    ]);
    expect(words).toEqual(['orders orders-0: 0', 'orders orders-2: 7']);
    expect(apart).toEqual([
      {
        words: ['orders orders-1: 1', 'unknown orders-1: 3', 'unknown orders-1: 6'],
        behind: ['orders orders-1: 4', 'unknown orders-1: 5'],
        waitsFor: [1, 2, 3, 6],
      },
    ]);
  });

  it('have none of the records that write nothing', () => {
    const { mapper, other, record } = planned();
    const failure = { code: 'schema_unavailable', retryable: true, mayBeWritten: false, detail: '' } as const;
    const { words, apart, decidedAt } = laid(mapper, [
      other({ offset: 0 }, { kind: 'none', reason: 'tombstone' }),
      record({ offset: 1 }, put('a')),
      other({ offset: 2 }, { kind: 'unsettled', failure }),
    ]);
    expect({ words, apart }).toEqual({
      words: [],
      apart: [{ words: ['orders orders-0: 1'], behind: [], waitsFor: [0, 1, 2] }],
    });
    expect([...decidedAt]).toMatchObject([
      [0, { kind: 'ignored', reason: 'tombstone', position: { offset: 0 } }],
      [2, { kind: 'failed', failure, position: { offset: 2 } }],
    ]);
  });

  it('count records whose planning threw an error', () => {
    const mapper: RecordMapper = () => {
      throw new TypeError('a bug');
    };
    const { record } = planned();
    expect(laid(mapper, [record({ offset: 0 }, put('a')), record({ offset: 1 }, put('a'))]).planningFailureCount).toBe(
      2,
    );
  });
});
