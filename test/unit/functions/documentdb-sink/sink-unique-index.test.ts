import { describe, expect, it } from 'vitest';
import type { DeadLetter } from '../../../../shared/dead-letter/dead-letter.ts';
import {
  aDocumentdbSink,
  idsSent,
  inWords,
  many,
  notJson,
  order,
  tombstone,
} from '../../../support/a-documentdb-sink.ts';
import { valueAt } from '../../../support/document-server/bson-values.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';
import type { Fault, Stored } from '../../../support/fake-documents.ts';
import { insertOf, planned, replaceOf, updateOf } from '../../../support/write-models.ts';

describe('another unique index', () => {
  const unique = { uniqueIndexes: [{ field: 'email' }] };

  it('is no poison when a record of the batch frees the value: delete X(e), upsert Y(e)', async () => {
    const sink = aDocumentdbSink({ deletes: 'hard', documents: unique });
    sink.store.put('x', { email: 'e', v: 0 });
    const outcomes = await sink.write([tombstone(1, 'x'), order(2, 'y', { email: 'e' })]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written']);
    expect(
      sink.store
        .collection()
        .all()
        .map((stored) => stored.get('_id')),
    ).toEqual(['y']);
    expect(sink.store.calls.map(({ kind }) => kind)).toEqual(['delete', 'update']);
  });

  it('that somebody makes while the environment lives makes no dead letters of deletes: their tombstones would collide', async () => {
    const letters = fakeDeadLetters();
    const sink = aDocumentdbSink({ deadLetters: letters.queue });
    await sink.write([order(1, 'x', { email: 'e' }), order(2, 'y', { email: 'f' })]);
    sink.store.options = unique;
    await sink.clock.advance(60_000);
    const outcomes = await sink.write([tombstone(3, 'x'), tombstone(4, 'y')]);
    expect(outcomes.map(inWords)).toEqual(['written', 'failed rejected_by_target']);
    expect(letters.deadLetters).toEqual([]);
  });

  it('is no poison when a later record of the batch frees the value', async () => {
    const sink = aDocumentdbSink({ deletes: 'hard', documents: unique });
    sink.store.put('x', { email: 'e', v: 0 });
    const outcomes = await sink.write([order(1, 'y', { email: 'e' }), order(2, 'x', { email: 'f' })]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written']);
    expect(idsSent(sink)).toEqual([['y', 'x'], ['y']]);
  });

  it('lets a value move between documents by way of a third value, whatever folding made of it', async () => {
    const sink = aDocumentdbSink({ deletes: 'hard', documents: unique });
    sink.store.put('x', { email: '1' });
    sink.store.put('y', { email: '2' });
    const outcomes = await sink.write([
      order(1, 'x', { email: 'free' }),
      order(2, 'y', { email: '1' }),
      order(3, 'x', { email: '2' }),
    ]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written', 'written']);
    expect([sink.store.get('x')?.get('email'), sink.store.get('y')?.get('email')]).toEqual(['2', '1']);
  });

  it('is freed by a deferred record before the records in between are judged', async () => {
    const sink = aDocumentdbSink({ deletes: 'hard', documents: unique });
    sink.store.put('x', { email: '4' });
    sink.store.put('y', { email: '3' });
    const outcomes = await sink.write([
      order(1, 'x', { email: 'taken by z' }),
      order(2, 'y', { email: '2' }),
      order(3, 'w', { email: '4' }),
      order(4, 'w', { email: '4', v: 2 }),
      order(5, 'x', { email: '3' }),
      order(6, 'z', { email: 'taken by z' }),
    ]);
    expect(outcomes.map(inWords)).toEqual(Array(6).fill('written'));
  });

  it('has the records concerned sent one by one, in the order of their offsets', async () => {
    const sink = aDocumentdbSink({ deletes: 'hard', documents: unique });
    sink.store.put('b', { email: 'e' });
    sink.store.put('d', { email: 'z' });
    const outcomes = await sink.write([
      order(1, 'a', { email: '1' }),
      order(2, 'b', { email: 'e' }),
      order(3, 'b', { email: 'z' }),
      order(4, 'a', { email: 'e' }),
      order(5, 'd', { email: 'y' }),
    ]);
    expect(outcomes.map(inWords)).toEqual(Array(5).fill('written'));
    expect(idsSent(sink)).toEqual([['a', 'b', 'd'], ['a'], ['b'], ['b'], ['a']]);
  });

  it('has the partitions concerned sent one after another, and by one command in 5 s while the target is fatal', async () => {
    const records = ['x', 'y', 'z'].map((key, partition) => order(1, key, { email: 'e' }, partition));
    const calls = async (faults: readonly (Fault | undefined)[]) => {
      const sink = aDocumentdbSink({ deletes: 'hard', documents: { ...unique, faults } });
      sink.store.put('taken', { email: 'e' });
      await sink.write(records);
      return idsSent(sink);
    };
    expect(await calls([])).toEqual([['x', 'y', 'z'], ['x'], ['y'], ['z']]);
    expect(await calls([undefined, ...many(1_000, { kind: 'code', code: 13 })])).toHaveLength(2 + 10);
    expect(await calls([undefined, { kind: 'code', code: 13 }])).toEqual([['x', 'y', 'z'], ['x'], ['y'], ['x'], ['z']]);
  });

  it('is poison for the record alone once everything before it is settled', async () => {
    const { queue, deadLetters } = fakeDeadLetters();
    const sink = aDocumentdbSink({ deletes: 'hard', documents: unique, deadLetters: queue });
    sink.store.put('taken', { email: 'e' });
    const outcomes = await sink.write([
      order(1, 'a', { email: '1' }),
      order(2, 'x', { email: '2' }),
      order(3, 'x', { email: 'e' }),
      order(4, 'b', { email: '4' }),
    ]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written', 'deadLettered duplicate_key', 'written']);
    expect(sink.store.get('x')?.get('email')).toBe('2');
    expect(deadLetters[0]).toMatchObject({ offset: 3, code: 'duplicate_key', stage: 'writing' });
  });

  describe('with writes that do not fold', () => {
    const { mapper, record } = planned();
    const set = (offset: number, id: string, fields: object) =>
      record({ offset }, [updateOf({ _id: id }, { $set: fields })], offset);
    const records = [
      set(1, 'b', { email: '0' }),
      set(2, 'a', { email: 'x' }),
      set(3, 'a', { email: 'e' }),
      set(4, 'a', { email: 'y' }),
      set(5, 'b', { email: 'e' }),
    ];

    it('lets no record overtake an earlier one of another document, which would become a dead letter', async () => {
      const sink = aDocumentdbSink({ deletes: 'hard', documents: unique, mapper });
      const outcomes = await sink.write(records);
      expect(outcomes.map(inWords)).toEqual(Array(5).fill('written'));
      expect(['a', 'b'].map((id) => sink.store.get(id)?.get('email'))).toEqual(['y', 'e']);
      expect(idsSent(sink)).toEqual([['b', 'a'], ['a'], ['b', 'a'], ['b']]);
    });

    it('sends them together where no such index is there', async () => {
      const sink = aDocumentdbSink({ deletes: 'hard', mapper });
      await sink.write(records);
      expect(idsSent(sink)).toEqual([['b', 'a'], ['b', 'a'], ['a']]);
    });

    it('waits for the letter of an earlier record where others of its document follow', async () => {
      const isRefused = (document: Stored) => valueAt(document.get('$set'), 'email') === 'x';
      const sink = aDocumentdbSink({
        deletes: 'hard',
        documents: { ...unique, refuses: (document) => (isRefused(document) ? 121 : undefined) },
        deadLetters: {
          put: async () => {
            await sink.clock.waitUntil(sink.clock.nowMs() + 100);
            return true;
          },
        },
        mapper,
      });
      const outcomes = await sink.write(records);
      const dead = 'deadLettered rejected_by_target';
      expect(outcomes.map(inWords)).toEqual(['written', dead, 'written', 'written', 'written']);
      expect(idsSent(sink)).toEqual([['b', 'a'], ['a'], ['b', 'a'], ['b']]);
    });
  });

  describe('whose value this very batch has given to another document since', () => {
    /** `x` and `y` wait for each other, so they go record by record; `d` has by then what `x` has for a while only. */
    const moves = [
      ['x', '3'],
      ['y', '1'],
      ['x', 'p'],
      ['x', '2'],
      ['d', 'p'],
    ] as const;
    const records = moves.map(([id, email], index) => order(index + 1, id, { email }));
    const withXAndY = (sink: ReturnType<typeof aDocumentdbSink>) => {
      sink.store.put('x', { email: '1' });
      sink.store.put('y', { email: '2' });
      return sink;
    };

    it('is no poison: a later record of its document makes it invisible, and settles it', async () => {
      const { queue, deadLetters } = fakeDeadLetters();
      const sink = withXAndY(aDocumentdbSink({ deletes: 'hard', documents: unique, deadLetters: queue }));
      const outcomes = await sink.write(records);
      expect(outcomes.map(inWords)).toEqual(Array(5).fill('written'));
      expect(deadLetters).toEqual([]);
      expect(['x', 'y', 'd'].map((id) => sink.store.get(id)?.get('email'))).toEqual(['2', '1', 'p']);
    });

    it('is sent in one with that later record where both are updates: nothing of it is lost', async () => {
      const { mapper, record } = planned();
      const sink = withXAndY(aDocumentdbSink({ deletes: 'hard', documents: unique, mapper }));
      const outcomes = await sink.write(
        moves.map(([id, email], offset) =>
          record({ offset }, [updateOf({ _id: id }, { $set: { email, [`f${offset}`]: offset } })]),
        ),
      );
      expect(outcomes.map(inWords)).toEqual(Array(5).fill('written'));
      expect(['email', 'f0', 'f2', 'f3'].map((name) => sink.store.get('x')?.get(name))).toEqual(['2', 0, 2, 3]);
    });

    it('is poison where that later record cannot be sent in one with it', async () => {
      const { mapper, record } = planned();
      const sink = aDocumentdbSink({ deletes: 'hard', documents: unique, mapper });
      sink.store.put('taken', { email: 'e' });
      const outcomes = await sink.write([
        record({ offset: 1 }, [updateOf({ _id: 'x' }, { $set: { email: 'e' } })]),
        record({ offset: 2 }, [updateOf({ _id: 'x' }, { $inc: { n: 1 } })]),
        record({ offset: 3 }, [updateOf({ _id: 'x' }, { $set: { email: 'f' } })]),
      ]);
      expect(outcomes.map(inWords)).toEqual(['deadLettered duplicate_key', 'written', 'written']);
    });

    it('is poison where that later record is poison as well', async () => {
      const { queue, deadLetters } = fakeDeadLetters();
      const sink = aDocumentdbSink({ deletes: 'hard', documents: unique, deadLetters: queue });
      sink.store.put('taken', { email: 'e' });
      // The first record waits for the last one, the last one for the second, and the second for the first.
      const outcomes = await sink.write(['x', 'd', 'x'].map((id, index) => order(index + 1, id, { email: 'e' })));
      expect(outcomes.map(inWords)).toEqual(Array(3).fill('deadLettered duplicate_key'));
      const reason = 'another document holds the same value in a unique index';
      expect(deadLetters).toMatchObject([2, 3, 1].map((offset) => ({ offset, stage: 'writing', reason })));
    });

    describe('is poison alone where the server refuses that later record', () => {
      const refuses = (document: Stored) => (valueAt(document, '$set.bad') === true ? 121 : undefined);
      const setting = (fields: object) => updateOf({ _id: 'a' }, { $set: fields });
      const increment = updateOf({ _id: 'a' }, { $inc: { n: 1 } });
      const collides = setting({ email: 'e' });
      const isRefused = setting({ bad: true });
      const [TAKEN, REFUSED] = ['deadLettered duplicate_key', 'deadLettered rejected_by_target'];

      it.each([
        {
          name: 'an insert',
          records: [[collides], [isRefused], [insertOf({ _id: 'a' })]],
          said: [TAKEN, REFUSED, 'written'],
        },
        { name: 'an increment', records: [[collides], [isRefused], [increment]], said: [TAKEN, REFUSED, 'written'] },
        {
          name: 'an increment, behind two that are taken',
          records: [[collides], [collides], [isRefused], [increment]],
          said: [TAKEN, TAKEN, REFUSED, 'written'],
        },
        {
          name: 'another update',
          records: [[collides], [isRefused], [setting({ email: 'f' })]],
          said: ['written', REFUSED, 'written'],
        },
        { name: 'nothing, and both are of one record', records: [[collides, isRefused]], said: [REFUSED] },
      ])('with $name behind it', async ({ records: models, said }) => {
        const { mapper, record } = planned();
        const { queue, deadLetters } = fakeDeadLetters();
        const sink = aDocumentdbSink({
          deletes: 'hard',
          documents: { ...unique, refuses },
          mapper,
          deadLetters: queue,
        });
        sink.store.put('taken', { email: 'e' });
        const outcomes = await sink.write(models.map((each, offset) => record({ offset }, each)));
        expect(outcomes.map(inWords)).toEqual(said);
        expect(deadLetters).toHaveLength(said.filter((words) => words !== 'written').length);
      });
    });

    it('is unsettled while that later record is', async () => {
      const noPrimary = many(1_000, { kind: 'code', code: 10_107 });
      const faults = [undefined, undefined, undefined, undefined, ...noPrimary];
      const sink = withXAndY(aDocumentdbSink({ deletes: 'hard', documents: { ...unique, faults } }));
      const outcomes = await sink.write(records);
      expect(outcomes.map(inWords)).toEqual([
        'written',
        'written',
        'failed duplicate_key',
        'failed target_failed',
        'written',
      ]);
    });
  });

  it('is judged whatever becomes of the records of other collections: none of them can free the value', async () => {
    const { queue, deadLetters } = fakeDeadLetters();
    const { mapper, other } = planned();
    const documents = { ...unique, faults: [{ kind: 'code', code: 10_107 } as const] };
    const sink = aDocumentdbSink({ deletes: 'hard', documents, deadLetters: queue, mapper });
    sink.store.put('taken', { email: 'e' });
    const insertInto = (collection: string, offset: number) =>
      other(
        { offset },
        {
          kind: 'write',
          namespace: { database: 'shop', collection },
          models: [replaceOf({ _id: `id ${offset}` }, { _id: `id ${offset}`, email: 'e' })],
          version: undefined,
        },
      );
    const outcomes = await sink.write([insertInto('returns', 1), insertInto('orders', 2)]);
    expect(outcomes.map(inWords)).toEqual(['written', 'deadLettered duplicate_key']);
    expect(deadLetters).toHaveLength(1);
  });

  it('is unsettled while an earlier record of its partition is: that one may free the value', async () => {
    const { queue, deadLetters } = fakeDeadLetters(({ offset }: DeadLetter) => offset !== 1);
    const sink = aDocumentdbSink({ deletes: 'hard', documents: unique, deadLetters: queue });
    sink.store.put('taken', { email: 'e' });
    const outcomes = await sink.write([
      notJson(1, 'taken'),
      order(2, 'x', { email: 'e' }),
      order(3, 'x', { email: 'e' }),
    ]);
    expect(outcomes.map(inWords)).toEqual(['failed dead_letter_failed', 'failed duplicate_key', 'skipped']);
    expect(deadLetters).toEqual([]);
  });

  it('is judged as soon as the dead letters of the records before it are durable, whatever other dead letters take', async () => {
    const sink = aDocumentdbSink({
      deletes: 'hard',
      documents: unique,
      deadLetters: {
        put: async ({ offset }) => {
          if (offset === 3) return new Promise<boolean>(() => undefined);
          await sink.clock.waitUntil(sink.clock.nowMs() + 100);
          return true;
        },
      },
    });
    sink.store.put('taken', { email: 'e' });
    const outcomes = await sink.write([notJson(1, 'p'), order(2, 'x', { email: 'e' }), notJson(3, 'q')]);
    expect(outcomes.map(inWords)).toEqual([
      'deadLettered payload_invalid',
      'deadLettered duplicate_key',
      'failed dead_letter_failed',
    ]);
    expect(sink.telemetry.metrics()).toMatchObject({ UniqueCollisions: 3 });
  });

  it('costs two statements for each record whose value is taken for good, however many there are', async () => {
    const sink = aDocumentdbSink({ deletes: 'hard', documents: unique });
    sink.store.put('taken', { email: 'e' });
    const outcomes = await sink.write(
      Array.from({ length: 200 }, (_, offset) => order(offset, `k${offset}`, { email: 'e' })),
    );
    expect(new Set(outcomes.map(inWords))).toEqual(new Set(['deadLettered duplicate_key']));
    const statementCount = sink.store.calls.reduce((sum, { statements }) => sum + statements.length, 0);
    expect(statementCount).toBeLessThanOrEqual(2 * 200 + 2);
  });

  it('is stale, not poison, where the document is newer already', async () => {
    const sink = aDocumentdbSink({ deletes: 'hard', documents: unique });
    sink.store.put('taken', { email: 'e' });
    sink.store.put('x', { email: 'newer', _k: { 'orders-0': 9n, ts: 0n } });
    const write = sink.store.write.bind(sink.store);
    // As a server answers that looks at this index before the one on _id.
    sink.store.write = async (...parameters) => {
      const reply = await write(...parameters);
      return { ...reply, writeErrors: reply.writeErrors.map((error) => ({ ...error, duplicateIndex: 'email_1' })) };
    };
    const outcomes = await sink.write([order(2, 'x', { email: 'e' })]);
    expect(outcomes.map(inWords)).toEqual(['ignored stale']);
  });

  it('refuses tombstones where it is not sparse: unsettled, with the reason, and nothing is written', async () => {
    const sink = aDocumentdbSink({ documents: unique });
    const outcomes = await sink.write([order(1, 'a', { email: '1' })]);
    expect(outcomes[0]).toMatchObject({ kind: 'failed', failure: { code: 'rejected_by_target', retryable: true } });
    expect(JSON.stringify(outcomes)).toContain('set deletes: hard');
    expect(sink.store.calls).toEqual([]);
    const sparse = aDocumentdbSink({ documents: { uniqueIndexes: [{ field: 'email', sparse: true }] } });
    expect((await sparse.write([order(1, 'a', { email: '1' }), tombstone(2, 'a')])).map(inWords)).toEqual([
      'written',
      'written',
    ]);
  });
});
