import { describe, expect, it } from 'vitest';
import { aCollection, at, K, type Planned, set, versionsIn } from '../../../support/a-collection.ts';
import type { FakeDocuments } from '../../../support/fake-documents.ts';
import { deleteOf, doc, replaceOf, updateOf } from '../../../support/write-models.ts';

describe('a guard by version', () => {
  const byVersion = (offset: number, version: number, partition = 0): Planned => ({
    offset,
    partition,
    version,
    models: [replaceOf(K, { ...K, v: version })],
  });

  it('adds a clause to that by offset, and stores the version', async () => {
    const { documents, wordsOf, stored } = aCollection();
    expect(await wordsOf(byVersion(5, 100))).toEqual(['written']);
    const filter = { _id: 'k', '_k.orders-0': { $not: { $gt: 5n } }, '_k.v': { $not: { $gt: 100 } } };
    expect(documents.calls[0]?.statements[0]?.['q']).toEqual(filter);
    expect(versionsIn(stored())).toEqual({ 'orders-0': 5n, ts: 1_700_000_000_005n, v: 100 });
    await wordsOf({ ...byVersion(6, 101), models: [set(6)] });
    expect(versionsIn(stored())).toMatchObject({ 'orders-0': 6n, v: 101 });
  });

  it('decides across partitions, where offsets cannot', async () => {
    const { wordsOf, stored } = aCollection();
    expect(await wordsOf(byVersion(5, 100))).toEqual(['written']);
    expect(await wordsOf(byVersion(900, 99, 1))).toEqual(['ignored stale']);
    expect(await wordsOf(byVersion(2, 101, 1))).toEqual(['written']);
    expect(await wordsOf(byVersion(5, 100))).toEqual(['ignored stale']);
    expect(stored()?.get('v')).toBe(101);
  });

  it('replaces no guard by offset: either that is greater means stale', async () => {
    const { wordsOf, stored } = aCollection();
    await wordsOf(byVersion(7, 100));
    expect(await wordsOf(byVersion(5, 200))).toEqual(['ignored stale']);
    expect(await wordsOf(byVersion(8, 99))).toEqual(['ignored stale']);
    expect(stored()?.get('v')).toBe(100);
  });

  it('keeps a later record of the batch from hiding a newer version', async () => {
    const { wordsOf, stored } = aCollection();
    expect(await wordsOf(byVersion(5, 100), byVersion(6, 99), byVersion(7, 101))).toEqual(Array(3).fill('written'));
    expect(stored()?.get('v')).toBe(101);
    expect(await wordsOf(byVersion(8, 300), byVersion(9, 200))).toEqual(['written', 'ignored stale']);
    expect(stored()?.get('v')).toBe(300);
  });

  it('lets a delete win over what another partition put in its way with an older version', async () => {
    const { documents, wordsOf } = aCollection();
    const findVersions = documents.findVersions.bind(documents);
    let isPut = false;
    documents.findVersions = (namespace, ids) => {
      if (!isPut) documents.put('k', { v: 'theirs', _k: { 'orders-1': 9n, v: 50 } });
      isPut = true;
      return findVersions(namespace, ids);
    };
    expect(await wordsOf({ offset: 5, version: 100, models: [deleteOf(K)] })).toEqual(['written']);
    expect(documents.get('k')).toBeUndefined();
  });
});

describe('an epoch', () => {
  it('lets the records of a topic that was made anew win over those of the old one', async () => {
    const { documents, invoke, stored } = aCollection();
    await invoke([at(1_000, set(1_000))]);
    expect((await invoke([at(0, set(0))])).words).toEqual(['ignored stale']);
    const { words } = await invoke([at(0, set(0))], { epochs: new Map([['orders', 1]]) });
    expect(words).toEqual(['written']);
    expect(versionsIn(stored())).toMatchObject({ 'orders-0': 2n ** 48n });
    const late = await invoke([at(1_001, set(1_001))]);
    expect(late.words).toEqual(['ignored stale']);
    const other = await invoke([{ ...at(5, set(5)), topic: 'returns' }], { epochs: new Map([['orders', 1]]) });
    expect(other.words).toEqual(['written']);
    expect(versionsIn(stored())).toMatchObject({ 'returns-0': 5n });
    expect(documents.calls.length).toBeGreaterThan(4);
  });
});

describe('the stored version of a stale write', () => {
  it.each([
    ['a text', 'a', true],
    ['a document', doc({ a: 1, b: [doc({ c: 2 })] }), true],
    [
      'a document with a name that is a number: the driver would give it back in another order',
      doc({ a: doc({ 7: 1 }) }),
      false,
    ],
    ['the same within an array', doc({ a: [doc({ 10: 1 })] }), false],
    ['a pattern, which would be a condition', /a/, false],
  ])('is read with others of its round, or alone: %s', async (_name, id, isTogether) => {
    const { documents, wordsOf } = aCollection();
    documents.put(id, { _k: { 'orders-0': 9n } });
    documents.put('other', { _k: { 'orders-0': 9n } });
    const models = [deleteOf({ _id: id }), deleteOf({ _id: 'other' })];
    expect(await wordsOf(...models.map((model, index) => at(index + 5, model)))).toEqual(
      Array(2).fill('ignored stale'),
    );
    expect(documents.reads.map(({ length }) => length)).toEqual(isTogether ? [2] : [1, 1]);
  });
});

describe('an _id with a shard key beside it', () => {
  const key = { _id: 'k', region: 'eu' };
  const moved = (documents: FakeDocuments) => documents.put('k', { region: 'us', v: 'theirs' });

  it('is one document by its _id, and is sought with both', async () => {
    const { documents, wordsOf, stored } = aCollection();
    expect(await wordsOf(at(5, replaceOf(key, { ...key, v: 5 })), at(6, updateOf(K, { $set: { w: 6 } })))).toEqual([
      'written',
      'written',
    ]);
    expect([stored()?.get('v'), stored()?.get('w')]).toEqual([5, 6]);
    expect(documents.calls).toHaveLength(2);
  });

  it('that is another by now is no match for what makes no document, and gone for a delete', async () => {
    const { documents, wordsOf } = aCollection();
    moved(documents);
    expect(await wordsOf(at(5, updateOf(key, { $set: { v: 5 } }, false)))).toEqual(['ignored no_match']);
    expect(await wordsOf(at(6, deleteOf(key)))).toEqual(['written']);
    expect(documents.get('k')?.get('v')).toBe('theirs');
  });

  it('that is another by now makes an upsert poison, after some rounds, and blocks nothing', async () => {
    const { documents, deadLetters, wordsOf } = aCollection();
    moved(documents);
    expect(
      await wordsOf(at(5, replaceOf(key, { ...key, v: 5 })), at(6, updateOf({ _id: 'x' }, { $set: { v: 6 } }))),
    ).toEqual(['deadLettered duplicate_key', 'written']);
    expect(deadLetters).toMatchObject([{ offset: 5 }]);
    expect(documents.get('k')?.get('v')).toBe('theirs');
  });
});

describe('an empty filter', () => {
  it('is poison: it would match any document', async () => {
    const { documents, wordsOf } = aCollection();
    expect(await wordsOf(at(5, deleteOf({})))).toEqual(['deadLettered payload_invalid']);
    expect(documents.calls).toEqual([]);
  });
});
