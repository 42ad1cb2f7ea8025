import { BSONRegExp } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { equalTo, guardedFilter } from '../../../../../functions/documentdb-sink/guard/guard.ts';
import { statementOf } from '../../../../../functions/documentdb-sink/lanes/commands.ts';
import { UnwritableError } from '../../../../../functions/documentdb-sink/plan/unwritable-error.ts';
import type { WriteModel } from '../../../../../functions/documentdb-sink/plan/write-model.ts';
import { deleteOf, doc, insertOf, replaceOf, updateOf, writeOf } from '../../../../support/write-models.ts';

const K = { _id: 'k' };
const parts = { offset: 5, timestampMs: 50 };
const STORED_VERSION = { 'orders-0': 5n, ts: 50n };
const GUARD = { _id: 'k', '_k.orders-0': { $not: { $gt: 5n } } };
const ONCE = { _id: 'k', '_k.orders-0': { $not: { $gte: 5n } } };

describe('the statement', () => {
  it('of each kind of write is that of the table', () => {
    const set = { $set: doc({ a: 1, '_k.orders-0': 5n, '_k.ts': 50n }), $unset: doc({ _deletedAt: '' }) };
    const inc = { $inc: doc({ a: 1 }), $set: doc({ '_k.orders-0': 5n, '_k.ts': 50n }), $unset: set.$unset };
    const document = new Map<string, unknown>([
      ['_id', 'k'],
      ['a', 1],
      ['_k', STORED_VERSION],
    ]);
    const there = { _deletedAt: { $exists: false } };
    const rows = [
      [replaceOf(K, { a: 1, ...K }), { q: GUARD, u: document, upsert: true }],
      [replaceOf(K, { a: 1, ...K }, false), { q: { ...GUARD, ...there }, u: document, upsert: false }],
      [updateOf(K, { $set: { a: 1 } }), { q: GUARD, u: new Map(Object.entries(set)), upsert: true }],
      [
        updateOf(K, { $set: { a: 1 } }, false),
        { q: { ...GUARD, ...there }, u: new Map(Object.entries(set)), upsert: false },
      ],
      [updateOf(K, { $inc: { a: 1 } }), { q: ONCE, u: new Map(Object.entries(inc)), upsert: true }],
      [
        updateOf(K, { $inc: { a: 1 } }, false),
        { q: { ...ONCE, ...there }, u: new Map(Object.entries(inc)), upsert: false },
      ],
      [deleteOf(K), { q: GUARD, limit: 1 }],
      [insertOf({ a: 1, ...K }), { document }],
    ] as const;
    for (const [model, statement] of rows) expect(statementOf(writeOf(model, parts))).toEqual(statement);
    const tombstone = statementOf(writeOf(deleteOf(K), { ...parts, deletes: 'tombstone', wallTimeMs: 9 }));
    const body = new Map<string, unknown>([
      ['_id', 'k'],
      ['_k', STORED_VERSION],
      ['_deletedAt', new Date(9)],
    ]);
    expect(tombstone).toEqual({ q: GUARD, u: body, upsert: true });
  });

  it('of a replacement begins with _id, or with the stored version where a name that begins with $ would make it an update', () => {
    const names = (model: Parameters<typeof writeOf>[0]) => {
      const { u } = statementOf(writeOf(model, parts));
      return [...(u as Map<string, unknown>).keys()];
    };
    expect(names(replaceOf(K, { $id: 1, ...K }))).toEqual(['_id', '$id', '_k']);
    expect(names(replaceOf({ c: 1 }, { $ref: 1, c: 1 }))).toEqual(['_k', '$ref', 'c']);
    expect(names(replaceOf({ c: 1 }, { c: 1, $db: 1 }))).toEqual(['c', '$db', '_k']);
    expect(names(replaceOf({ c: 1 }, {}))).toEqual(['_k']);
  });

  it('of a topic with dots in its name has none in the path of the stored version', () => {
    const write = writeOf(updateOf(K, { $set: { a: 1 } }), { ...parts, topic: 'a.b' });
    expect(guardedFilter(write)).toEqual({ _id: 'k', '_k.a~b-0': { $not: { $gt: 5n } } });
  });
});

describe('a filter', () => {
  it.each([
    [/a/, { $eq: /a/ }],
    [new BSONRegExp('a'), { $eq: new BSONRegExp('a') }],
    [doc({ $gt: 1 }), { $eq: doc({ $gt: 1 }) }],
    [doc({ a: 1, $gt: 1 }), doc({ a: 1, $gt: 1 })],
    [doc({}), doc({})],
    ['$a', '$a'],
    [null, null],
    [undefined, undefined],
    [[1], [1]],
  ])('takes a value for a value, and for no condition: %s', (value, expected) => {
    expect(equalTo(value)).toEqual(expected);
    expect(guardedFilter(writeOf(replaceOf({ _id: value }, { _id: value }), parts))).toMatchObject({ _id: expected });
  });

  it('keeps what it asks for beside _id, and a business key of one field', () => {
    const clause = ['_k.orders-0', { $not: { $gt: 5n } }];
    const filterOf = (filter: object) => guardedFilter(writeOf(deleteOf({ ...filter }), parts));
    expect(filterOf({ _id: 'k', shard: 3 })).toEqual(new Map([['_id', 'k'], ['shard', 3], clause] as never));
    expect(filterOf({ sku: 's' })).toEqual(new Map([['sku', 's'], clause] as never));
  });

  it('has a clause more for a version, and one for a document that must be there or must be deleted', () => {
    const newest = { '_k.v': { $not: { $gt: 7 } } };
    const filterOf = (model: Parameters<typeof writeOf>[0]) => guardedFilter(writeOf(model, { ...parts, version: 7 }));
    expect(filterOf(replaceOf(K, K))).toEqual({ ...GUARD, ...newest });
    expect(filterOf(deleteOf(K))).toEqual({ ...GUARD, ...newest });
    expect(filterOf(replaceOf(K, K, false))).toEqual({ ...GUARD, ...newest, _deletedAt: { $exists: false } });
    expect(filterOf(insertOf(K))).toEqual({ ...GUARD, ...newest, _deletedAt: { $exists: true } });
  });

  it('of a business key gives no name a meaning', () => {
    const write = writeOf(deleteOf({ _bsontype: 'ObjectId', 2: 'two', 1: doc({ $x: 1 }) }), parts);
    expect(guardedFilter(write)).toEqual(
      new Map<string, unknown>([
        ['1', { $eq: doc({ $x: 1 }) }],
        ['2', 'two'],
        ['_bsontype', 'ObjectId'],
        ['_k.orders-0', { $not: { $gt: 5n } }],
      ]),
    );
  });
});

describe('the stored version', () => {
  it('has the version of the record if there is one', () => {
    const stored = (model: Parameters<typeof writeOf>[0], version?: number) => {
      const { u } = statementOf(writeOf(model, { ...parts, ...(version !== undefined && { version }) }));
      return u as Map<string, unknown>;
    };
    expect(stored(replaceOf(K, K)).get('_k')).toStrictEqual(STORED_VERSION);
    expect(stored(replaceOf(K, K), 7).get('_k')).toStrictEqual({ ...STORED_VERSION, v: 7 });
    const set = { '_k.orders-0': 5n, '_k.ts': 50n };
    expect(stored(updateOf(K, { $set: {} })).get('$set')).toEqual(doc(set));
    expect(stored(updateOf(K, { $set: {} }), 7).get('$set')).toEqual(doc({ ...set, '_k.v': 7 }));
  });
});

describe('the write that is sent where no index can guard it', () => {
  const setOnInsert = updateOf(K, { $setOnInsert: { a: 1 } });
  const plainOf = (model: Parameters<typeof writeOf>[0], deletes: 'tombstone' | 'hard') =>
    writeOf(model, { ...parts, deletes }).plain;

  it.each([replaceOf(K, K), updateOf(K, { $set: { a: 1 } }), deleteOf(K), insertOf(K)])(
    'is none of a write by _id ($kind)',
    (model) => {
      for (const deletes of ['tombstone', 'hard'] as const) expect(plainOf(model, deletes)).toBeUndefined();
    },
  );

  it('is the write as the connector sends it, for a business key', () => {
    const sku = { sku: 's' };
    for (const model of [replaceOf(sku, { ...sku, a: 1 }), updateOf(sku, { $set: { a: 1 } }), deleteOf(sku)]) {
      expect(plainOf(model, 'hard')).toEqual(model);
    }
    expect(plainOf(replaceOf(sku, { ...sku, a: 1 }), 'tombstone')).toEqual(replaceOf(sku, { ...sku, a: 1 }));
  });

  it('makes a tombstone visible again, and keeps what the update removes', () => {
    const update = { $set: { a: 1 }, $unset: { b: '' } };
    const visible = { $set: { a: 1 }, $unset: { b: '', _deletedAt: '' } };
    expect(plainOf(updateOf({ sku: 's' }, update), 'tombstone')).toEqual(updateOf({ sku: 's' }, visible));
  });

  it('is there for $setOnInsert where a tombstone would count as a document', () => {
    expect(plainOf(setOnInsert, 'tombstone')).toBeDefined();
    expect(plainOf(setOnInsert, 'hard')).toBeUndefined();
  });

  it('leaves its key only where it changes what the filter names', () => {
    const leaves = (model: WriteModel) => writeOf(model, parts).leavesKey === true;
    const shard = { ...K, 'shard.a': 1 };
    expect([replaceOf(K, { a: 1 }), replaceOf(K, K), updateOf(K, { $setOnInsert: { _id: 'k' } })].some(leaves)).toBe(
      false,
    );
    expect(
      [
        updateOf(shard, { $set: { 'shard.b': 2, 'shard.a': 1 } }),
        updateOf(shard, { $set: { shard: { a: 1 } } }),
        updateOf(shard, { $setOnInsert: { 'shard.a': 1 } }),
        updateOf(shard, { $setOnInsert: { 'shard.a': 2 } }, false),
        replaceOf(shard, { ...K, shard: { a: 1, b: 2 } }),
        deleteOf(shard),
      ].some(leaves),
    ).toBe(false);
    expect(
      [
        updateOf(K, { $set: { _id: 'other' } }),
        replaceOf(K, { _id: 'other' }),
        updateOf(shard, { $set: { 'shard.a': 2 } }),
        updateOf(shard, { $set: { shard: {} } }),
        updateOf(shard, { $setOnInsert: { 'shard.a': 2 } }),
        updateOf(shard, { $unset: { shard: '' } }),
        updateOf(shard, { $set: { b: 1 }, $unset: { 'shard.a': '' } }),
        updateOf(shard, { $max: { 'shard.a': 1 } }),
        updateOf(shard, { $set: { 'shard.a.b': 1 } }),
        replaceOf(shard, K),
      ].every(leaves),
    ).toBe(true);
  });
});

describe('a guarded write', () => {
  it.each([
    ['a field of the sink’s own', replaceOf(K, { ...K, _k: 1 })],
    ['an insert without _id', insertOf({ a: 1 })],
    ['a filter that matches every document', deleteOf({})],
  ])('that is impossible names the reason: %s', (_name, model) => {
    expect(() => writeOf(model, parts)).toThrow(UnwritableError);
  });

  it.each([{ $set: 1 }, { x: 1, $x: 1 }, { $ref: 1, $set: 1 }])(
    'refuses a replacement with a name that begins with $: %j',
    (fields) => {
      expect(() => writeOf(replaceOf(K, { ...K, ...fields }), parts)).toThrow(UnwritableError);
    },
  );

  it('accepts the fields of a DBRef, and a name with $ below the top level', () => {
    const fields = { $ref: 'c', $id: 1, $db: 'd', inner: { $set: 1 } };
    expect(() => writeOf(replaceOf(K, { ...K, ...fields }), parts)).not.toThrow();
  });

  it.each([
    ['nothing', {}],
    ['a number', { $set: 5 }],
    ['an array', { $unset: [] }],
    ['null', { $setOnInsert: null }],
    ['a text beside a document', { $set: { a: 1 }, $inc: 'a' }],
    ['a name that is no operator', { a: 1 }],
    ['such a name beside an operator', { $set: { a: 1 }, a: { b: 1 } }],
  ])('refuses an update with %s as operators, because a dropped part would count as written', (_what, update) => {
    expect(() => writeOf(updateOf(K, update), parts)).toThrow(UnwritableError);
  });

  it('that counts is refused behind another write of its record, whose version it would take for its own', () => {
    const count = updateOf(K, { $inc: { a: 1 } });
    expect(() => writeOf(count, { ...parts, step: 1 })).toThrow(UnwritableError);
    expect(() => writeOf(updateOf(K, { $set: { a: 1 } }), { ...parts, step: 1 })).not.toThrow();
  });

  it('inserts names that begin with $, as the driver does', () => {
    expect(() => writeOf(insertOf({ ...K, $set: 1 }), parts)).not.toThrow();
  });

  it('accepts an update operator without fields', () => {
    expect(() => writeOf(updateOf(K, { $set: {}, $inc: {} }), parts)).not.toThrow();
  });

  it('refuses a tombstone whose key has a path into a value', () => {
    expect(() => writeOf(deleteOf({ a: 1, 'a.b': 2 }), { ...parts, deletes: 'tombstone' })).toThrow(UnwritableError);
  });
});
