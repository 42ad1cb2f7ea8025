import { describe, expect, it } from 'vitest';
import type { SentWrite } from '../../../../../functions/documentdb-sink/guard/write.ts';
import { COLLECTIONS_MAX, MISSING_KEYS_MAX } from '../../../../../functions/documentdb-sink/limits.ts';
import type { ReplaceOne } from '../../../../../functions/documentdb-sink/plan/write-model.ts';
import { createCollections } from '../../../../../functions/documentdb-sink/target/collections.ts';
import { FatalError } from '../../../../../functions/documentdb-sink/target/fatal-error.ts';
import { createUniqueOrder } from '../../../../../functions/documentdb-sink/target/unique-order.ts';
import { FakeDocuments, foreignError, LEAK, type UniqueIndex } from '../../../../support/fake-documents.ts';
import { recordedTelemetry } from '../../../../support/recorded-telemetry.ts';
import { VirtualClock } from '../../../../support/virtual-clock.ts';
import { replaceOf, updateOf, writeOf } from '../../../../support/write-models.ts';

describe('a unique index in which tombstones would collide', () => {
  it('is fatal only for its own collection', async () => {
    const store = new FakeDocuments({ uniqueIndexes: [{ field: 'email' }] });
    const collections = createCollections({
      store,
      clock: new VirtualClock(),
      ...recordedTelemetry(),
      deletes: 'tombstone',
      tombstoneTtlSeconds: 86_400,
    });
    const writes = [writeOf(replaceOf({ _id: 'k' }, {}))];
    const prepared = collections.prepare(
      { database: 'shop', collection: 'orders' },
      writes,
      new AbortController().signal,
    );
    await expect(prepared).rejects.toBeInstanceOf(FatalError);
    await expect(prepared).rejects.toMatchObject({ code: 'rejected_by_target', scope: 'collection' });
    expect(store.ttlIndexes).toEqual([]);
  });
});

describe('the unique index of a business key', () => {
  const key = writeOf(replaceOf({ b: 1, a: 1 }, { a: 1, b: 1 }));
  const setup = (uniqueIndexes: readonly UniqueIndex[], deletes: 'tombstone' | 'hard') => {
    const store = new FakeDocuments({ uniqueIndexes });
    let asked = 0;
    const { listIndexes } = store;
    store.listIndexes = (namespace) => {
      asked += 1;
      return listIndexes(namespace);
    };
    const telemetry = recordedTelemetry();
    const clock = new VirtualClock();
    const parts = { store, clock, ...telemetry, deletes, tombstoneTtlSeconds: 86_400 };
    const collections = createCollections(parts);
    const prepare = (writes: readonly SentWrite[]) =>
      collections.prepare({ database: 'shop', collection: 'orders' }, writes, new AbortController().signal);
    const doubt = () => collections.doubt({ database: 'shop', collection: 'orders' });
    return { store, clock, prepare, doubt, askedCount: () => asked };
  };

  it('is named for its fields in any order, and asked for once', async () => {
    const { prepare, askedCount } = setup([{ field: 'a,b' }], 'hard');
    expect((await prepare([key])).indexes).toEqual(new Map([['a\nb', 'a_1_b_1']]));
    await prepare([key]);
    expect(askedCount()).toBe(1);
  });

  it('guards no write whose value leaves the key: the next one would not find the document', async () => {
    const { prepare } = setup([{ field: 'a,b' }], 'hard');
    const leaving = writeOf(replaceOf({ a: 1, b: 1 }, { a: 1 }));
    const guards = await prepare([key, leaving]);
    expect([key, leaving].map((write) => guards.canGuard(write))).toEqual([true, false]);
  });

  it('is looked for again a minute after it was missing, for somebody may have made it', async () => {
    const { store, clock, prepare, askedCount } = setup([], 'hard');
    expect((await prepare([key])).canGuard(key)).toBe(false);
    store.options = { uniqueIndexes: [{ field: 'b,a' }] };
    expect((await prepare([key])).canGuard(key)).toBe(false);
    expect(askedCount()).toBe(1);
    await clock.advance(60_000);
    expect((await prepare([key])).canGuard(key)).toBe(true);
  });

  it('is looked at again every minute: somebody may have dropped it, or made it anew with another name', async () => {
    const { store, clock, prepare, askedCount } = setup([{ field: 'a,b' }], 'hard');
    const guards = await prepare([key]);
    store.options = { uniqueIndexes: [] };
    await clock.advance(59_999);
    expect((await prepare([key])).canGuard(key)).toBe(true);
    await clock.advance(1);
    expect((await prepare([key])).canGuard(key)).toBe(false);
    store.options = { uniqueIndexes: [{ field: 'b,a', sparse: true }] };
    await clock.advance(60_000);
    await prepare([key]);
    expect([guards.canGuard(key), [...guards.indexes.values()], askedCount()]).toEqual([true, ['b_1_a_1'], 3]);
  });

  it('guards a key of nulls once it is no longer sparse', async () => {
    const nulls = writeOf(replaceOf({ a: null, b: null }, {}));
    const { store, clock, prepare } = setup([{ field: 'a,b', sparse: true }], 'hard');
    expect((await prepare([nulls])).canGuard(nulls)).toBe(false);
    store.options = { uniqueIndexes: [{ field: 'a,b' }] };
    await clock.advance(60_000);
    expect((await prepare([nulls])).canGuard(nulls)).toBe(true);
  });

  it('of another business key is missing only if the indexes could be listed', async () => {
    const { store, prepare } = setup([{ field: 'a,b' }], 'hard');
    await prepare([key]);
    store.listIndexes = () => Promise.reject(new Error('not now'));
    await expect(prepare([writeOf(replaceOf({ c: 1 }, {}))])).rejects.toThrow('not now');
  });

  it('is not asked for where a write needs no guard', async () => {
    const { prepare, askedCount } = setup([], 'hard');
    const model = replaceOf({ a: 1, b: 1 }, {}) as ReplaceOne;
    const plain: SentWrite = { ...key, kind: 'plain', model };
    expect((await prepare([plain])).canGuard(plain)).toBe(true);
    expect(askedCount()).toBe(0);
  });

  it('guards $setOnInsert where deletes leave no tombstone that it would meet', async () => {
    const update = writeOf(updateOf({ a: 1, b: 1 }, { $setOnInsert: { c: 1 } }));
    const guards = (deletes: 'tombstone' | 'hard') => setup([{ field: 'a,b' }], deletes).prepare([update]);
    expect([(await guards('hard')).canGuard(update), (await guards('tombstone')).canGuard(update)]).toEqual([
      true,
      false,
    ]);
  });

  it('is remembered as missing for a bounded number of business keys, which are then all looked for again', async () => {
    const { prepare, askedCount } = setup([], 'hard');
    const ofPlace = (place: number) => writeOf(replaceOf({ [`field${place}`]: 1 }, {}));
    const first = Array.from({ length: MISSING_KEYS_MAX }, (_, place) => ofPlace(place));
    await prepare(first);
    await prepare(first.slice(0, 2));
    expect(askedCount()).toBe(1);
    await prepare([ofPlace(MISSING_KEYS_MAX)]);
    await prepare(first.slice(0, 2));
    await prepare(first.slice(0, 2));
    expect(askedCount()).toBe(3);
  });

  it('stays known where the indexes cannot be listed again', async () => {
    const { store, clock, prepare } = setup([{ field: 'a,b' }], 'hard');
    await prepare([key]);
    store.listIndexes = () => Promise.reject(new Error('not now'));
    await clock.advance(60_000);
    expect((await prepare([key])).canGuard(key)).toBe(true);
  });

  it('may be doubted before the collection is known', () => {
    expect(setup([], 'hard').doubt).not.toThrow();
  });

  it('in which tombstones collide is found after a conflict, at most once a minute, and refused until it is gone', async () => {
    const byId = writeOf(replaceOf({ _id: 'k' }, {}));
    const { store, clock, prepare, doubt, askedCount } = setup([], 'tombstone');
    await prepare([byId]);
    store.options = { uniqueIndexes: [{ field: 'email' }] };
    doubt();
    await prepare([byId]);
    await clock.advance(60_000);
    await expect(prepare([byId])).rejects.toBeInstanceOf(FatalError);
    await expect(prepare([byId])).rejects.toBeInstanceOf(FatalError);
    store.options = { uniqueIndexes: [] };
    await prepare([byId]);
    await clock.advance(60_000);
    await prepare([byId]);
    expect(askedCount()).toBe(4);
  });

  it('is none that holds a part of the documents alone', async () => {
    const { store, prepare } = setup([], 'hard');
    const partial = { name: 'a_b', fields: ['a', 'b'], isUnique: true, isSparse: false, isPartial: true };
    store.listIndexes = () => Promise.resolve([partial, { ...partial, isUnique: false, isPartial: false }]);
    expect((await prepare([key])).canGuard(key)).toBe(false);
  });

  it('guards no key of nulls where it is sparse: documents without the fields are equal to it, and not indexed', async () => {
    const nulls = writeOf(replaceOf({ a: null, b: null }, {}));
    const half = writeOf(replaceOf({ a: null, b: 1 }, { b: 1 }));
    const sparse = await setup([{ field: 'a,b', sparse: true }], 'hard').prepare([key, nulls, half]);
    expect([key, nulls, half].map((write) => sparse.canGuard(write))).toEqual([true, false, true]);
    const dense = await setup([{ field: 'a,b' }], 'hard').prepare([nulls]);
    expect(dense.canGuard(nulls)).toBe(true);
  });

  it('is not asked for where _id decides, and deletes are hard', async () => {
    const { prepare, askedCount } = setup([], 'hard');
    await prepare([writeOf(replaceOf({ _id: 'k', region: 'eu' }, {}))]);
    expect(askedCount()).toBe(0);
  });

  it('is none that tombstones collide on; others are, unless they are sparse or partial', async () => {
    const { store, prepare } = setup([{ field: 'a,b' }, { field: 'c', sparse: true }], 'tombstone');
    expect((await prepare([key])).canGuard(key)).toBe(true);
    expect(store.ttlIndexes).toHaveLength(1);
    const strict = setup([{ field: 'a,b' }, { field: 'c' }], 'tombstone');
    await expect(strict.prepare([key])).rejects.toBeInstanceOf(FatalError);
    const partial = setup([{ field: 'a,b' }], 'tombstone');
    const { listIndexes } = partial.store;
    const index = { name: 'c', fields: ['c'], isUnique: true, isSparse: false, isPartial: true };
    partial.store.listIndexes = async (namespace) => [...(await listIndexes(namespace)), index];
    expect((await partial.prepare([key])).canGuard(key)).toBe(true);
  });
});

describe('the name of a collection that a record names', () => {
  const namespace = { database: 'shop', collection: LEAK, isOfRecord: true };
  const setup = (uniqueIndexes: readonly UniqueIndex[]) => {
    const store = new FakeDocuments({ uniqueIndexes });
    const telemetry = recordedTelemetry();
    const parts = { store, clock: new VirtualClock(), ...telemetry, tombstoneTtlSeconds: 86_400 };
    return { store, telemetry, collections: createCollections({ ...parts, deletes: 'tombstone' }) };
  };
  const writes = [writeOf(replaceOf({ _id: 'k' }, {}))];
  const { signal } = new AbortController();

  it('stands in no error', async () => {
    const prepared = setup([{ field: 'email' }]).collections.prepare(namespace, writes, signal);
    await expect(prepared).rejects.toThrow('a collection that a record names has 1 unique index');
  });

  it('stands in no log line', async () => {
    const { store, telemetry, collections } = setup([]);
    store.ttlIndexFails = true;
    await collections.prepare(namespace, writes, signal);
    await collections.finish(10_000, signal);
    expect(telemetry.lines).toMatchObject([{ message: 'tombstone_index_failed' }]);
    expect(JSON.stringify(telemetry.lines)).not.toContain(LEAK);
  });
});

describe('what is remembered of collections', () => {
  const namespaceAt = (place: number) => ({ database: 'shop', collection: `orders-${place}` });
  const writes = [writeOf(replaceOf({ _id: 'k' }, {}))];
  const { signal } = new AbortController();

  it('is bounded, and of more than that the oldest is forgotten, with its tombstone index', async () => {
    const store = new FakeDocuments({});
    const asked: string[] = [];
    const { listIndexes } = store;
    store.listIndexes = (namespace) => {
      asked.push(namespace.collection);
      return listIndexes(namespace);
    };
    const made = () => store.ttlIndexes.map(({ namespace }) => namespace);
    const parts = { store, clock: new VirtualClock(), ...recordedTelemetry(), deletes: 'tombstone' } as const;
    const collections = createCollections({ ...parts, tombstoneTtlSeconds: 86_400 });
    for (let place = 0; place <= COLLECTIONS_MAX; place += 1)
      await collections.prepare(namespaceAt(place), writes, signal);
    await collections.prepare(namespaceAt(0), writes, signal);
    expect([asked.length, made().length]).toEqual([COLLECTIONS_MAX + 1, COLLECTIONS_MAX + 1]);
    collections.trim();
    for (const place of [1, COLLECTIONS_MAX, 0]) await collections.prepare(namespaceAt(place), writes, signal);
    expect(asked.slice(COLLECTIONS_MAX + 1)).toEqual(['orders-0']);
    expect(made().slice(COLLECTIONS_MAX + 1)).toEqual(['shop.orders-0']);
  });

  it('is bounded where another unique index is looked for', async () => {
    const order = createUniqueOrder(new FakeDocuments({ uniqueIndexes: [{ field: 'email' }] }));
    for (let place = 0; place <= COLLECTIONS_MAX; place += 1) await order.look(namespaceAt(place), writes, signal);
    expect([0, COLLECTIONS_MAX].map((place) => order.isKnown(namespaceAt(place)))).toEqual([true, true]);
    order.trim();
    const isKnown = [0, 1, COLLECTIONS_MAX].map((place) => order.isKnown(namespaceAt(place)));
    expect(isKnown).toEqual([false, true, true]);
    expect(order.matters(namespaceAt(1))).toBe(true);
  });
});

describe('the index that removes tombstones', () => {
  const namespace = { database: 'shop', collection: 'orders' };
  const writes = [writeOf(replaceOf({ _id: 'k' }, {}))];

  /** A server that refuses the index, after `delayMs`. */
  function setup(code: number | Error, delayMs = 0) {
    const store = new FakeDocuments();
    const clock = new VirtualClock();
    let triedCount = 0;
    store.ensureTtlIndex = async () => {
      triedCount += 1;
      await clock.waitUntil(clock.nowMs() + delayMs);
      throw typeof code === 'number' ? foreignError('MongoServerError', code) : code;
    };
    const telemetry = recordedTelemetry();
    const parts = { store, clock, ...telemetry, tombstoneTtlSeconds: 86_400 };
    return {
      collections: createCollections({ ...parts, deletes: 'tombstone' }),
      clock,
      telemetry,
      tried: () => triedCount,
    };
  }

  const OTHER_LIFETIME = 'run collMod with {index: {keyPattern: {_deletedAt: 1}, expireAfterSeconds: 86400}}';

  it.each([
    [13, 'create an index on _deletedAt'],
    [85, OTHER_LIFETIME],
    [86, OTHER_LIFETIME],
  ])('that the server refuses with code %i is reported with what to do', async (code, remedy) => {
    const { collections, telemetry } = setup(code);
    const { signal } = new AbortController();
    await collections.prepare(namespace, writes, signal);
    await collections.finish(10_000, signal);
    expect(telemetry.lines).toMatchObject([
      { message: 'tombstone_index_failed', fields: { remedy: expect.stringContaining(remedy) } },
    ]);
  });

  it('that the server refuses is tried again a minute later', async () => {
    const { collections, clock, tried } = setup(13);
    const { signal } = new AbortController();
    const prepare = async () => {
      await collections.prepare(namespace, writes, signal);
      await collections.finish(clock.nowMs() + 10_000, signal);
      return tried();
    };
    expect([await prepare(), await prepare()]).toEqual([1, 1]);
    await clock.advance(60_000);
    expect(await prepare()).toBe(2);
  });

  it('that would remove documents of another writer is reported once, and not tried again', async () => {
    const why = 'the collection has documents of another writer';
    const refused = new FatalError('rejected_by_target', why, { scope: 'collection' });
    const { collections, clock, telemetry, tried } = setup(refused);
    const { signal } = new AbortController();
    for (let minute = 0; minute < 3; minute += 1) {
      await collections.prepare(namespace, writes, signal);
      await collections.finish(clock.nowMs() + 10_000, signal);
      await clock.advance(60_000);
    }
    expect(tried()).toBe(1);
    expect(telemetry.lines).toMatchObject([{ message: 'tombstone_index_failed', fields: { remedy: why } }]);
    expect(telemetry.metrics()).toMatchObject({ TombstoneIndexFailed: 1 });
  });

  it('is not asked for again while the server still makes the index', async () => {
    const { collections, clock, tried } = setup(13, 600_000);
    const { signal } = new AbortController();
    await collections.prepare(namespace, writes, signal);
    await clock.advance(120_000);
    await collections.prepare(namespace, writes, signal);
    expect(tried()).toBe(1);
  });

  it('is waited for in each collection of the batch', async () => {
    const { collections, clock, telemetry } = setup(13, 500);
    const { signal } = new AbortController();
    await collections.prepare(namespace, writes, signal);
    await clock.advance(400);
    await collections.prepare({ ...namespace, collection: 'returns' }, writes, signal);
    await clock.run(collections.finish(clock.nowMs() + 10_000, signal));
    expect(telemetry.metrics()).toEqual({ TombstoneIndexFailed: 2 });
  });

  it('that the invocation does not wait for any longer is no failure', async () => {
    const { collections, telemetry } = setup(13, 60_000);
    const controller = new AbortController();
    await collections.prepare(namespace, writes, controller.signal);
    controller.abort('the answer is due');
    await collections.finish(10_000, controller.signal);
    await new Promise((resolve) => setImmediate(resolve));
    expect(telemetry.lines).toEqual([]);
    expect(telemetry.metrics()).toEqual({});
  });
});
