import { describe, expect, it } from 'vitest';
import { aCollection, at, inc, insert, K, set } from '../../../support/a-collection.ts';
import { aDocumentdbSink, inWords } from '../../../support/a-documentdb-sink.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';
import type { Fault } from '../../../support/fake-documents.ts';
import { deleteOf, doc, planned, updateOf } from '../../../support/write-models.ts';

describe('several writes of one record', () => {
  const cut = updateOf(K, { $push: { list: { $each: [], $slice: 2 } } }, false);
  const change = updateOf(K, { $set: { 'list.0': 'changed' } }, false);

  it('are written one after another, the second despite the stored version of the first, and settled together', async () => {
    const { documents, wordsOf, stored } = aCollection();
    documents.put('k', { list: [1, 2, 3] });
    expect(await wordsOf(at(5, cut, change))).toEqual(['written']);
    expect(stored()?.get('list')).toEqual(['changed', 2]);
    expect(documents.calls).toHaveLength(2);
    expect(await wordsOf(at(5, cut, change))).toEqual(['written']);
    expect(stored()?.get('list')).toEqual(['changed', 2]);
  });

  it('are unsettled until the last of them is acknowledged', async () => {
    const faults = [undefined, ...Array.from({ length: 1_000 }, (): Fault => ({ kind: 'code', code: 10_107 }))];
    const { documents, wordsOf } = aCollection({ documents: { faults } });
    documents.put('k', { list: [1, 2, 3] });
    expect(await wordsOf(at(5, cut, change), at(6, set(6)))).toEqual(['failed target_failed', 'skipped']);
  });

  it('are poison together, with one dead letter, and the lane continues', async () => {
    const refuses = (update: ReadonlyMap<string, unknown>) => (update.has('$push') ? 2 : undefined);
    const { documents, deadLetters, wordsOf, stored } = aCollection({ documents: { refuses } });
    documents.put('k', { list: [1] });
    expect(await wordsOf(at(5, cut, change), at(6, inc))).toEqual(['deadLettered rejected_by_target', 'written']);
    expect(deadLetters).toHaveLength(1);
    expect(stored()?.get('list')).toEqual([1]);
  });

  it('may begin with one that must not be applied twice, and no other may be one', async () => {
    const { wordsOf, stored } = aCollection();
    expect(await wordsOf(at(5, inc, set(5)))).toEqual(['written']);
    expect(await wordsOf(at(5, inc, set(5)))).toEqual(['written']);
    expect(stored()?.get('n')).toBe(1);
    expect(await wordsOf(at(6, set(6), inc))).toEqual(['deadLettered payload_invalid']);
    expect(stored()?.get('v')).toBe(5);
  });

  it('are all done where the first was stored before its answer was lost', async () => {
    const { wordsOf, stored } = aCollection({ documents: { faults: [{ kind: 'lostAnswer' }] } });
    expect(await wordsOf(at(5, inc, set(5)))).toEqual(['written']);
    expect([stored()?.get('n'), stored()?.get('v')]).toEqual([1, 5]);
  });

  it('replace a document where deletes are tombstones: delete it, then insert it', async () => {
    const { documents, wordsOf, stored } = aCollection({ deletes: 'tombstone' });
    documents.put('k', { v: 'old' });
    expect(await wordsOf(at(5, deleteOf(K), insert(5)))).toEqual(['written']);
    expect([...(stored()?.keys() ?? [])]).toEqual(['_id', 'v', '_k']);
  });

  it('of several documents are poison', async () => {
    const { deadLetters, wordsOf } = aCollection();
    expect(await wordsOf(at(5, set(5), updateOf({ _id: 'other' }, { $set: { v: 1 } })))).toEqual([
      'deadLettered payload_invalid',
    ]);
    expect(deadLetters).toMatchObject([{ reason: 'the record writes to more than one document' }]);
  });
});

describe('a record', () => {
  it('that writes nothing is ignored with its reason, at once', async () => {
    const { mapper, record, other } = planned();
    const sink = aDocumentdbSink({ mapper });
    const outcomes = await sink.write([
      other({ offset: 1 }, { kind: 'none', reason: 'noop' }),
      record({ offset: 2 }, [set(2)]),
    ]);
    expect(outcomes.map(inWords)).toEqual(['ignored noop', 'written']);
  });

  it('goes to the collection that its plan names', async () => {
    const { mapper, other } = planned();
    const sink = aDocumentdbSink({ mapper });
    const to = (collection: string, offset: number) =>
      other(
        { offset },
        { kind: 'write', namespace: { database: 'shop', collection }, models: [set(offset)], version: undefined },
      );
    expect((await sink.write([to('a', 1), to('b', 2), to('a', 3)])).map(inWords)).toEqual(Array(3).fill('written'));
    expect([sink.store.get('k', 'shop.a')?.get('v'), sink.store.get('k', 'shop.b')?.get('v')]).toEqual([3, 2]);
  });

  it('that is poison holds only its own document back until its dead letter is durable, or its partition if the document is not known', async () => {
    const { mapper, record, other } = planned();
    const sink = aDocumentdbSink({ mapper, deadLetters: fakeDeadLetters(() => false).queue });
    const failure = { code: 'payload_invalid', retryable: false, mayBeWritten: false, detail: 'why' } as const;
    const namespace = { database: 'shop', collection: 'orders' };
    const outcomes = await sink.write([
      other({ offset: 1 }, { kind: 'poison', namespace, filter: doc({ _id: 'k' }), failure }),
      record({ offset: 2 }, [set(2)]),
      record({ offset: 3 }, [updateOf({ _id: 'x' }, { $set: { v: 1 } })]),
      other({ offset: 4 }, { kind: 'poison', namespace: undefined, filter: undefined, failure }),
      record({ offset: 5 }, [updateOf({ _id: 'y' }, { $set: { v: 1 } })]),
    ]);
    expect(outcomes.map(inWords)).toEqual([
      'failed dead_letter_failed',
      'skipped',
      'written',
      'failed dead_letter_failed',
      'skipped',
    ]);
  });
});
