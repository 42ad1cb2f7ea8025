import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WriteModel } from '../../functions/documentdb-sink/plan/write-model.ts';
import {
  admin,
  aStore,
  clients,
  database,
  expectKnownCommands,
  freshCollection,
  write,
} from '../support/documentdb-on-the-wire.ts';
import { deleteOf, insertOf, planned, replaceOf, updateOf } from '../support/write-models.ts';

beforeAll(() => admin.connect());

afterAll(async () => {
  await admin.db(database).dropDatabase();
  await Promise.all([admin.close(), ...clients.map((client) => client.close(true))]);
});

describe('every kind of write on the real protocol', () => {
  /** Records that compile to what is given, into a collection of their own. */
  function aCase(deletes: 'tombstone' | 'hard' = 'hard') {
    const collection = freshCollection();
    const plan = planned({ database, collection });
    const setup = { store: aStore().store, collection, deletes, mapper: plan.mapper };
    const target = admin.db(database).collection<Record<string, unknown>>(collection);
    return {
      target,
      send: async (...records: readonly [offset: number, model: WriteModel, version?: number][]) =>
        write(
          setup,
          records.map(([offset, model, version]) => plan.record({ offset }, [model], version)),
        ),
      sendTogether: async (offset: number, ...models: readonly WriteModel[]) =>
        write(setup, [plan.record({ offset }, models)]),
      stored: async (filter: object = { _id: 'k' }) => {
        const { _k, ...fields }: Record<string, unknown> = (await target.findOne(filter as never)) ?? {};
        return fields;
      },
    };
  }
  const K = { _id: 'k' };

  it('an update merges, keeps what it does not name, and does nothing when it is stale', async () => {
    const { send, stored } = aCase();
    expect(
      (await send([1, replaceOf(K, { ...K, a: { b: 1 } })], [2, updateOf(K, { $set: { 'a.c': 2 } })])).words,
    ).toEqual(['written', 'written']);
    expect((await send([4, updateOf(K, { $set: { d: 4 }, $unset: { 'a.b': '' } })])).words).toEqual(['written']);
    expect((await send([3, updateOf(K, { $set: { d: 3 } })])).words).toEqual(['ignored stale']);
    expect(await stored()).toEqual({ _id: 'k', a: { c: 2 }, d: 4 });
  });

  it('an update that must not be applied twice is applied once', async () => {
    const { send, stored } = aCase();
    const inc = updateOf(K, { $inc: { n: 1 } });
    expect((await send([1, inc], [2, inc])).words).toEqual(['written', 'written']);
    expect((await send([1, inc], [2, inc])).words).toEqual(['ignored stale', 'ignored already_applied']);
    expect(await stored()).toEqual({ _id: 'k', n: 2 });
  });

  it('$setOnInsert and timestamps are those of the first write', async () => {
    const { send, stored } = aCase();
    const stamp = (at: number) => updateOf(K, { $set: { modified: at }, $setOnInsert: { inserted: at } });
    await send([1, stamp(1)]);
    await send([2, stamp(2)], [3, stamp(3)]);
    expect(await stored()).toEqual({ _id: 'k', modified: 3, inserted: 1 });
  });

  it('an update and a replacement without upsert make no document', async () => {
    const { target, send } = aCase();
    const words = ['ignored no_match', 'ignored no_match', 'written'];
    const update = updateOf({ _id: 'a' }, { $set: { v: 1 } }, false);
    const replacement = replaceOf({ _id: 'b' }, { _id: 'b', v: 1 }, false);
    expect((await send([1, update], [2, replacement], [3, replaceOf({ _id: 'c' }, { _id: 'c' })])).words).toEqual(
      words,
    );
    expect(await target.countDocuments()).toBe(1);
  });

  it.each(['hard', 'tombstone'] as const)('insert, delete, insert, and all of it again (%s)', async (deletes) => {
    const { send, stored } = aCase(deletes);
    const records: [number, WriteModel][] = [
      [5, insertOf({ ...K, v: 5 })],
      [6, deleteOf(K)],
      [7, insertOf({ ...K, v: 7 })],
    ];
    expect((await send(...records)).words).toEqual(['written', 'written', 'written']);
    expect((await send(...records)).words).toEqual(['ignored stale', 'ignored stale', 'written']);
    expect(await stored()).toEqual({ _id: 'k', v: 7 });
  });

  it('an insert where somebody else’s document is becomes a dead letter, and its document stays', async () => {
    const { target, send, stored } = aCase();
    await target.insertOne({ _id: 'k', theirs: true } as never);
    const { words, deadLetters } = await send([5, insertOf({ ...K, v: 5 })]);
    expect(words).toEqual(['deadLettered duplicate_key']);
    expect(deadLetters).toMatchObject([{ code: 'duplicate_key' }]);
    expect(await stored()).toEqual({ _id: 'k', theirs: true });
  });

  it.each(['hard', 'tombstone'] as const)('a business key guards by its unique index (%s)', async (deletes) => {
    const { target, send, stored } = aCase(deletes);
    await target.createIndex({ 'a.b': 1, c: 1 }, { unique: true });
    const key = { c: 'x', 'a.b': 1 };
    const whole = (v: number) => replaceOf(key, { a: { b: 1 }, c: 'x', v });
    expect((await send([3, whole(3)], [5, updateOf(key, { $set: { w: 5 } })])).words).toEqual(['written', 'written']);
    expect((await send([4, whole(4)])).words).toEqual(['ignored stale']);
    expect(await stored(key)).toMatchObject({ v: 3, w: 5 });
    expect((await send([6, deleteOf(key)], [7, deleteOf({ c: 'gone', 'a.b': 2 })])).words).toEqual([
      'written',
      'written',
    ]);
    expect(await target.countDocuments({ _deletedAt: { $exists: false } })).toBe(0);
    expect((await send([8, updateOf(key, { $set: { v: 8 } })])).words).toEqual(['written']);
    expect(await stored(key)).toMatchObject({ a: { b: 1 }, c: 'x', v: 8 });
  });

  it('a business key without its unique index is written without a guard, and counted', async () => {
    const { target, send } = aCase();
    const plan = planned({ database, collection: target.collectionName });
    const { words, telemetry } = await write(
      {
        store: aStore().store,
        collection: target.collectionName,
        deletes: 'hard',
        mapper: plan.mapper,
      },
      [plan.record({ offset: 1 }, [replaceOf({ c: 1 }, { c: 1 })])],
    );
    expect(words).toEqual(['written']);
    expect(telemetry.metrics()).toMatchObject({ UnguardedWrites: 1 });
    expect((await send([1, insertOf(K)])).words).toEqual(['written']);
    expect(await target.countDocuments()).toBe(2);
  });

  it('a guard by version decides beside that by offset', async () => {
    const { send, stored } = aCase();
    await send([1, replaceOf(K, { ...K, v: 1 }), 100]);
    expect((await send([2, replaceOf(K, { ...K, v: 2 }), 99])).words).toEqual(['ignored stale']);
    expect((await send([3, updateOf(K, { $set: { v: 3 } }), 101])).words).toEqual(['written']);
    expect(await stored()).toEqual({ _id: 'k', v: 3 });
  });

  it('several writes of one record are done one after another, and again without harm', async () => {
    const { send, sendTogether, stored } = aCase();
    await send([1, replaceOf(K, { ...K, list: [1, 2, 3] })]);
    const cut = updateOf(K, { $push: { list: { $each: [], $slice: 2 } } }, false);
    const change = updateOf(K, { $set: { 'list.0': 'changed' } }, false);
    for (const _ of [1, 2]) expect((await sendTogether(5, cut, change)).words).toEqual(['written']);
    expect(await stored()).toEqual({ _id: 'k', list: ['changed', 2] });
  });

  it('an _id is one document whatever type its numbers have, and is found again by it', async () => {
    const { target, send } = aCase();
    const id = (part: unknown) => ({ _id: { n: part, 10: 'x', 9: 'y' } });
    expect(
      (await send([1, replaceOf(id(1), { ...id(1), v: 1 })], [2, replaceOf(id(1n), { ...id(1n), v: 2 })])).words,
    ).toEqual(['written', 'written']);
    // With the type of the first write, which the document keeps: the stand-in distinguishes nested numbers of other types.
    expect((await send([1, replaceOf(id(1), { ...id(1), v: 1 })], [3, deleteOf({ _id: 5 })])).words).toEqual([
      'ignored stale',
      'written',
    ]);
    expect(await target.countDocuments()).toBe(1);
  });
});

describe('every command', () => {
  it('is one that DocumentDB supports', expectKnownCommands);
});
