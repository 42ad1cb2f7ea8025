import { describe, expect, it } from 'vitest';
import { aCollection, at, insert, K, set, versionsIn } from '../../../support/a-collection.ts';
import { deleteOf, insertOf, replaceOf, updateOf } from '../../../support/write-models.ts';

describe('insert 5, delete 6, insert 7', () => {
  it.each(['hard', 'tombstone'] as const)('replayed, together or one by one, changes nothing (%s)', async (deletes) => {
    const { wordsOf, stored } = aCollection({ deletes });
    const records = [at(5, insert(5)), at(6, deleteOf(K)), at(7, insert(7))];
    expect(await wordsOf(...records)).toEqual(['written', 'written', 'written']);
    expect(stored()?.get('v')).toBe(7);
    expect(stored()?.has('_deletedAt')).toBe(false);
    expect(await wordsOf(...records)).toEqual(['ignored stale', 'ignored stale', 'written']);
    for (const record of records) await wordsOf(record);
    expect(stored()?.get('v')).toBe(7);
    expect(stored()?.has('_deletedAt')).toBe(false);
  });
});

describe('an insert', () => {
  it('takes the place of an older tombstone, and of one without a stored version', async () => {
    for (const versions of [{ 'orders-0': 3n, ts: 0n }, { 'orders-1': 900n }, undefined]) {
      const { documents, wordsOf, stored } = aCollection({ deletes: 'tombstone' });
      documents.put('k', { _k: versions, _deletedAt: new Date(0) });
      expect(await wordsOf(at(5, insert(5)))).toEqual(['written']);
      expect([...(stored()?.keys() ?? [])]).toEqual(['_id', 'v', '_k']);
      expect(documents.calls.map(({ kind }) => kind)).toEqual(['insert', 'update']);
      const filter = { _id: 'k', '_k.orders-0': { $not: { $gt: 5n } }, _deletedAt: { $exists: true } };
      expect(documents.calls[1]?.statements).toEqual([{ q: filter, u: expect.any(Map), upsert: true }]);
    }
  });

  it('is poison where a document is that is none of its own, once that was seen again a second later', async () => {
    const { documents, deadLetters, invoke, stored } = aCollection();
    documents.put('k', { v: 'theirs' });
    const { words } = await invoke([at(5, insert(5)), at(6, set(6))]);
    expect(words).toEqual(['deadLettered duplicate_key', 'written']);
    expect(deadLetters).toMatchObject([{ offset: 5, code: 'duplicate_key', stage: 'writing' }]);
    expect(stored()?.get('v')).toBe(6);
    expect(documents.reads).toEqual([['k'], ['k']]);
  });

  it('is no poison where what was read right after a failover was of a moment ago', async () => {
    const { documents, deadLetters, wordsOf, stored } = aCollection();
    documents.put('k', { v: 3, _k: { 'orders-0': 3n, ts: 0n } });
    const findVersions = documents.findVersions.bind(documents);
    documents.findVersions = async (namespace, ids) => {
      const versions = await findVersions(namespace, ids);
      documents.remove('k');
      return versions;
    };
    expect(await wordsOf(at(5, insert(5)))).toEqual(['written']);
    expect(stored()?.get('v')).toBe(5);
    expect(deadLetters).toEqual([]);
  });

  it('is no poison where its own answer was lost between two reads, and the second read is of before', async () => {
    const { documents, deadLetters, wordsOf, stored } = aCollection();
    documents.put('k', { v: 'theirs' });
    const findVersions = documents.findVersions.bind(documents);
    let readCount = 0;
    documents.findVersions = async (namespace, ids) => {
      readCount += 1;
      if (readCount === 1) {
        documents.remove('k');
        documents.faults = [{ kind: 'lostAnswer' }];
      }
      return readCount <= 2 ? [{ id: 'k', versions: undefined, isDeleted: false }] : findVersions(namespace, ids);
    };
    expect(await wordsOf(at(5, insert(5)))).toEqual(['written']);
    expect(stored()?.get('v')).toBe(5);
    expect(deadLetters).toEqual([]);
  });

  it('is done, not a duplicate, where its own answer was lost', async () => {
    const { documents, wordsOf } = aCollection({ documents: { faults: [{ kind: 'lostAnswer' }] } });
    expect(await wordsOf(at(5, insert(5)))).toEqual(['written']);
    expect(documents.calls).toHaveLength(2);
  });

  it('without an _id is poison: what the server made up would be another with each delivery', async () => {
    const { wordsOf } = aCollection();
    expect(await wordsOf(at(5, insertOf({ v: 1 })))).toEqual(['deadLettered payload_invalid']);
  });
});

describe('tombstones', () => {
  it('are revived by an update, which keeps the stored versions of other partitions', async () => {
    const { documents, wordsOf, stored } = aCollection({ deletes: 'tombstone' });
    documents.put('k', { _k: { 'orders-0': 3n, 'orders-1': 900n, ts: 0n }, _deletedAt: new Date(0) });
    expect(await wordsOf(at(5, set(5)))).toEqual(['written']);
    expect(stored()?.has('_deletedAt')).toBe(false);
    expect(versionsIn(stored())).toMatchObject({ 'orders-0': 5n, 'orders-1': 900n });
  });
});

describe('a reserved field', () => {
  it.each([
    updateOf(K, { $set: { '_k.orders-0': 1 } }),
    updateOf(K, { $unset: { _k: '' } }),
    updateOf(K, { $set: { _deletedAt: 1 } }),
    updateOf(K, { $rename: { a: '_k.x' } }),
    replaceOf(K, { ...K, _k: 1 }),
    insertOf({ ...K, _deletedAt: 1 }),
  ])('makes a record poison that writes the field', async (model) => {
    const { documents, wordsOf } = aCollection();
    expect(await wordsOf(at(5, model))).toEqual(['deadLettered payload_invalid']);
    expect(documents.calls).toEqual([]);
  });

  it('is not a field whose name begins like it', async () => {
    const { wordsOf } = aCollection();
    expect(await wordsOf(at(5, updateOf(K, { $set: { _key: 1, 'a._k': 1 } })))).toEqual(['written']);
  });
});
