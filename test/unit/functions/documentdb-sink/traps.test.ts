// The traps of documentdb-algorithm 5, each found by running into it, and what else a guard is for.
import { describe, expect, it } from 'vitest';
import type { WriteModel } from '../../../../functions/documentdb-sink/plan/write-model.ts';
import type { DocumentdbSinkSetup } from '../../../support/a-documentdb-sink.ts';
import { aDocumentdbSink, inWords } from '../../../support/a-documentdb-sink.ts';
import type { RecordParts } from '../../../support/builders.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';
import { FakeDocuments, type Fault } from '../../../support/fake-documents.ts';
import { deleteOf, doc, insertOf, planned, replaceOf, updateOf } from '../../../support/write-models.ts';

const K = { _id: 'k' };
const inc = updateOf(K, { $inc: { n: 1 } });
const set = (offset: number, upsert = true) => updateOf(K, { $set: { v: offset } }, upsert);
const insert = (offset: number) => insertOf({ ...K, v: offset });

interface Planned extends RecordParts {
  readonly models: readonly WriteModel[];
  readonly version?: bigint | number;
}

/** One collection; each call is an invocation with these records. */
function aWorld(setup: DocumentdbSinkSetup = {}) {
  const documents = setup.documents instanceof FakeDocuments ? setup.documents : new FakeDocuments(setup.documents);
  const { mapper, record } = planned();
  const { queue, letters } = fakeDeadLetters();
  const invoke = async (records: readonly Planned[], more: DocumentdbSinkSetup = {}) => {
    const sink = aDocumentdbSink({ deletes: 'hard', mapper, deadLetters: queue, ...setup, ...more, documents });
    const outcomes = await sink.write(records.map(({ models, version, ...parts }) => record(parts, models, version)));
    return { words: outcomes.map(inWords), outcomes, metrics: sink.telemetry.metrics() };
  };
  const wordsOf = async (...records: readonly Planned[]) => (await invoke(records)).words;
  return { documents, letters, invoke, wordsOf, stored: () => documents.collection().get('k') };
}

const at = (offset: number, ...models: readonly WriteModel[]): Planned => ({ offset, models });
const marksIn = (stored: ReadonlyMap<string, unknown> | undefined) => stored?.get('_k');

describe('an update that must not be applied twice', () => {
  it('ends when it is delivered again: with a guard that lets its own mark through it would be sent for ever', async () => {
    const { documents, wordsOf, stored } = aWorld();
    expect(await wordsOf(at(5, inc))).toEqual(['written']);
    expect(await wordsOf(at(5, inc))).toEqual(['ignored already_applied']);
    expect(stored()?.get('n')).toBe(1);
    expect(documents.calls).toHaveLength(2);
    expect(documents.calls[1]?.statements[0]?.['q']).toEqual({ _id: 'k', '_k.orders-0': { $not: { $gte: 5n } } });
  });

  it('is not applied twice because another partition wrote in between: updates keep the marks of others', async () => {
    const { wordsOf, stored } = aWorld();
    await wordsOf(at(5, inc));
    await wordsOf({ ...at(1, inc), partition: 1 });
    expect(await wordsOf(at(5, inc))).toEqual(['ignored already_applied']);
    expect(stored()?.get('n')).toBe(2);
    expect(marksIn(stored())).toMatchObject({ 'orders-0': 5n, 'orders-1': 1n });
  });

  it('is written, not ignored, where it was this very batch whose answer was lost', async () => {
    const { wordsOf, stored } = aWorld({ documents: { faults: [{ kind: 'lostAnswer' }] } });
    expect(await wordsOf(at(5, inc))).toEqual(['written']);
    expect(stored()?.get('n')).toBe(1);
  });

  it('is sent by itself: three of them are three, each once', async () => {
    const { documents, wordsOf, stored } = aWorld();
    expect(await wordsOf(at(5, inc), at(6, inc), at(7, inc))).toEqual(['written', 'written', 'written']);
    expect(stored()?.get('n')).toBe(3);
    expect(documents.calls).toHaveLength(3);
  });
});

describe('insert 5, delete 6, insert 7', () => {
  it.each(['hard', 'tombstone'] as const)('replayed, together or one by one, changes nothing (%s)', async (deletes) => {
    const { wordsOf, stored } = aWorld({ deletes });
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
  it('takes the place of an older tombstone, and of one without a mark', async () => {
    for (const versions of [{ 'orders-0': 3n, ts: 0n }, { 'orders-1': 900n }, undefined]) {
      const { documents, wordsOf, stored } = aWorld({ deletes: 'tombstone' });
      documents.put('k', { _k: versions, _deletedAt: new Date(0) });
      expect(await wordsOf(at(5, insert(5)))).toEqual(['written']);
      expect([...(stored()?.keys() ?? [])]).toEqual(['_id', 'v', '_k']);
      expect(documents.calls.map(({ kind }) => kind)).toEqual(['insert', 'update']);
      const filter = { _id: 'k', '_k.orders-0': { $not: { $gt: 5n } }, _deletedAt: { $exists: true } };
      expect(documents.calls[1]?.statements).toEqual([{ q: filter, u: expect.any(Map), upsert: true }]);
    }
  });

  it('is poison where a document is that is none of its own, once that was seen again a second later', async () => {
    const { documents, letters, invoke, stored } = aWorld();
    documents.put('k', { v: 'theirs' });
    const { words } = await invoke([at(5, insert(5)), at(6, set(6))]);
    expect(words).toEqual(['deadLettered duplicate_key', 'written']);
    expect(letters).toMatchObject([{ offset: 5, code: 'duplicate_key', stage: 'writing' }]);
    expect(stored()?.get('v')).toBe(6);
    expect(documents.reads).toEqual([['k'], ['k']]);
  });

  it('is no poison where what was read right after a failover was of a moment ago', async () => {
    const { documents, letters, wordsOf, stored } = aWorld();
    documents.put('k', { v: 3, _k: { 'orders-0': 3n, ts: 0n } });
    const findVersions = documents.findVersions.bind(documents);
    documents.findVersions = async (namespace, ids) => {
      const versions = await findVersions(namespace, ids);
      documents.remove('k');
      return versions;
    };
    expect(await wordsOf(at(5, insert(5)))).toEqual(['written']);
    expect(stored()?.get('v')).toBe(5);
    expect(letters).toEqual([]);
  });

  it('is done, not a duplicate, where its own answer was lost', async () => {
    const { documents, wordsOf } = aWorld({ documents: { faults: [{ kind: 'lostAnswer' }] } });
    expect(await wordsOf(at(5, insert(5)))).toEqual(['written']);
    expect(documents.calls).toHaveLength(2);
  });

  it('without an _id is poison: what the server made up would be another with each delivery', async () => {
    const { wordsOf } = aWorld();
    expect(await wordsOf(at(5, insertOf({ v: 1 })))).toEqual(['deadLettered payload_invalid']);
  });
});

describe('upsert 5, then update 6 that makes no document', () => {
  const records = [at(5, updateOf(K, { $inc: { n: 5 } })), at(6, set(6, false))];

  it('leaves 6 unsent while 5 is unsettled: it would match nothing, and count as settled', async () => {
    const faults = Array.from({ length: 1_000 }, (): Fault => ({ kind: 'code', code: 10_107 }));
    const { documents, wordsOf } = aWorld({ documents: { faults } });
    expect(await wordsOf(...records)).toEqual(['failed target_failed', 'skipped']);
    const updates = documents.calls.flatMap(({ statements }) => statements.map(({ u }) => u as Map<string, unknown>));
    expect(updates.every((update) => update.has('$inc'))).toBe(true);
  });

  it('sends 6 once 5 is settled', async () => {
    const { wordsOf, stored } = aWorld({ documents: { faults: [{ kind: 'unreachable' }] } });
    expect(await wordsOf(...records)).toEqual(['written', 'written']);
    expect([stored()?.get('n'), stored()?.get('v')]).toEqual([5, 6]);
  });

  it('sends 6 although 5 is a dead letter', async () => {
    const refuses = (update: ReadonlyMap<string, unknown>) => (update.has('$inc') ? 14 : undefined);
    const { wordsOf } = aWorld({ documents: { refuses } });
    expect(await wordsOf(...records)).toEqual(['deadLettered rejected_by_target', 'ignored no_match']);
  });
});

describe('an update that makes no document', () => {
  it('and finds none is ignored and counted, or a dead letter where that is wanted', async () => {
    const ignoring = aWorld();
    const { words, metrics } = await ignoring.invoke([at(5, set(5, false)), at(6, set(6, false))]);
    expect(words).toEqual(['ignored no_match', 'ignored no_match']);
    expect(metrics).toMatchObject({ GuardReads: 1 });
    const burying = aWorld({ onNoMatch: 'deadLetter' });
    expect(await burying.wordsOf(at(5, set(5, false)), at(6, set(6, false)))).toEqual(
      Array(2).fill('deadLettered no_match'),
    );
    expect(burying.letters.map(({ offset }) => offset)).toEqual([5, 6]);
  });

  it('takes a tombstone for no document', async () => {
    const { documents, wordsOf, stored } = aWorld({ deletes: 'tombstone' });
    documents.put('k', { _k: { 'orders-0': 3n, ts: 0n }, _deletedAt: new Date(0) });
    expect(await wordsOf(at(5, set(5, false)))).toEqual(['ignored no_match']);
    expect(await wordsOf(at(6, replaceOf(K, { ...K, v: 6 }, false)))).toEqual(['ignored no_match']);
    expect(stored()?.has('v')).toBe(false);
    expect(documents.calls[0]?.statements[0]?.['q']).toMatchObject({ _deletedAt: { $exists: false } });
  });

  it('is looked up, where others of its command matched: a count does not tell which', async () => {
    const { documents, invoke } = aWorld();
    documents.put('there', { v: 1 });
    const own = (id: string) => updateOf({ _id: id }, { $set: { v: 2 } }, false);
    const { words } = await invoke([
      at(5, own('there')),
      at(6, own('gone')),
      at(7, updateOf({ _id: 'made' }, { $set: { v: 1 } })),
    ]);
    expect(words).toEqual(['written', 'ignored no_match', 'written']);
    expect(documents.reads).toEqual([['there', 'gone']]);
  });

  it('is unsettled, and perhaps done, while nobody can be asked whether it matched', async () => {
    const { documents, invoke } = aWorld();
    documents.findVersions = () => Promise.reject(Object.assign(new Error(), { name: 'MongoNetworkError' }));
    const { outcomes } = await invoke([at(5, set(5, false))]);
    expect(outcomes).toMatchObject([{ kind: 'failed', failure: { mayBeWritten: true, retryable: true } }]);
  });

  it('is never taken for success by a count that is too high, or too low for those that make documents', async () => {
    for (const change of [1, -1]) {
      const { documents, wordsOf } = aWorld();
      const write = documents.write.bind(documents);
      let isWrong = true;
      documents.write = async (...parameters) => {
        const reply = await write(...parameters);
        if (!isWrong) return reply;
        isWrong = false;
        return { ...reply, count: reply.count + change };
      };
      expect(await wordsOf(at(5, set(5)))).toEqual(['written']);
      expect(documents.calls).toHaveLength(2);
    }
  });
});

describe('a unique value moved between documents in one batch', () => {
  const unique = { uniqueIndexes: [{ field: 'email' }] };
  const withEmail = (id: string, email: string) => updateOf({ _id: id }, { $set: { email } });

  it.each([
    { name: 'by a delete and an insert', models: [deleteOf({ _id: 'x' }), insertOf({ _id: 'y', email: 'e' })] },
    { name: 'by two updates', models: [withEmail('x', 'f'), withEmail('y', 'e')] },
    { name: 'by an update and an insert', models: [withEmail('x', 'f'), insertOf({ _id: 'y', email: 'e' })] },
    { name: 'by a delete and an update', models: [deleteOf({ _id: 'x' }), withEmail('y', 'e')] },
  ])('is no poison: $name', async ({ models }) => {
    const { documents, letters, wordsOf } = aWorld({ documents: unique });
    documents.put('x', { email: 'e' });
    expect(await wordsOf(...models.map((model, index) => at(index + 1, model)))).toEqual(['written', 'written']);
    expect(documents.get('y')?.get('email')).toBe('e');
    expect(letters).toEqual([]);
  });

  it('is poison where it stays taken, for inserts and updates as well', async () => {
    const { documents, wordsOf } = aWorld({ documents: unique });
    documents.put('x', { email: 'e' });
    const words = await wordsOf(
      at(1, insertOf({ _id: 'y', email: 'e' })),
      at(2, withEmail('z', 'e')),
      at(3, withEmail('w', 'f')),
    );
    expect(words).toEqual(['deadLettered duplicate_key', 'deadLettered duplicate_key', 'written']);
  });

  it('does not let a partial update make an earlier one invisible', async () => {
    const { documents, letters, wordsOf, stored } = aWorld({ documents: unique });
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
    expect(letters).toHaveLength(1);
  });
});

describe('a guard by version', () => {
  const byVersion = (offset: number, version: number, partition = 0): Planned => ({
    offset,
    partition,
    version,
    models: [replaceOf(K, { ...K, v: version })],
  });

  it('adds a clause to that by offset, and stores the version', async () => {
    const { documents, wordsOf, stored } = aWorld();
    expect(await wordsOf(byVersion(5, 100))).toEqual(['written']);
    const filter = { _id: 'k', '_k.orders-0': { $not: { $gt: 5n } }, '_k.v': { $not: { $gt: 100 } } };
    expect(documents.calls[0]?.statements[0]?.['q']).toEqual(filter);
    expect(marksIn(stored())).toEqual({ 'orders-0': 5n, ts: 1_700_000_000_005n, v: 100 });
    await wordsOf({ ...byVersion(6, 101), models: [set(6)] });
    expect(marksIn(stored())).toMatchObject({ 'orders-0': 6n, v: 101 });
  });

  it('decides across partitions, where offsets cannot', async () => {
    const { wordsOf, stored } = aWorld();
    expect(await wordsOf(byVersion(5, 100))).toEqual(['written']);
    expect(await wordsOf(byVersion(900, 99, 1))).toEqual(['ignored stale']);
    expect(await wordsOf(byVersion(2, 101, 1))).toEqual(['written']);
    expect(await wordsOf(byVersion(5, 100))).toEqual(['ignored stale']);
    expect(stored()?.get('v')).toBe(101);
  });

  it('replaces no guard by offset: either that is greater means stale', async () => {
    const { wordsOf, stored } = aWorld();
    await wordsOf(byVersion(7, 100));
    expect(await wordsOf(byVersion(5, 200))).toEqual(['ignored stale']);
    expect(await wordsOf(byVersion(8, 99))).toEqual(['ignored stale']);
    expect(stored()?.get('v')).toBe(100);
  });

  it('keeps a later record of the batch from hiding a newer version', async () => {
    const { wordsOf, stored } = aWorld();
    expect(await wordsOf(byVersion(5, 100), byVersion(6, 99), byVersion(7, 101))).toEqual(Array(3).fill('written'));
    expect(stored()?.get('v')).toBe(101);
    expect(await wordsOf(byVersion(8, 300), byVersion(9, 200))).toEqual(['written', 'ignored stale']);
    expect(stored()?.get('v')).toBe(300);
  });

  it('lets a delete win over what another partition put in its way with an older version', async () => {
    const { documents, wordsOf } = aWorld();
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
    const { documents, invoke, stored } = aWorld();
    await invoke([at(1_000, set(1_000))]);
    expect((await invoke([at(0, set(0))])).words).toEqual(['ignored stale']);
    const { words } = await invoke([at(0, set(0))], { epochs: new Map([['orders', 1]]) });
    expect(words).toEqual(['written']);
    expect(marksIn(stored())).toMatchObject({ 'orders-0': 2n ** 48n });
    const late = await invoke([at(1_001, set(1_001))]);
    expect(late.words).toEqual(['ignored stale']);
    const other = await invoke([{ ...at(5, set(5)), topic: 'returns' }], { epochs: new Map([['orders', 1]]) });
    expect(other.words).toEqual(['written']);
    expect(marksIn(stored())).toMatchObject({ 'returns-0': 5n });
    expect(documents.calls.length).toBeGreaterThan(4);
  });
});

describe('several writes of one record', () => {
  const cut = updateOf(K, { $push: { list: { $each: [], $slice: 2 } } }, false);
  const change = updateOf(K, { $set: { 'list.0': 'changed' } }, false);

  it('are done one after another, the second in spite of the mark of the first, and settled together', async () => {
    const { documents, wordsOf, stored } = aWorld();
    documents.put('k', { list: [1, 2, 3] });
    expect(await wordsOf(at(5, cut, change))).toEqual(['written']);
    expect(stored()?.get('list')).toEqual(['changed', 2]);
    expect(documents.calls).toHaveLength(2);
    expect(await wordsOf(at(5, cut, change))).toEqual(['written']);
    expect(stored()?.get('list')).toEqual(['changed', 2]);
  });

  it('are unsettled until the last of them is acknowledged', async () => {
    const faults = [undefined, ...Array.from({ length: 1_000 }, (): Fault => ({ kind: 'code', code: 10_107 }))];
    const { documents, wordsOf } = aWorld({ documents: { faults } });
    documents.put('k', { list: [1, 2, 3] });
    expect(await wordsOf(at(5, cut, change), at(6, set(6)))).toEqual(['failed target_failed', 'skipped']);
  });

  it('are poison together: the letter is one, and what follows goes on', async () => {
    const refuses = (update: ReadonlyMap<string, unknown>) => (update.has('$push') ? 2 : undefined);
    const { documents, letters, wordsOf, stored } = aWorld({ documents: { refuses } });
    documents.put('k', { list: [1] });
    expect(await wordsOf(at(5, cut, change), at(6, inc))).toEqual(['deadLettered rejected_by_target', 'written']);
    expect(letters).toHaveLength(1);
    expect(stored()?.get('list')).toEqual([1]);
  });

  it('may begin with one that must not be applied twice, and no other may be one', async () => {
    const { wordsOf, stored } = aWorld();
    expect(await wordsOf(at(5, inc, set(5)))).toEqual(['written']);
    expect(await wordsOf(at(5, inc, set(5)))).toEqual(['written']);
    expect(stored()?.get('n')).toBe(1);
    expect(await wordsOf(at(6, set(6), inc))).toEqual(['deadLettered payload_invalid']);
    expect(stored()?.get('v')).toBe(5);
  });

  it('are all done where the first was stored before its answer was lost', async () => {
    const { wordsOf, stored } = aWorld({ documents: { faults: [{ kind: 'lostAnswer' }] } });
    expect(await wordsOf(at(5, inc, set(5)))).toEqual(['written']);
    expect([stored()?.get('n'), stored()?.get('v')]).toEqual([1, 5]);
  });

  it('replace a document where deletes are tombstones: delete it, then insert it', async () => {
    const { documents, wordsOf, stored } = aWorld({ deletes: 'tombstone' });
    documents.put('k', { v: 'old' });
    expect(await wordsOf(at(5, deleteOf(K), insert(5)))).toEqual(['written']);
    expect([...(stored()?.keys() ?? [])]).toEqual(['_id', 'v', '_k']);
  });

  it('of several documents are poison', async () => {
    const { letters, wordsOf } = aWorld();
    expect(await wordsOf(at(5, set(5), updateOf({ _id: 'other' }, { $set: { v: 1 } })))).toEqual([
      'deadLettered payload_invalid',
    ]);
    expect(letters).toMatchObject([{ reason: 'the record writes to more than one document' }]);
  });
});

describe('what is the sink’s own', () => {
  it.each([
    updateOf(K, { $set: { '_k.orders-0': 1 } }),
    updateOf(K, { $unset: { _k: '' } }),
    updateOf(K, { $set: { _deletedAt: 1 } }),
    updateOf(K, { $rename: { a: '_k.x' } }),
    replaceOf(K, { ...K, _k: 1 }),
    insertOf({ ...K, _deletedAt: 1 }),
  ])('is nobody else’s to write', async (model) => {
    const { documents, wordsOf } = aWorld();
    expect(await wordsOf(at(5, model))).toEqual(['deadLettered payload_invalid']);
    expect(documents.calls).toEqual([]);
  });

  it('is no field that begins with its name', async () => {
    const { wordsOf } = aWorld();
    expect(await wordsOf(at(5, updateOf(K, { $set: { _key: 1, 'a._k': 1 } })))).toEqual(['written']);
  });
});

describe('a business key', () => {
  const key = { 'a.b': 1, c: 'x' };
  const whole = (v: number) => replaceOf(key, { a: { b: 1 }, c: 'x', v });
  const index = { uniqueIndexes: [{ field: 'c,a.b', sparse: true }] };

  it('without a unique index on exactly its fields is written as the connector writes it, without a mark', async () => {
    for (const field of ['c', 'a.b', 'a.b,c,d']) {
      const { documents, letters, invoke } = aWorld({ documents: { uniqueIndexes: [{ field }] } });
      const { outcomes } = await invoke([at(5, whole(5))]);
      expect(outcomes).toMatchObject([{ kind: 'written' }]);
      expect(documents.calls).toHaveLength(1);
      expect(
        documents
          .collection()
          .all()
          .map((stored) => stored.has('_k')),
      ).toEqual([false]);
      expect(letters).toEqual([]);
    }
  });

  it('has the index of any order, and is read by one find for each, where its guard is not met', async () => {
    const { documents, invoke } = aWorld({ documents: index });
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
    const { documents, invoke } = aWorld({ documents: { uniqueIndexes: [{ field: 'n' }] }, poolSizeMax: 2 });
    const all = Array.from({ length: 9 }, (_, n) => ({ offset: n, models: [deleteOf({ n })] }));
    let [underWay, peak] = [0, 0];
    const findVersionsOf = documents.findVersionsOf.bind(documents);
    documents.findVersionsOf = async (...parameters) => {
      underWay += 1;
      peak = Math.max(peak, underWay);
      await Promise.resolve();
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
    const findVersionsOf = sink.store.findVersionsOf.bind(sink.store);
    sink.store.findVersionsOf = async (...parameters) => {
      await sink.clock.waitUntil(sink.clock.nowMs() + 40_000);
      return findVersionsOf(...parameters);
    };
    const outcomes = await sink.write([1, 2, 3].map((n) => record({ offset: n }, [deleteOf({ n })])));
    expect(sink.store.reads).toHaveLength(1);
    expect(outcomes.map(inWords)).toEqual(['written', 'failed deadline_exceeded', 'failed deadline_exceeded']);
    expect(outcomes[1]).toMatchObject({ failure: { mayBeWritten: true } });
  });

  it('is a document by its values: whatever their type, in any order', async () => {
    const { documents, wordsOf } = aWorld({ documents: index });
    const words = await wordsOf(
      at(5, whole(5)),
      at(6, replaceOf({ c: 'x', 'a.b': 1n }, { a: { b: 1 }, c: 'x', v: 6 })),
    );
    expect(words).toEqual(['written', 'written']);
    expect(documents.calls.map(({ statements }) => statements.length)).toEqual([1]);
  });

  it('stands in its tombstones, which so need no sparse index of theirs', async () => {
    const strict = { uniqueIndexes: [{ field: 'c,a.b' }] };
    const { documents, wordsOf } = aWorld({ documents: strict, deletes: 'tombstone' });
    await wordsOf(at(5, whole(5)));
    expect(await wordsOf(at(6, deleteOf(key)), at(7, deleteOf({ c: 'z', 'a.b': 3 })))).toEqual(['written', 'written']);
    expect(await wordsOf(at(5, whole(5)))).toEqual(['ignored stale']);
    const [tombstone] = documents.collection().all();
    expect([...(tombstone?.keys() ?? [])].toSorted()).toEqual(['_deletedAt', '_id', '_k', 'a', 'c']);
    expect(tombstone?.get('a')).toEqual(doc({ b: 1 }));
  });

  it('collides with another unique index as any other write does', async () => {
    const { documents, wordsOf } = aWorld({
      documents: { uniqueIndexes: [{ field: 'c,a.b' }, { field: 'email', sparse: true }] },
    });
    documents.put('taken', { email: 'e' });
    expect(await wordsOf(at(5, replaceOf(key, { a: { b: 1 }, c: 'x', email: 'e' })))).toEqual([
      'deadLettered duplicate_key',
    ]);
  });
});

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
])('of what was stale the mark is read with others of its wave, or alone: %s', async (_name, id, isTogether) => {
  const { documents, wordsOf } = aWorld();
  documents.put(id, { _k: { 'orders-0': 9n } });
  documents.put('other', { _k: { 'orders-0': 9n } });
  const models = [deleteOf({ _id: id }), deleteOf({ _id: 'other' })];
  expect(await wordsOf(...models.map((model, index) => at(index + 5, model)))).toEqual(Array(2).fill('ignored stale'));
  expect(documents.reads.map(({ length }) => length)).toEqual(isTogether ? [2] : [1, 1]);
});

describe('an _id with a shard key beside it', () => {
  const key = { _id: 'k', region: 'eu' };
  const moved = (documents: FakeDocuments) => documents.put('k', { region: 'us', v: 'theirs' });

  it('is one document by its _id, and is sought with both', async () => {
    const { documents, wordsOf, stored } = aWorld();
    expect(await wordsOf(at(5, replaceOf(key, { ...key, v: 5 })), at(6, updateOf(K, { $set: { w: 6 } })))).toEqual([
      'written',
      'written',
    ]);
    expect([stored()?.get('v'), stored()?.get('w')]).toEqual([5, 6]);
    expect(documents.calls).toHaveLength(1);
  });

  it('that is another by now is no match for what makes no document, and gone for a delete', async () => {
    const { documents, wordsOf } = aWorld();
    moved(documents);
    expect(await wordsOf(at(5, updateOf(key, { $set: { v: 5 } }, false)))).toEqual(['ignored no_match']);
    expect(await wordsOf(at(6, deleteOf(key)))).toEqual(['written']);
    expect(documents.get('k')?.get('v')).toBe('theirs');
  });

  it('that is another by now makes an upsert poison, after some rounds, and blocks nothing', async () => {
    const { documents, letters, wordsOf } = aWorld();
    moved(documents);
    expect(
      await wordsOf(at(5, replaceOf(key, { ...key, v: 5 })), at(6, updateOf({ _id: 'x' }, { $set: { v: 6 } }))),
    ).toEqual(['deadLettered duplicate_key', 'written']);
    expect(letters).toMatchObject([{ offset: 5 }]);
    expect(documents.get('k')?.get('v')).toBe('theirs');
  });
});

it('a filter that is empty is poison: it would match any document', async () => {
  const { documents, wordsOf } = aWorld();
  expect(await wordsOf(at(5, deleteOf({})))).toEqual(['deadLettered payload_invalid']);
  expect(documents.calls).toEqual([]);
});

describe('tombstones', () => {
  it('are revived by an update, which keeps the marks of other partitions', async () => {
    const { documents, wordsOf, stored } = aWorld({ deletes: 'tombstone' });
    documents.put('k', { _k: { 'orders-0': 3n, 'orders-1': 900n, ts: 0n }, _deletedAt: new Date(0) });
    expect(await wordsOf(at(5, set(5)))).toEqual(['written']);
    expect(stored()?.has('_deletedAt')).toBe(false);
    expect(marksIn(stored())).toMatchObject({ 'orders-0': 5n, 'orders-1': 900n });
  });
});

it('a record that writes nothing is ignored by its reason, at once', async () => {
  const { mapper, record, other } = planned();
  const sink = aDocumentdbSink({ mapper });
  const outcomes = await sink.write([
    other({ offset: 1 }, { kind: 'none', reason: 'noop' }),
    record({ offset: 2 }, [set(2)]),
  ]);
  expect(outcomes.map(inWords)).toEqual(['ignored noop', 'written']);
});

it('records go to the collections that the policy names, each its own', async () => {
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

it('poison with a document holds that document back until its letter is durable, and no other', async () => {
  const { mapper, record, other } = planned();
  const sink = aDocumentdbSink({ mapper, deadLetters: fakeDeadLetters(() => false).queue });
  const failure = { code: 'payload_invalid', retryable: false, mayBeWritten: false, detail: 'why' } as const;
  const namespace = { database: 'shop', collection: 'orders' };
  const outcomes = await sink.write([
    other({ offset: 1 }, { kind: 'poison', namespace, filter: doc({ _id: 'k' }), failure }),
    record({ offset: 2 }, [set(2)]),
    other({ offset: 3 }, { kind: 'poison', namespace: undefined, filter: undefined, failure }),
    record({ offset: 4 }, [updateOf({ _id: 'x' }, { $set: { v: 1 } })]),
  ]);
  expect(outcomes.map(inWords)).toEqual([
    'failed dead_letter_failed',
    'skipped',
    'failed dead_letter_failed',
    'written',
  ]);
});
