import { describe, expect, it } from 'vitest';
import { applyUpdate } from '../../../../../functions/documentdb-sink/update/apply-update.ts';
import { expandFilter } from '../../../../../functions/documentdb-sink/update/expand-filter.ts';
import { mergeUpdates } from '../../../../../functions/documentdb-sink/update/merge-updates.ts';
import { isFoldable, isIdempotent, reservedIn } from '../../../../../functions/documentdb-sink/update/operators.ts';
import { doc } from '../../../../support/write-models.ts';

const cut = (more: object) => doc({ $push: { a: { $each: [], $slice: 2 }, ...more } });

describe('an update', () => {
  it('adds new fields in the order of their names, as servers do', () => {
    const document = applyUpdate(doc({ z: 0 }), doc({ $set: { 'a!': 1, b: 2, a: 3, B: 4 } }), false);
    expect([...(document?.keys() ?? [])]).toEqual(['z', 'B', 'a', 'a!', 'b']);
  });

  it.each([
    doc({ $set: { a: 1 }, $unset: { b: '' }, $setOnInsert: { c: 1 } }),
    doc({ $min: { a: 1 }, $max: { b: 1 } }),
    cut({}),
    cut({ b: { $slice: -1, $each: [] } }),
    doc({}),
  ])('may be applied twice: %s', (update) => {
    expect(isIdempotent(update)).toBe(true);
  });

  it.each([
    doc({ $set: { a: 1 }, $inc: { b: 1 } }),
    doc({ $mul: { a: 2 } }),
    doc({ $push: { a: 1 } }),
    doc({ $push: { a: { $each: [1], $slice: 2 } } }),
    doc({ $push: { a: { $each: [] } } }),
    doc({ $push: { a: { $each: [], $slice: 2, $sort: 1 } } }),
    doc({ $push: { a: { $slice: 2 } } }),
    cut({ b: 1 }),
    doc({ $addToSet: { a: 1 } }),
    doc({ $addToSet: { a: { $each: [], $slice: 2 } } }),
    doc({ $pull: { a: 1 } }),
    doc({ $rename: { a: 'b' } }),
    doc({ $currentDate: { a: true } }),
    new Map([['$push', 'no document']]),
  ])('must not be applied twice: %s', (update) => {
    expect(isIdempotent(update)).toBe(false);
  });

  it('is folded by plain paths alone', () => {
    expect(isFoldable(doc({ $set: { 'a.0.b': 1 }, $unset: { c: '' }, $setOnInsert: { d: 1 } }))).toBe(true);
    for (const path of ['', 'a.', '.a', 'a..b', '$a', 'a.$', 'a.$[]', 'a.$[x].b']) {
      expect(isFoldable(doc({ $set: { [path]: 1 } }))).toBe(false);
    }
    expect(isFoldable(doc({ $set: { a: 1 }, $min: { b: 1 } }))).toBe(false);
    expect(isFoldable(new Map([['$set', 'no document']]))).toBe(false);
  });

  it.each([
    [{ $set: { _k: 1 } }, '_k'],
    [{ $unset: { '_k.x.y': '' } }, '_k'],
    [{ $inc: { _deletedAt: 1 } }, '_deletedAt'],
    [{ $rename: { a: '_k' } }, '_k'],
    [{ $rename: { a: '_deletedAt.x' } }, '_deletedAt'],
    [{ $rename: { _k: 'a' } }, '_k'],
    [{ $set: { a: 1, _k: 1 } }, '_k'],
    [{ $inc: { a: 1 }, $set: { a: 1, _deletedAt: 1 } }, '_deletedAt'],
    [{ $set: { _kk: 1, 'a._k': 1, a: '_k' } }, undefined],
    [{ $set: 5 }, undefined],
  ] as const)('touches what is reserved, or not: %j', (update, reserved) => {
    expect(reservedIn(doc(update))).toBe(reserved);
  });

  it('is none that could be applied here where two of its paths meet, which the server refuses', () => {
    for (const update of [{ $set: { a: 1, 'a.b': 1 } }, { $set: { a: 1 }, $unset: { a: '' } }]) {
      expect(applyUpdate(doc({}), doc(update), false)).toBeUndefined();
    }
    expect(applyUpdate(doc({}), doc({ $set: { a: 1, ab: 2, 'a-b': 3 } }), false)).toEqual(
      doc({ a: 1, ab: 2, 'a-b': 3 }),
    );
  });

  it('takes away nothing where nothing is, and leaves empty what it emptied', () => {
    const before = doc({ a: { b: 1 } });
    expect(applyUpdate(before, doc({ $unset: { x: '', 'y.z': '', 'a.c': '' } }), false)).toEqual(before);
    expect(applyUpdate(before, doc({ $unset: { 'a.b': '' } }), false)).toEqual(doc({ a: {} }));
    expect(before).toEqual(doc({ a: { b: 1 } }));
  });

  it('takes nothing away from a value that is no document: a server may refuse that', () => {
    for (const a of ['text', 5, null, [1]]) {
      expect(applyUpdate(doc({ a }), doc({ $unset: { 'a.b': '' } }), false)).toBeUndefined();
    }
  });

  it('sets on insert what is set on insert, and only then', () => {
    const update = doc({ $set: { a: 1 }, $setOnInsert: { b: 2 } });
    expect(applyUpdate(doc({}), update, true)).toEqual(doc({ a: 1, b: 2 }));
    expect(applyUpdate(doc({}), update, false)).toEqual(doc({ a: 1 }));
  });

  it('merged with another has no operator without fields, for a server refuses those', () => {
    const merged = mergeUpdates(doc({ $unset: { a: '' } }), doc({ $set: { a: 1 } }));
    expect([...(merged?.keys() ?? [])]).toEqual(['$set']);
  });
});

describe('a filter as a document', () => {
  it('has documents where the filter has paths', () => {
    const filter = new Map<string, unknown>([
      ['a.b', 1],
      ['a.c.d', 2],
      ['e', doc({ f: 3 })],
    ]);
    expect(expandFilter(filter)).toEqual(doc({ a: { b: 1, c: { d: 2 } }, e: { f: 3 } }));
  });

  it('is none where a path leads into a value', () => {
    const filter = new Map<string, unknown>([
      ['a', 1],
      ['a.b', 2],
    ]);
    expect(expandFilter(filter)).toBeUndefined();
  });
});
