import { describe, expect, it } from 'vitest';
import { standingOf } from '../../../../../functions/documentdb-sink/guard/standing.ts';
import type { WriteModel } from '../../../../../functions/documentdb-sink/plan/write-model.ts';
import { deleteOf, insertOf, replaceOf, updateOf, type WriteParts, writeOf } from '../../../../support/write-models.ts';

const K = { _id: 'k' };
const replace = replaceOf(K, K);
const set = updateOf(K, { $set: { a: 1 } });
const inc = updateOf(K, { $inc: { a: 1 } });
const patch = updateOf(K, { $set: { a: 1 } }, false);
const count = updateOf(K, { $inc: { a: 1 } }, false);
const put = replaceOf(K, K, false);
const remove = deleteOf(K);
const insert = insertOf(K);

/** A write of offset 5, and what is stored: a stored version of its partition, of none, or nothing at all. */
function standing(
  model: WriteModel,
  offset: bigint | undefined | 'nothing',
  isDeleted = false,
  parts: WriteParts = {},
) {
  const write = writeOf(model, { offset: 5, ...parts });
  const versions = typeof offset === 'bigint' ? { 'orders-0': offset, ts: 7n } : { 'orders-1': 900n, ts: 7n };
  return standingOf(write, offset === 'nothing' ? undefined : { id: 'k', versions, isDeleted }).kind;
}

describe('a write that changed nothing', () => {
  it.each([
    ['replace', replace, ['stale', 'done', 'behind', 'behind', 'behind']],
    ['update', set, ['stale', 'done', 'behind', 'behind', 'behind']],
    ['update, once', inc, ['stale', 'applied', 'behind', 'behind', 'behind']],
    ['update without upsert', patch, ['stale', 'done', 'behind', 'behind', 'noMatch']],
    ['update without upsert, once', count, ['stale', 'applied', 'behind', 'behind', 'noMatch']],
    ['replace without upsert', put, ['stale', 'done', 'behind', 'behind', 'noMatch']],
    ['delete', remove, ['stale', 'behind', 'behind', 'done', 'done']],
    ['insert', insert, ['stale', 'done', 'duplicate', 'duplicate', 'behind']],
  ] as const)(
    '%s: stands by a stored version that is newer, its own, older, of another partition, and by no document',
    (_name, model, expected) => {
      expect([6n, 5n, 4n, undefined, 'nothing' as const].map((offset) => standing(model, offset))).toEqual(expected);
    },
  );

  it.each([
    ['replace', replace, ['stale', 'behind', 'behind']],
    ['update', set, ['stale', 'behind', 'behind']],
    ['update without upsert', patch, ['stale', 'noMatch', 'noMatch']],
    ['update, once', inc, ['stale', 'applied', 'behind']],
    ['update without upsert, once', count, ['stale', 'applied', 'noMatch']],
    ['replace without upsert', put, ['stale', 'noMatch', 'noMatch']],
    ['hard delete', remove, ['stale', 'behind', 'behind']],
    ['insert', insert, ['stale', 'behind', 'behind']],
  ] as const)(
    '%s: stands by a tombstone with a stored version that is newer, its own, older',
    (_name, model, expected) => {
      expect([6n, 5n, 4n].map((offset) => standing(model, offset, true))).toEqual(expected);
    },
  );

  it('is a tombstone, and done where its own stands there, but not where a document has its mark', () => {
    const tombstones = { deletes: 'tombstone' } as const;
    expect([6n, 5n, 4n].map((offset) => standing(remove, offset, true, tombstones))).toEqual([
      'stale',
      'done',
      'behind',
    ]);
    expect(standing(remove, 5n, false, tombstones)).toBe('behind');
  });

  it('is not done by the stored version that an earlier write of the same record left', () => {
    for (const model of [replace, set]) expect(standing(model, 5n, false, { step: 1 })).toBe('behind');
  });

  it('is stale by a greater version too, whatever the offset; by an equal one or none it is not', () => {
    const of = (v: unknown, version?: number) =>
      standingOf(writeOf(set, { offset: 5, ...(version !== undefined && { version }) }), {
        id: 'k',
        versions: { 'orders-0': 4n, ts: 7n, v },
        isDeleted: false,
      });
    expect(of(101, 100)).toEqual({ kind: 'stale', timestampMs: 7 });
    expect([of(100, 100), of(99n, 100), of('101', 100), of(undefined, 100), of(101)].map(({ kind }) => kind)).toEqual(
      Array(5).fill('behind'),
    );
  });

  it('is compared by value with a stored offset of another type of number', () => {
    const of = (offset: number) =>
      standingOf(writeOf(set, { offset: 5 }), { id: 'k', versions: { 'orders-0': offset }, isDeleted: false }).kind;
    expect([6, 5, 4].map(of)).toEqual(['stale', 'done', 'behind']);
  });

  it('is stale without a time where the document has none', () => {
    const stored = { id: 'k', versions: { 'orders-0': 6n }, isDeleted: false };
    expect(standingOf(writeOf(set, { offset: 5 }), stored)).toEqual({ kind: 'stale', timestampMs: undefined });
  });

  it('is a delete that another partition has written after, unless that is older by its version', () => {
    expect(standing(remove, undefined, false, { version: 9 })).toBe('behind');
    expect(standing(remove, undefined)).toBe('done');
    expect(standing(remove, 'nothing', false, { version: 9 })).toBe('done');
  });
});
