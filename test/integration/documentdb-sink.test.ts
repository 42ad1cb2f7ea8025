import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aRecord } from '../support/builders.ts';
import {
  admin,
  aStore,
  clients,
  database,
  expectKnownCommands,
  freshCollection,
  order,
  read,
  tombstone,
  write,
} from '../support/documentdb-on-the-wire.ts';

beforeAll(() => admin.connect());

afterAll(async () => {
  await admin.db(database).dropDatabase();
  await Promise.all([admin.close(), ...clients.map((client) => client.close(true))]);
});

describe('guarded writes on the real protocol', () => {
  it('upserts, is harmless when repeated, keeps newer versions, and deletes by tombstone with an index that expires it', async () => {
    const setup = { store: aStore().store, collection: freshCollection() };
    expect((await write(setup, [order(1, 'a'), order(2, 'b'), order(3, 'a')])).words).toEqual(Array(3).fill('written'));
    expect((await write(setup, [order(1, 'a'), order(2, 'b')])).words).toEqual(['ignored stale', 'written']);
    expect((await write(setup, [tombstone(4, 'a')])).words).toEqual(['written']);
    expect((await write(setup, [order(3, 'a')])).words).toEqual(['ignored stale']);
    const stored = await read(setup.collection, 'a');
    expect(Object.keys(stored ?? {})).toEqual(['_id', '_k', '_deletedAt']);
    const indexes = await admin.db(database).collection(setup.collection).indexes();
    expect(indexes).toContainEqual(expect.objectContaining({ key: { _deletedAt: 1 }, expireAfterSeconds: 86_400 }));
  });

  it('stores the types of the text, and the stored version as a 64-bit integer', async () => {
    const setup = { store: aStore().store, collection: freshCollection() };
    const value = '{"int":1,"long":2147483648,"double":5.0,"date":{"$date":"2026-01-02T03:04:05Z"},"10":true,"9":null}';
    expect((await write(setup, [aRecord({ offset: 7, key: 'a', value })])).words).toEqual(['written']);
    const fields = await admin
      .db(database)
      .collection(setup.collection)
      .aggregate([
        {
          $project: {
            fields: { $map: { input: { $objectToArray: '$$ROOT' }, in: { k: '$$this.k', t: { $type: '$$this.v' } } } },
          },
        },
      ])
      .toArray();
    expect(fields[0]?.['fields'].map(({ k, t }: { k: string; t: string }) => `${k} ${t}`)).toEqual([
      '_id string',
      'int int',
      'long long',
      'double double',
      'date date',
      '10 bool',
      '9 null',
      '_k object',
    ]);
    const versions = await admin
      .db(database)
      .collection(setup.collection)
      .findOne({}, { promoteValues: false, useBigInt64: false });
    expect(versions?.['_k']['orders-0']).toMatchObject({ _bsontype: 'Long', low: 7, high: 0 });
  });

  it('deletes hard, and distinguishes a stale delete from a missing document', async () => {
    const setup = { store: aStore().store, collection: freshCollection(), deletes: 'hard' } as const;
    await write(setup, [order(1, 'a'), order(9, 'b')]);
    const { words } = await write(setup, [tombstone(2, 'a'), tombstone(3, 'b'), tombstone(4, 'c')]);
    expect(words).toEqual(['written', 'ignored stale', 'written']);
    expect(await read(setup.collection, 'a')).toBeNull();
    expect(await read(setup.collection, 'b')).not.toBeNull();
  });

  it('ends with the newest version of every document when two writers work at the same time', async () => {
    const collection = freshCollection();
    const keys = Array.from({ length: 200 }, (_, index) => `k${index}`);
    const [one, other] = [aStore().store, aStore().store];
    const older = keys.map((key, index) => order(index, key));
    const newer = keys.map((key, index) => order(1_000 + index, key));
    const results = await Promise.all([
      write({ store: one, collection }, older),
      write({ store: other, collection }, newer),
    ]);
    for (const { words } of results)
      expect(words.every((word) => word === 'written' || word === 'ignored stale')).toBe(true);
    const documents = await admin.db(database).collection(collection).find().toArray();
    expect(documents.map(({ v }) => v).sort((a, b) => a - b)).toEqual(newer.map(({ position }) => position.offset));
  });

  it('lets a unique value move between documents, and makes dead letters only of records that can never be written', async () => {
    const setup = { store: aStore().store, collection: freshCollection(), deletes: 'hard' } as const;
    await admin.db(database).collection(setup.collection).createIndex({ email: 1 }, { unique: true });
    await write(setup, [order(1, 'x', { email: 'e' }), order(2, 'z', { email: 'taken' })]);
    const { words, deadLetters } = await write(setup, [
      tombstone(3, 'x'),
      order(4, 'y', { email: 'e' }),
      order(5, 'w', { email: 'taken' }),
    ]);
    expect(words).toEqual(['written', 'written', 'deadLettered duplicate_key']);
    expect(deadLetters).toMatchObject([{ offset: 5, target: `${database}.${setup.collection}` }]);
    const refused = await write({ ...setup, deletes: 'tombstone', remainingMs: 6_000 }, [
      order(6, 'v', { email: 'v' }),
    ]);
    expect(refused.words).toEqual(['failed rejected_by_target']);
  });
});

describe('every command', () => {
  it('is one that DocumentDB supports', expectKnownCommands);
});
