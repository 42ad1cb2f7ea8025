import { describe, expect, it } from 'vitest';
import type { Entry, RecordHead } from '../../../../cli/dead-letters/bucket/entry.ts';
import { planOf } from '../../../../cli/dead-letters/redrive/plan.ts';

const EVENT_BYTES = 100;
/** With the name of a partition of 8 bytes, and the signs around it. */
const RECORD_BYTES = EVENT_BYTES + 8 + 8;

function aHead(place: string, parts: Partial<RecordHead> = {}): RecordHead {
  const [, topic = '', partition, offset] = /^(.+)-(\d+)@(\d+)$/.exec(place) ?? [];
  return {
    ...{ topicPartition: `${topic}-${partition}`, topic, partition: Number(partition), offset: Number(offset) },
    ...{ fingerprint: 'one', eventBytes: EVENT_BYTES, isSettled: false },
    ...parts,
  };
}

const anEntry = (key: string, atMs: number, ...records: readonly RecordHead[]) =>
  ({ key, atMs, records }) as unknown as Entry;

const placesOf = (entries: readonly Entry[], limits = { recordsMax: 100, bytesMax: 10_000 }) => {
  const { batches, tooLarge } = planOf(entries, limits);
  const places = (records: readonly RecordHead[]) => records.map((each) => `${each.topicPartition}@${each.offset}`);
  return { batches: batches.map(places), tooLarge: places(tooLarge) };
};

describe('the order of a redrive', () => {
  const PLACES = ['orders-2@7', 'orders-10@1', 'refunds-0@0', 'orders-2@30', 'accounts-3@5', 'orders-2@4'];

  it.each([
    ['as they come', PLACES],
    ['in the reverse order', PLACES.toReversed()],
  ])('is that of topics, of partitions and of offsets, with objects %s', (_order, places) => {
    const entries = places.map((place, index) => anEntry(place, index, aHead(place)));
    const inOrder = ['accounts-3@5', 'orders-2@4', 'orders-2@7', 'orders-2@30', 'orders-10@1', 'refunds-0@0'];
    expect(placesOf(entries).batches).toEqual([inOrder]);
  });

  it.each([false, true])('is that of the failures for records of one position', (isReversed) => {
    const entries = [
      anEntry('old', 1_000, aHead('orders-0@1', { fingerprint: 'old' })),
      anEntry('new', 2_000, aHead('orders-0@1', { fingerprint: 'new' })),
    ];
    const { batches } = planOf(isReversed ? entries.reverse() : entries, { recordsMax: 9, bytesMax: 10_000 });
    expect(batches.map((batch) => batch.map(({ sources }) => sources))).toEqual([[['old']], [['new']]]);
  });
});

describe('a batch of a redrive', () => {
  const three = [1, 2, 3].map((offset) => anEntry(`${offset}`, 0, aHead(`orders-0@${offset}`)));

  it('takes what fits to the byte', () => {
    const sizes = (bytesMax: number) =>
      placesOf(three, { recordsMax: 9, bytesMax }).batches.map(({ length }) => length);
    expect(sizes(2 * RECORD_BYTES)).toEqual([2, 1]);
    expect(sizes(2 * RECORD_BYTES - 1)).toEqual([1, 1, 1]);
  });

  it('takes no more records than it may', () => {
    expect(placesOf(three, { recordsMax: 2, bytesMax: 10_000 }).batches.map(({ length }) => length)).toEqual([2, 1]);
  });

  it('never has a record that is too large by itself', () => {
    const large = aHead('orders-0@9', { eventBytes: EVENT_BYTES + 1 });
    const entries = [...three, anEntry('large', 0, large)];
    expect(placesOf(entries, { recordsMax: 9, bytesMax: RECORD_BYTES })).toEqual({
      batches: [['orders-0@1'], ['orders-0@2'], ['orders-0@3']],
      tooLarge: ['orders-0@9'],
    });
  });
});
