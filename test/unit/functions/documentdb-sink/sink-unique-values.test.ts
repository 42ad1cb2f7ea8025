import { describe, expect, it } from 'vitest';
import { aCollection, at, inc, K } from '../../../support/a-collection.ts';
import { aDocumentdbSink, inWords } from '../../../support/a-documentdb-sink.ts';
import { deadlineIn } from '../../../support/builders.ts';
import { deleteOf, doc, insertOf, planned, replaceOf, updateOf } from '../../../support/write-models.ts';

describe('a unique value moved between documents in one batch', () => {
  const unique = { uniqueIndexes: [{ field: 'email' }] };
  const withEmail = (id: string, email: string) => updateOf({ _id: id }, { $set: { email } });

  it.each([
    { name: 'by a delete and an insert', models: [deleteOf({ _id: 'x' }), insertOf({ _id: 'y', email: 'e' })] },
    { name: 'by two updates', models: [withEmail('x', 'f'), withEmail('y', 'e')] },
    { name: 'by an update and an insert', models: [withEmail('x', 'f'), insertOf({ _id: 'y', email: 'e' })] },
    { name: 'by a delete and an update', models: [deleteOf({ _id: 'x' }), withEmail('y', 'e')] },
  ])('is no poison: $name', async ({ models }) => {
    const { documents, deadLetters, wordsOf } = aCollection({ documents: unique });
    documents.put('x', { email: 'e' });
    expect(await wordsOf(...models.map((model, index) => at(index + 1, model)))).toEqual(['written', 'written']);
    expect(documents.get('y')?.get('email')).toBe('e');
    expect(deadLetters).toEqual([]);
  });

  it('is poison where it stays taken, for inserts and updates as well', async () => {
    const { documents, wordsOf } = aCollection({ documents: unique });
    documents.put('x', { email: 'e' });
    const words = await wordsOf(
      at(1, insertOf({ _id: 'y', email: 'e' })),
      at(2, withEmail('z', 'e')),
      at(3, withEmail('w', 'f')),
    );
    expect(words).toEqual(['deadLettered duplicate_key', 'deadLettered duplicate_key', 'written']);
  });

  it('does not let a partial update make an earlier one invisible', async () => {
    const { documents, deadLetters, wordsOf, stored } = aCollection({ documents: unique });
    documents.put('x', { email: 'e' });
    const words = await wordsOf(
      at(1, updateOf(K, { $set: { email: 'e', a: 1 } })),
      at(2, updateOf(K, { $set: { email: 'f' } })),
    );
    // Folded they collide no more; each alone the first does.
    expect(words).toEqual(['written', 'written']);
    expect(stored()?.get('a')).toBe(1);
    const alone = await wordsOf(at(3, updateOf(K, { $set: { email: 'e', a: 2 } })), at(4, inc));
    expect(alone).toEqual(['deadLettered duplicate_key', 'written']);
    expect(deadLetters).toHaveLength(1);
  });
});

describe('a business key', () => {
  const key = { 'a.b': 1, c: 'x' };
  const whole = (v: number) => replaceOf(key, { a: { b: 1 }, c: 'x', v });
  const index = { uniqueIndexes: [{ field: 'c,a.b', sparse: true }] };

  it('without a unique index on exactly its fields is written as the connector writes it, without a stored version', async () => {
    for (const field of ['c', 'a.b', 'a.b,c,d']) {
      const { documents, deadLetters, invoke } = aCollection({ documents: { uniqueIndexes: [{ field }] } });
      const { outcomes } = await invoke([at(5, whole(5))]);
      expect(outcomes).toMatchObject([{ kind: 'written' }]);
      expect(documents.calls).toHaveLength(1);
      expect(
        documents
          .collection()
          .all()
          .map((stored) => stored.has('_k')),
      ).toEqual([false]);
      expect(deadLetters).toEqual([]);
    }
  });

  it('has the index of any order, and is read by one find for each, where its guard is not met', async () => {
    const { documents, invoke } = aCollection({ documents: index });
    await invoke([at(7, whole(7))]);
    const { words } = await invoke([at(5, whole(5)), at(6, updateOf({ c: 'y', 'a.b': 2 }, { $set: { v: 1 } }))]);
    expect(words).toEqual(['ignored stale', 'written']);
    expect(documents.reads).toEqual([
      [
        new Map<string, unknown>([
          ['a.b', 1],
          ['c', 'x'],
        ]),
      ],
    ]);
    expect(documents.calls.flatMap(({ statements }) => statements.map(({ q }) => q))[0]).toEqual(
      new Map<string, unknown>([
        ['a.b', 1],
        ['c', 'x'],
        ['_k.orders-0', { $not: { $gt: 7n } }],
      ]),
    );
  });

  it('has as many finds under way as the pool has connections', async () => {
    const { documents, invoke } = aCollection({ documents: { uniqueIndexes: [{ field: 'n' }] }, poolSizeMax: 2 });
    const all = Array.from({ length: 9 }, (_, n) => ({ offset: n, models: [deleteOf({ n })] }));
    let [underWay, peak] = [0, 0];
    const findVersionsOf = documents.findVersionsOf.bind(documents);
    documents.findVersionsOf = async (...parameters) => {
      underWay += 1;
      peak = Math.max(peak, underWay);
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      underWay -= 1;
      return findVersionsOf(...parameters);
    };
    expect((await invoke(all)).words).toEqual(Array(9).fill('written'));
    expect([peak, documents.reads.length]).toEqual([2, 9]);
  });

  it('is read no more once sendUntil has come, however many wait for a connection', async () => {
    const { mapper, record } = planned();
    const sink = aDocumentdbSink({
      mapper,
      deletes: 'hard',
      documents: { uniqueIndexes: [{ field: 'n' }] },
      poolSizeMax: 1,
    });
    const { sendUntilMs } = deadlineIn(sink.clock.nowMs());
    let startCount = 0;
    const findVersionsOf = sink.store.findVersionsOf.bind(sink.store);
    sink.store.findVersionsOf = async (...parameters) => {
      startCount += 1;
      await sink.clock.waitUntil(sendUntilMs);
      return findVersionsOf(...parameters);
    };
    const outcomes = await sink.write([1, 2, 3].map((n) => record({ offset: n }, [deleteOf({ n })])));
    expect(startCount).toBe(1);
    expect(outcomes.map(inWords)).toEqual(['written', 'failed deadline_exceeded', 'failed deadline_exceeded']);
    expect(outcomes[1]).toMatchObject({ failure: { mayBeWritten: true } });
  });

  it('is a document by its values: whatever their type, in any order', async () => {
    const { documents, wordsOf } = aCollection({ documents: index });
    const words = await wordsOf(
      at(5, whole(5)),
      at(6, replaceOf({ c: 'x', 'a.b': 1n }, { a: { b: 1 }, c: 'x', v: 6 })),
    );
    expect(words).toEqual(['written', 'written']);
    expect(documents.calls.map(({ statements }) => statements.length)).toEqual([1]);
  });

  it('stands in its tombstones, which so need no sparse index of theirs', async () => {
    const strict = { uniqueIndexes: [{ field: 'c,a.b' }] };
    const { documents, wordsOf } = aCollection({ documents: strict, deletes: 'tombstone' });
    await wordsOf(at(5, whole(5)));
    expect(await wordsOf(at(6, deleteOf(key)), at(7, deleteOf({ c: 'z', 'a.b': 3 })))).toEqual(['written', 'written']);
    expect(await wordsOf(at(5, whole(5)))).toEqual(['ignored stale']);
    const [tombstone] = documents.collection().all();
    expect([...(tombstone?.keys() ?? [])].toSorted()).toEqual(['_deletedAt', '_id', '_k', 'a', 'c']);
    expect(tombstone?.get('a')).toEqual(doc({ b: 1 }));
  });

  it('collides with another unique index as any other write does', async () => {
    const { documents, wordsOf } = aCollection({
      documents: { uniqueIndexes: [{ field: 'c,a.b' }, { field: 'email', sparse: true }] },
    });
    documents.put('taken', { email: 'e' });
    expect(await wordsOf(at(5, replaceOf(key, { a: { b: 1 }, c: 'x', email: 'e' })))).toEqual([
      'deadLettered duplicate_key',
    ]);
  });
});
