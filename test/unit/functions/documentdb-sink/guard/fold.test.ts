import { describe, expect, it } from 'vitest';
import { fold } from '../../../../../functions/documentdb-sink/guard/fold.ts';
import type { Write } from '../../../../../functions/documentdb-sink/guard/write.ts';
import type { WriteModel } from '../../../../../functions/documentdb-sink/plan/write-model.ts';
import { entriesOf, isDocument } from '../../../../support/document-server/bson-values.ts';
import {
  deleteOf,
  doc,
  insertOf,
  replaceOf,
  updateOf,
  type WriteParts,
  writeOf,
} from '../../../../support/write-models.ts';

const K = { _id: 'k' };
const replace = (fields: object, upsert = true) => replaceOf(K, { ...K, ...fields }, upsert);
const update = (operators: Readonly<Record<string, unknown>>, upsert = true) => updateOf(K, operators, upsert);
const set = (fields: object, upsert = true) => update({ $set: fields }, upsert);
const remove = deleteOf(K);

/** What the models come to, and how many of them: operators or document without stored versions, `+` where it makes a document. */
function folded(models: readonly WriteModel[], parts: WriteParts = {}): readonly unknown[] {
  const [first, ...rest] = models.map((model, offset) => writeOf(model, { ...parts, offset }));
  if (first === undefined) throw new Error('nothing to fold');
  const { write, count } = fold(first, rest);
  expect(write.sourceVersion.offset).toBe(BigInt(count - 1));
  const body = write.kind === 'delete' ? {} : write.kind === 'update' ? write.update : write.document;
  const upsert = (write.kind === 'replace' || write.kind === 'update') && write.upsert ? '+' : '';
  return [count, `${write.kind}${upsert}`, plain(body)];
}

const VERSION_FIELDS = ['_k', '_k.orders-0', '_k.ts', '_deletedAt'];

function plain(value: unknown): unknown {
  if (!isDocument(value)) return value;
  const entries = entriesOf(value).filter(([name]) => !VERSION_FIELDS.includes(name));
  return Object.fromEntries(entries.map(([name, inner]) => [name, plain(inner)] as const));
}

describe('writes of one business key', () => {
  const KEY = { 'shop.id': 1, sku: 's' };
  const inKey = { shop: { id: 1 }, sku: 's' };

  it.each([
    ['lacks a field of the key', replaceOf(KEY, { shop: { id: 1 } })],
    ['has another value there', replaceOf(KEY, { ...inKey, sku: 't' })],
    ['sets another value there', updateOf(KEY, { $set: { shop: { id: 2 } } })],
  ])('are not folded where one %s: the next would not find the document', (_, leaving) => {
    expect(folded([leaving, replaceOf(KEY, { ...inKey, b: 2 })])[0]).toBe(1);
    expect(folded([replaceOf(KEY, { ...inKey, b: 2 }), leaving])[0]).toBe(1);
  });

  it('are folded where all keep the key', () => {
    expect(folded([replaceOf(KEY, { ...inKey, a: 1 }), updateOf(KEY, { $set: { b: 2 } })])).toEqual([
      2,
      'replace+',
      { ...inKey, a: 1, b: 2 },
    ]);
    expect(folded([updateOf(KEY, { $set: inKey }), deleteOf(KEY)])).toEqual([2, 'delete', {}]);
  });

  it('are not folded where the second gives the document another _id, which the server refuses', () => {
    const whole = replaceOf(KEY, { ...inKey, _id: 1 });
    const withId = (id: unknown) => updateOf(KEY, { $set: { _id: id, b: 2 } });
    expect(folded([whole, withId(2)])[0]).toBe(1);
    expect(folded([whole, withId(1)])).toEqual([2, 'replace+', { ...inKey, _id: 1, b: 2 }]);
  });

  it('keep the key as the first one wrote it, and their own _id or none', () => {
    const of = (n: unknown, fields: object) => replaceOf({ n }, { n, ...fields });
    expect(folded([of(1, {}), of(1n, { b: 2 })])).toEqual([2, 'replace+', { n: 1n, b: 2 }]);
    expect(folded([of(1, {}), of(1n, { _id: 'own', b: 2 })])).toEqual([2, 'replace+', { n: 1n, _id: 'own', b: 2 }]);
    expect(fold(writeOf(of(1, {})), [writeOf(of(1n, {}))]).write.filter).toEqual(new Map([['n', 1]]));
  });
});

describe('writes of one _id whose filters have more than _id', () => {
  const KEY = { ...K, shard: 1 };
  const whole = (shard: number, filter: object = KEY) => replaceOf({ ...filter }, { ...K, shard });

  it.each([
    ['a deletion that finds another document', [deleteOf(K), deleteOf(KEY)]],
    ['a deletion of another shard', [deleteOf(KEY), deleteOf({ ...K, shard: 2 })]],
    ['a replacement that finds another document', [whole(1, K), whole(1)]],
    ['a replacement that moves the document, and what finds it there', [whole(2), deleteOf({ ...K, shard: 2 })]],
    ['a replacement that moves the document, and what no longer finds it', [whole(2), deleteOf(KEY)]],
    ['an update that moves the document', [updateOf(KEY, { $set: { shard: 2 } }), deleteOf({ ...K, shard: 2 })]],
    ['an update that removes the field', [updateOf(KEY, { $unset: { shard: '' } }), whole(1)]],
    ['an update below the field', [updateOf({ ...K, s: 1 }, { $set: { 's.t': 2 } }), deleteOf({ ...K, s: 1 })]],
  ] as const)('are not folded: %s', (_name, models) => {
    expect(folded(models)[0]).toBe(1);
  });

  it('are folded where the filters agree and nothing changes the fields', () => {
    const reordered = { shard: 1, ...K };
    expect(folded([whole(1), updateOf(reordered, { $set: { shard: 1, a: 1 } }), deleteOf(KEY)])[0]).toBe(3);
  });
});

describe('what the server refuses is not hidden by what follows', () => {
  it.each([
    ['an update of one path twice', update({ $set: { a: 1 }, $unset: { a: '' } })],
    ['an update of paths that overlap', update({ $set: { a: { b: 1 } }, $unset: { 'a.b': '' } })],
    ['a replacement with another _id', replaceOf(K, { _id: 'other' })],
    ['an update of _id', set({ _id: 'other' })],
    ['a path that may lead through a text', set({ 'a.b': 1 }, false)],
    ['a truncation of what may be no array', update({ $push: { a: doc({ $each: [], $slice: 1 }) } }, false)],
    ['a name that begins with a dollar sign', set({ $a: 1 })],
    ['an empty name', set({ '': 1 })],
  ])('%s', (_name, refused) => {
    for (const next of [replace({ a: 1 }), remove]) expect(folded([refused, next])[0]).toBe(1);
  });

  it.each([
    ['an update of one path twice', update({ $set: { a: 1 }, $unset: { a: '' } })],
    ['an update of _id', set({ _id: 'other' })],
  ])('%s is not merged', (_name, refused) => {
    expect(folded([refused, set({ a: 2, _id: 'k' })])[0]).toBe(1);
    expect(folded([set({ a: 2, _id: 'k' }), refused])[0]).toBe(1);
  });
});

describe('two writes are one', () => {
  it.each([
    ['a replacement wins', [replace({ a: 1 }), replace({ b: 2 })], 'replace+', { ...K, b: 2 }],
    ['a replacement wins over an update', [set({ a: 1 }), replace({ b: 2 })], 'replace+', { ...K, b: 2 }],
    ['a replacement wins over a delete', [remove, replace({ b: 2 })], 'replace+', { ...K, b: 2 }],
    ['a delete wins', [replace({ a: 1 }), remove], 'delete', {}],
    ['a delete wins over an update', [set({ a: 1 }, false), remove], 'delete', {}],
    ['a delete wins over a delete', [remove, remove], 'delete', {}],
    ['a delete wins over a number of another type', [replaceOf({ _id: 1 }, {}), deleteOf({ _id: 1n })], 'delete', {}],
    [
      '$set is applied to a replacement',
      [replace({ a: { b: 1 } }), set({ 'a.c': 2, d: 3 })],
      'replace+',
      { ...K, a: { b: 1, c: 2 }, d: 3 },
    ],
    [
      '$unset is applied to a replacement',
      [replace({ a: { b: 1, c: 2 }, d: 3 }), update({ $unset: { 'a.b': '', d: '' } })],
      'replace+',
      { ...K, a: { c: 2 } },
    ],
    [
      '$setOnInsert is not applied to a replacement',
      [replace({ a: 1 }), update({ $set: { b: 2 }, $setOnInsert: { c: 3 } })],
      'replace+',
      { ...K, a: 1, b: 2 },
    ],
    [
      '$set is merged',
      [set({ a: 1, b: 1 }), set({ b: 2, c: 2 })],
      'update+',
      { $set: { a: 1, b: 2, c: 2 }, $unset: {} },
    ],
    [
      '$set is merged with siblings of its paths',
      [set({ 'a.b': 1 }), set({ 'a.c': 2 })],
      'update+',
      { $set: { 'a.b': 1, 'a.c': 2 }, $unset: {} },
    ],
    [
      '$unset undoes $set',
      [set({ a: 1, b: 1 }), update({ $unset: { a: '' } })],
      'update+',
      { $set: { b: 1 }, $unset: { a: '' } },
    ],
    [
      '$set undoes $unset',
      [update({ $unset: { a: '', 'b.c': '' } }), set({ a: 1, 'b.c': 2 })],
      'update+',
      { $set: { a: 1, 'b.c': 2 }, $unset: {} },
    ],
    [
      '$unset is kept beside another $set',
      [update({ $unset: { a: '' } }), set({ b: 2 })],
      'update+',
      { $set: { b: 2 }, $unset: { a: '' } },
    ],
    [
      'the first $setOnInsert counts',
      [update({ $set: { a: 1 }, $setOnInsert: { i: 1, b: 1 } }), update({ $set: { b: 2 }, $setOnInsert: { i: 2 } })],
      'update+',
      { $set: { a: 1, b: 2 }, $unset: {}, $setOnInsert: { i: 1 } },
    ],
    [
      'what the first makes the second finds',
      [set({ a: 1 }), set({ b: 2 }, false)],
      'update+',
      { $set: { a: 1, b: 2 }, $unset: {} },
    ],
    [
      'neither makes a document',
      [set({ a: 1 }, false), set({ b: 2 }, false)],
      'update',
      { $set: { a: 1, b: 2 }, $unset: {} },
    ],
    [
      'a replacement that makes none stands for an update that makes none',
      [set({ a: 1 }, false), replace({ b: 2 }, false)],
      'replace',
      { ...K, b: 2 },
    ],
    [
      'a replacement that makes none is made by the update before it',
      [set({ a: 1 }), replace({ b: 2 }, false)],
      'replace+',
      { ...K, b: 2 },
    ],
    [
      'an update behind a delete makes the document',
      [remove, update({ $set: { a: { b: 1 } }, $setOnInsert: { i: 1 } })],
      'replace+',
      { ...K, a: { b: 1 }, i: 1 },
    ],
    [
      'an idempotent update of another kind is made invisible',
      [update({ $max: { a: 1 } }), replace({ b: 2 })],
      'replace+',
      { ...K, b: 2 },
    ],
  ] as const)('%s', (_name, models, kind, body) => {
    expect(folded(models)).toEqual([2, kind, body]);
  });

  it('where a tombstone is revived: only what the update sets is left of it', () => {
    const models = [remove, update({ $set: { a: 1 }, $setOnInsert: { b: 2 } })];
    expect(folded(models, { deletes: 'tombstone' })).toEqual([2, 'replace+', { ...K, a: 1 }]);
    const [first, ...rest] = models.map((model, offset) => writeOf(model, { offset, deletes: 'tombstone' }));
    expect(first && fold(first, rest).write).toMatchObject({ isTombstone: false });
  });

  it('in one of equal versions', () => {
    expect(folded([set({ a: 1 }), set({ b: 2 })], { version: 7 })[0]).toBe(2);
  });
});

describe('two writes stay two', () => {
  it.each([
    ['an insert and what follows', [insertOf(K), replace({ a: 1 })]],
    ['a delete and an insert', [remove, insertOf(K)]],
    ['$inc and $inc', [update({ $inc: { a: 1 } }), update({ $inc: { a: 1 } })]],
    ['$inc and a replacement', [update({ $inc: { a: 1 } }), replace({ b: 1 })]],
    ['a replacement and $push', [replace({ a: 1 }), update({ $push: { b: 1 } })]],
    ['$set and $max', [set({ a: 1 }), update({ $max: { b: 1 } })]],
    ['$max and $set', [update({ $max: { b: 1 } }), set({ a: 1 })]],
    ['overlapping paths', [set({ a: 1 }), set({ 'a.b': 2 })]],
    ['overlapping paths, the other way round', [set({ 'a.b': 2 }), set({ a: 1 })]],
    ['a nested field set and unset, whose parent stays', [set({ 'a.b': 1 }), update({ $unset: { 'a.b': '' } })]],
    ['a nested field made and unset', [update({ $setOnInsert: { 'a.b': 1 } }), update({ $unset: { 'a.b': '' } })]],
    ['a path below one that is unset', [update({ $unset: { a: '' } }), set({ 'a.b': 1 })]],
    ['a path above one that is unset', [update({ $unset: { 'a.b': '' } }), set({ a: 1 })]],
    ['a path into an array', [replace({ a: [1, 2] }), set({ 'a.0': 3 })]],
    ['a path into a text', [replace({ a: 'text' }), set({ 'a.b': 3 })]],
    ['another _id', [replace({}), set({ _id: 'other' })]],
    ['a positional path', [set({ a: 1 }), set({ 'b.$[]': 1 })]],
    ['an empty name in a path', [replace({ a: 1 }), set({ 'b.': 1 })]],
    ['an update that makes none, and one that does', [set({ a: 1 }, false), set({ b: 2 })]],
    ['a replacement that makes none, and an update that does', [replace({ a: 1 }, false), set({ b: 2 })]],
    ['a delete and an update that makes none', [remove, set({ b: 2 }, false)]],
    ['a delete and a replacement that makes none', [remove, replace({ b: 2 }, false)]],
  ] as const)('%s', (_name, models) => {
    expect(folded(models)[0]).toBe(1);
    const behindTombstones = models.some((model) => model === remove) ? ['tombstone' as const] : [];
    for (const deletes of behindTombstones) expect(folded(models, { deletes })[0]).toBe(1);
  });

  it.each([
    ['the second is older', 8, 7],
    ['the first has none', undefined, 7],
    ['the second has none', 7, undefined],
  ])('where %s by its version', (_name, one, other) => {
    const write = (model: WriteModel, version: number | undefined) =>
      writeOf(model, version === undefined ? {} : { version });
    expect(fold(write(replace({ a: 1 }), one), [write(replace({ b: 1 }), other)]).count).toBe(1);
  });

  it('where something of an older version would be seen', () => {
    const [older, newer] = [writeOf(set({ a: 1 }), { version: 6 }), writeOf(set({ b: 1 }), { version: 7 })];
    expect(fold(older, [newer]).count).toBe(1);
    for (const whole of [replace({ b: 1 }), remove])
      expect(fold(older, [writeOf(whole, { version: 7 })]).count).toBe(2);
  });
});

describe('a fold', () => {
  it('includes as many writes as possible, and does not change them', () => {
    const first = replace({ a: { b: 1 } });
    const models = [first, set({ 'a.c': 2 }), set({ d: 1 }), update({ $inc: { n: 1 } }), set({ e: 1 })];
    expect(folded(models)).toEqual([3, 'replace+', { ...K, a: { b: 1, c: 2 }, d: 1 }]);
    expect(folded([first])).toEqual([1, 'replace+', { ...K, a: { b: 1 } }]);
  });

  // With copies of what was folded before, each write would cost more than the one before it: 4,000 of these took 25 s.
  it.each([
    ['an update', updateOf(K, { $set: { 'a.first': 1 } })],
    ['a replacement', replaceOf(K, K)],
  ])('takes %s and thousands of updates in a time that grows with their number', (_name, first) => {
    const model = (at: number) => updateOf(K, { $set: { [`a.b${at}`]: at, [`c${at}`]: at, [`d${at}.e`]: at } });
    const models = Array.from({ length: 4_000 }, (_, at) => model(at));
    const writes = [first, ...models].map((each, offset) => writeOf(each, { offset }));
    const { count, write } = fold(writes[0] as Write, writes.slice(1));
    expect(count).toBe(4_001);
    const fields = write.kind === 'update' ? write.update.get('$set') : (write as { document: unknown }).document;
    expect(Object.keys(plain(fields) as object).length).toBeGreaterThan(8_000);
  });

  it('changes none of its writes', () => {
    const models = [replace({ a: { b: 1 } }), set({ 'a.c': 2 }), update({ $unset: { 'a.b': '' } }), set({ 'x.y': 3 })];
    const updates = [set({ a: { b: 1 } }), set({ c: 2 }), update({ $unset: { c: '' } })];
    for (const each of [models, updates]) {
      const writes = each.map((model, offset) => writeOf(model, { offset }));
      const before = structuredClone(writes);
      expect(fold(writes[0] as Write, writes.slice(1)).count).toBe(each.length);
      expect(writes).toEqual(before);
    }
  });

  it('accepts an update of _id to an equal value', () => {
    const timestamps = (id: unknown) => writeOf(updateOf({ _id: 1 }, { $set: { _id: id, a: 1 } }));
    const whole = writeOf(replaceOf({ _id: 1 }, { _id: 1 }));
    expect([1, 1n, 2].map((id) => fold(whole, [timestamps(id)]).count)).toEqual([2, 2, 1]);
  });

  it('adds new fields in the order of their names, like a server', () => {
    const [one, other] = [writeOf(replace({ z: 1 })), writeOf(set({ c: 1, a: 1, b: 1 }))];
    const { write } = fold(one, [other]);
    expect(write.kind === 'replace' && [...write.document.keys()]).toEqual(['_id', 'z', '_k', 'a', 'b', 'c']);
  });
});
