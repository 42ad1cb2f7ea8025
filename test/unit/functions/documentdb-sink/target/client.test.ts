import { createSecureContext } from 'node:tls';
import { type BSON, Db, MongoClient, MongoServerSelectionError, type TopologyDescription } from 'mongodb';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { EncodedDocument } from '../../../../../functions/documentdb-sink/bson/encoded-document.ts';
import { END_DOCUMENTS } from '../../../../../functions/documentdb-sink/limits.ts';
import { createDocumentStore } from '../../../../../functions/documentdb-sink/target/client.ts';
import type { DocumentStore } from '../../../../../functions/documentdb-sink/target/document-store.ts';
import { FatalError } from '../../../../../functions/documentdb-sink/target/fatal-error.ts';
import { EXTENDED_JSON } from '../../../../../functions/documentdb-sink/transcode/dialect.ts';
import { Transcoder } from '../../../../../functions/documentdb-sink/transcode/transcoder.ts';
import { payloadOf } from '../../../../../shared/record.ts';
import { systemClock } from '../../../../../shared/time/clock.ts';
import { recordedTelemetry } from '../../../../support/recorded-telemetry.ts';
import { startWireServer, type WireAnswer } from '../../../../support/wire-server.ts';

const NAMESPACE = { database: 'shop', collection: 'orders' };
const STATEMENT = { q: { _id: 1 }, u: { a: 1 }, upsert: true };
const HELLO = { isWritablePrimary: true, minWireVersion: 0, maxWireVersion: 21 };
/** The primary of a replica set. */
const MEMBER = { ...HELLO, setName: 'rs0', hosts: ['127.0.0.1:1'] };
const { signal } = new AbortController();

interface Told {
  /** Without `directConnection`, the driver looks for the primary by itself. */
  readonly isDirect?: boolean;
  /** Further options of the connection string. */
  readonly query?: string;
  readonly answer?: (command: BSON.Document) => BSON.Document | Promise<BSON.Document> | undefined;
}

/** The real client against a server that answers as told; `hello` and commands without an answer are acknowledged. */
async function aStore(
  answers: Readonly<Record<string, BSON.Document>> = {},
  { isDirect = true, query = '', answer: told }: Told = {},
) {
  const commands: BSON.Document[] = [];
  const answer: WireAnswer = (command) => {
    commands.push(command);
    const own = told?.(command);
    if (own !== undefined) return own;
    return { ...HELLO, ...answers[Object.keys(command)[0] ?? ''] };
  };
  const server = await startWireServer(answer);
  const { log, meter, lines } = recordedTelemetry();
  const uri = `mongodb://127.0.0.1:${server.port}/?directConnection=${isDirect}&tls=false${query}`;
  const readAddress = vi.fn(() => Promise.resolve({ uri, options: {} }));
  const store = createDocumentStore({
    readAddress,
    readTlsContext: () => Promise.resolve(createSecureContext()),
    poolSizeMax: 2,
    appName: 'orders-sink',
    clock: systemClock,
    log,
    meter,
  });
  onTestFinished(() => server.close());
  const of = (name: string) => commands.filter((command) => name in command);
  return { store, of, lines, readAddress };
}

describe('a write', () => {
  it.each([
    ['update', [STATEMENT], { updates: [STATEMENT] }],
    ['delete', [{ q: { _id: 1 }, limit: 1 }], { deletes: [{ q: { _id: 1 }, limit: 1 }] }],
    ['insert', [{ document: { _id: 1, a: 2 } }], { documents: [{ _id: 1, a: 2 }] }],
  ] as const)('%s is one unordered command that a majority acknowledges', async (kind, statements, body) => {
    const { store, of } = await aStore({ [kind]: { n: 1 } });
    expect(await store.write(NAMESPACE, kind, statements, signal)).toEqual({ count: 1, writeErrors: [] });
    expect(of(kind)).toMatchObject([
      { [kind]: 'orders', $db: 'shop', ordered: false, writeConcern: { w: 'majority' }, ...body },
    ]);
    expect(of(kind)[0]).not.toHaveProperty('txnNumber');
  });

  it('of documents that are BSON already has the same statements, whatever stands beside them', async () => {
    const { store, of } = await aStore({ update: { n: 3 } });
    const encoded = (id: string, value: string) => {
      const payload = payloadOf(Buffer.from(value).toString('base64'));
      const fields = new Transcoder(EXTENDED_JSON).transcode(payload);
      if (fields === undefined) throw new Error('the value is left to the other way');
      return new EncodedDocument({ id, fields, value: payload, decode: () => new Map() }, { 'orders-0': 7n, ts: 1n });
    };
    const statements = [
      { q: { _id: 'a', '_k.orders-0': { $not: { $gt: 7n } } }, u: encoded('a', '{"x":[1,"é"]}'), upsert: true },
      { q: new Map([['_id', new Map([['n', 1.5]])]]), u: new Map([['y', null]]), upsert: false },
      { q: { _id: 'ключ' }, u: encoded('ключ', '{}'), upsert: true },
    ];
    expect(await store.write(NAMESPACE, 'update', statements, signal)).toEqual({ count: 3, writeErrors: [] });
    expect(of('update')).toMatchObject([
      { update: 'orders', $db: 'shop', ordered: false, writeConcern: { w: 'majority' } },
    ]);
    expect(of('update')[0]?.['updates']).toEqual([
      {
        q: { _id: 'a', '_k.orders-0': { $not: { $gt: 7 } } },
        u: { _id: 'a', x: [1, 'é'], _k: { 'orders-0': 7, ts: 1 } },
        upsert: true,
      },
      { q: { _id: { n: 1.5 } }, u: { y: null }, upsert: false },
      { q: { _id: 'ключ' }, u: { _id: 'ключ', _k: { 'orders-0': 7, ts: 1 } }, upsert: true },
    ]);
  });

  it('goes to its own database, also when records name many databases in turn', async () => {
    const { store, of } = await aStore({ update: { n: 1 } });
    const names = Array.from({ length: 120 }, (_, index) => `shop-${index}`);
    for (const database of [...names, ...names])
      await store.write({ ...NAMESPACE, database }, 'update', [STATEMENT], signal);
    expect(of('update').map(({ $db }) => $db)).toEqual([...names, ...names]);
  });

  it('asks the driver for a database once, and keeps no more than a hundred', async () => {
    const { store } = await aStore({ update: { n: 1 } });
    await store.write(NAMESPACE, 'update', [STATEMENT], signal);
    const asked = vi.spyOn(MongoClient.prototype, 'db');
    onTestFinished(() => asked.mockRestore());
    const write = (database: string) => store.write({ ...NAMESPACE, database }, 'update', [STATEMENT], signal);
    for (let time = 0; time < 3; time += 1) await write('shop');
    expect(asked).not.toHaveBeenCalled();
    for (let index = 0; index < 100; index += 1) await write(`shop-${index}`);
    await write('shop');
    expect(asked).toHaveBeenCalledTimes(101);
  });

  it('has no count where the server says none', async () => {
    const { store } = await aStore();
    expect((await store.write(NAMESPACE, 'update', [STATEMENT], signal)).count).toBe(-1);
  });

  it('says which statement failed, with which code and by which index, and nothing of the message', async () => {
    const writeErrors = [
      { index: 2, code: 11_000, errmsg: 'E11000 secret', keyPattern: { email: 1 }, keyValue: { email: 'secret' } },
      { index: 5, code: 121, errmsg: 'secret' },
    ];
    const { store } = await aStore({ update: { n: 3, writeErrors } });
    const reply = await store.write(NAMESPACE, 'update', [STATEMENT], signal);
    expect(reply).toMatchObject({
      count: 3,
      writeErrors: [
        { index: 2, code: 11_000 },
        { index: 5, code: 121 },
      ],
    });
    expect(JSON.stringify(reply)).not.toContain('secret');
  });

  it('knows nothing of an error that says nothing', async () => {
    const { store } = await aStore({ update: { n: 0, writeErrors: [null] } });
    const { writeErrors } = await store.write(NAMESPACE, 'update', [STATEMENT], signal);
    expect(writeErrors).toMatchObject([{ index: Number.NaN, code: Number.NaN }]);
  });

  it('rejects where the write concern failed: it is not known what is stored', async () => {
    const { store } = await aStore({ update: { n: 1, writeConcernError: { code: 64, errmsg: 'timeout' } } });
    await expect(store.write(NAMESPACE, 'update', [STATEMENT], signal)).rejects.toMatchObject({ code: 64 });
  });
});

describe('the client of an environment', () => {
  const AUTHENTICATION_FAILED = 18;
  const write = ({ store }: Awaited<ReturnType<typeof aStore>>) =>
    store.write(NAMESPACE, 'update', [STATEMENT], signal);

  it.each([
    { name: 'refused credentials', code: AUTHENTICATION_FAILED, isDirect: true, addresses: 2 },
    { name: 'refused credentials', code: AUTHENTICATION_FAILED, isDirect: false, addresses: 2 },
    ...[189, 10_058, 10_107, 11_602, 13_435, 13_436].flatMap((code) => [
      { name: 'a server that is no primary any more', code, isDirect: true, addresses: 2 },
      { name: 'a primary that the driver finds by itself', code, isDirect: false, addresses: 1 },
    ]),
    { name: 'a missing right', code: 13, isDirect: true, addresses: 1 },
  ])(
    'reads the address $addresses time(s) with $name ($code, direct: $isDirect)',
    async ({ code, isDirect, addresses }) => {
      const target = await aStore({ update: { ok: 0, code, errmsg: 'refused' } }, { isDirect });
      await expect(write(target)).rejects.toMatchObject({ code });
      await target.store.limits(signal);
      expect(target.readAddress).toHaveBeenCalledTimes(addresses);
    },
  );

  it('is made anew once no server can be found, for the name of the cluster may have other addresses', async () => {
    const target = await aStore({ update: { n: 1 } });
    await write(target);
    const description = { error: undefined } as unknown as TopologyDescription;
    const lost = vi
      .spyOn(Db.prototype, 'command')
      .mockRejectedValueOnce(new MongoServerSelectionError('x', description));
    onTestFinished(() => lost.mockRestore());
    await expect(write(target)).rejects.toThrow(MongoServerSelectionError);
    await write(target);
    expect(target.readAddress).toHaveBeenCalledTimes(2);
  });

  it('is made anew where its making failed', async () => {
    const target = await aStore({ update: { n: 1 } });
    target.readAddress.mockRejectedValueOnce(new RangeError('the secret cannot be read'));
    await expect(write(target)).rejects.toThrow('the secret cannot be read');
    expect(await write(target)).toMatchObject({ count: 1 });
    expect(target.readAddress).toHaveBeenCalledTimes(2);
  });

  it.each([
    ['in use', { update: { ok: 0, code: AUTHENTICATION_FAILED } }],
    ['that is being made', { hello: { ok: 0, code: AUTHENTICATION_FAILED } }],
  ])('leaves no connection open when one %s is given up', async (_which, answers) => {
    const closed = vi.spyOn(MongoClient.prototype, 'close');
    onTestFinished(() => closed.mockRestore());
    const target = await aStore(answers);
    await expect(write(target)).rejects.toMatchObject({ code: AUTHENTICATION_FAILED });
    expect(closed).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['never ends', () => new Promise<never>(() => undefined)],
    ['fails', () => Promise.reject(new RangeError('the socket is gone'))],
  ])('is given up although its end %s', async (_how, close) => {
    // A spy would handle the rejection.
    const { close: before } = MongoClient.prototype;
    MongoClient.prototype.close = close;
    onTestFinished(() => {
      MongoClient.prototype.close = before;
    });
    const target = await aStore({ update: { ok: 0, code: AUTHENTICATION_FAILED } });
    await expect(write(target)).rejects.toMatchObject({ code: AUTHENTICATION_FAILED });
    await target.store.limits(signal);
    expect(target.readAddress).toHaveBeenCalledTimes(2);
  });

  it('is given up once, however many calls were under way', async () => {
    const target = await aStore({ update: { n: 1 } });
    await target.store.limits(signal);
    const [first, second] = [Promise.withResolvers<never>(), Promise.withResolvers<never>()];
    const command = vi.spyOn(Db.prototype, 'command').mockReturnValueOnce(first.promise);
    command.mockReturnValueOnce(second.promise);
    onTestFinished(() => command.mockRestore());
    const writes = [write(target), write(target)];
    const refusal = { code: AUTHENTICATION_FAILED };
    first.reject(refusal);
    await expect(writes[0]).rejects.toBe(refusal);
    await write(target);
    second.reject(refusal);
    await expect(writes[1]).rejects.toBe(refusal);
    await write(target);
    expect(target.readAddress).toHaveBeenCalledTimes(2);
  });

  it.each<[string, (store: DocumentStore, signal: AbortSignal) => Promise<unknown>]>([
    ['update', (store, aborted) => store.write(NAMESPACE, 'update', [STATEMENT], aborted)],
    ['find', (store, aborted) => store.findVersions(NAMESPACE, [1], aborted)],
    ['find', (store, aborted) => store.findVersionsOf(NAMESPACE, { email: 'a' }, aborted)],
    ['listIndexes', (store, aborted) => store.listIndexes(NAMESPACE, aborted)],
    ['createIndexes', (store, aborted) => store.ensureTtlIndex(NAMESPACE, 60, aborted)],
    ['find', (store, aborted) => store.ensureTtlIndex(NAMESPACE, 60, aborted)],
  ])('waits for no answer to %s once the call is aborted', async (command, call) => {
    const controller = new AbortController();
    const silence = (sent: BSON.Document) => {
      if (!(command in sent)) return undefined;
      controller.abort();
      return new Promise<never>(() => undefined);
    };
    const { store } = await aStore({ find: documents() }, { answer: silence });
    await expect(call(store, controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a read of versions', () => {
  const firstBatch = [
    { _id: 1, _k: { 'orders-0': 7n } },
    { _id: 2, _deletedAt: new Date(0) },
  ];

  it('takes all documents in one batch, without their fields, and tells a tombstone', async () => {
    const { store, of } = await aStore({ find: { cursor: { id: 0n, ns: 'shop.orders', firstBatch } } });
    expect(await store.findVersions(NAMESPACE, [1, 2], signal)).toEqual([
      { id: 1, versions: { 'orders-0': 7n }, isDeleted: false },
      { id: 2, versions: undefined, isDeleted: true },
    ]);
    expect(of('find')).toMatchObject([
      { find: 'orders', filter: { _id: { $in: [1, 2] } }, projection: { _k: 1, _deletedAt: 1 }, batchSize: 3 },
    ]);
  });

  it('is of the primary, whatever the connection string says', async () => {
    const replies = {
      find: { cursor: { id: 0n, ns: 'shop.orders', firstBatch: [] } },
      ismaster: MEMBER,
      hello: MEMBER,
    };
    const { store, of } = await aStore(replies, { query: '&readPreference=secondary' });
    await store.findVersions(NAMESPACE, [1], signal);
    await store.findVersionsOf(NAMESPACE, { email: 'a' }, signal);
    // What the driver writes for `primary` on a direct connection.
    const $readPreference = { mode: 'primaryPreferred' };
    expect(of('find')).toMatchObject([{ $readPreference }, { $readPreference }]);
  });

  it('by a filter takes one document at most', async () => {
    const { store, of } = await aStore({ find: { cursor: { id: 0n, ns: 'shop.orders', firstBatch: [] } } });
    expect(await store.findVersionsOf(NAMESPACE, { email: 'a' }, signal)).toBeUndefined();
    expect(of('find')).toMatchObject([{ filter: { email: 'a' }, limit: 1 }]);
  });
});

describe('the indexes of a collection', () => {
  it('are read with what makes them unique for all documents or for some', async () => {
    const firstBatch = [
      { name: '_id_', key: { _id: 1 } },
      { name: 'email_1', key: { email: 1, tenant: 1 }, unique: true, sparse: true },
      { name: 'p', key: { p: 1 }, unique: true, partialFilterExpression: { a: 1 } },
    ];
    const { store, of } = await aStore({ listIndexes: { cursor: { id: 0n, ns: 'shop.orders', firstBatch } } });
    expect(await store.listIndexes(NAMESPACE, signal)).toEqual([
      { name: '_id_', fields: ['_id'], isUnique: false, isSparse: false, isPartial: false },
      { name: 'email_1', fields: ['email', 'tenant'], isUnique: true, isSparse: true, isPartial: false },
      { name: 'p', fields: ['p'], isUnique: true, isSparse: false, isPartial: true },
    ]);
    expect(of('listIndexes')[0]?.['cursor'].batchSize).toBeGreaterThan(64);
  });

  it('are none where the collection does not exist, and an error for any other answer', async () => {
    const missing = await aStore({ listIndexes: { ok: 0, code: 26, errmsg: 'ns does not exist' } });
    expect(await missing.store.listIndexes(NAMESPACE, signal)).toEqual([]);
    const empty = await aStore();
    expect(await empty.store.listIndexes(NAMESPACE, signal)).toEqual([]);
    const refused = await aStore({ listIndexes: { ok: 0, code: 13, errmsg: 'not authorized' } });
    await expect(refused.store.listIndexes(NAMESPACE, signal)).rejects.toMatchObject({ code: 13 });
  });

  it('get a TTL index in seconds for tombstones', async () => {
    const { store, of } = await aStore({ find: documents() });
    await store.ensureTtlIndex(NAMESPACE, 86_400, signal);
    expect(of('createIndexes')).toMatchObject([
      {
        createIndexes: 'orders',
        $db: 'shop',
        indexes: [{ key: { _deletedAt: 1 }, name: '_deletedAt_ttl', expireAfterSeconds: 86_400, background: true }],
      },
    ]);
  });

  it.each([
    [48, '_deletedAt_ttl'],
    [49, '_dttl'],
    [57, '_dttl'],
  ])('name it so that DocumentDB takes it with a collection of %i characters', async (length, name) => {
    const { store, of } = await aStore({ find: documents() });
    const collection = 'c'.repeat(length);
    await store.ensureTtlIndex({ ...NAMESPACE, collection }, 86_400, signal);
    expect(of('createIndexes')).toMatchObject([{ createIndexes: collection, indexes: [{ name }] }]);
    expect(`${collection}$${name}`.length).toBeLessThanOrEqual(63);
  });
});

const documents = (...firstBatch: readonly object[]) => ({ cursor: { id: 0n, ns: 'shop.orders', firstBatch } });

describe('the TTL index of a collection that another writer fills', () => {
  const SOFT_DELETED = { _id: 7, _deletedAt: new Date(0) };

  it.each([
    { end: 'first', direction: 1 },
    { end: 'last', direction: -1 },
  ])('is not made where its $end documents have the field: it would remove them', async ({ direction }) => {
    const { store, of } = await aStore(
      {},
      {
        answer: ({ find, sort }) =>
          find === undefined ? undefined : documents(...(sort._id === direction ? [SOFT_DELETED] : [{ _id: 1 }])),
      },
    );
    await expect(store.ensureTtlIndex(NAMESPACE, 86_400, signal)).rejects.toThrow(
      /^documents of another writer have a field _deletedAt, and the index would remove these documents: rename the field/,
    );
    expect(of('createIndexes')).toEqual([]);
  });

  it.each([null, 'yesterday', false])(
    'is not made for a field of %j either, which counts as deleted',
    async (value) => {
      const { store } = await aStore({ find: documents({ _id: 1, _deletedAt: value }) });
      await expect(store.ensureTtlIndex(NAMESPACE, 86_400, signal)).rejects.toBeInstanceOf(FatalError);
    },
  );

  it('is made where the field is of tombstones alone, after a bounded look at both ends', async () => {
    const { store, of } = await aStore({ find: documents({ ...SOFT_DELETED, _k: { 'orders-0': 1n } }, { _id: 8 }) });
    await store.ensureTtlIndex(NAMESPACE, 86_400, signal);
    expect(of('createIndexes')).toHaveLength(1);
    const look = { filter: {}, projection: { _k: 1, _deletedAt: 1 }, limit: END_DOCUMENTS };
    expect(of('find')).toMatchObject([
      { ...look, sort: { _id: 1 } },
      { ...look, sort: { _id: -1 } },
    ]);
    expect(of('getMore')).toEqual([]);
  });

  it('is left to whoever made an index on the field', async () => {
    const { store, of } = await aStore({
      find: documents(SOFT_DELETED),
      listIndexes: documents({ name: 'by_hand', key: { _deletedAt: 1 }, expireAfterSeconds: 86_400 }),
    });
    await store.ensureTtlIndex(NAMESPACE, 86_400, signal);
    expect([of('find').length, of('createIndexes').length]).toEqual([0, 1]);
  });
});

describe('a TTL index of another name', () => {
  const conflict = { ok: 0, code: 85, errmsg: 'Index already exists with a different name: by_hand' };
  const ensureBeside = async (...firstBatch: readonly object[]) => {
    const { store } = await aStore({
      createIndexes: conflict,
      find: documents(),
      listIndexes: { cursor: { id: 0n, ns: 'shop.orders', firstBatch } },
    });
    return await store.ensureTtlIndex(NAMESPACE, 86_400, signal);
  };

  it('is as good, if it has the lifetime', async () => {
    await ensureBeside(
      { name: '_id_', key: { _id: 1 } },
      { name: 'by_hand', key: { _deletedAt: 1 }, expireAfterSeconds: 86_400 },
    );
  });

  it.each([
    ['another lifetime', { name: 'by_hand', key: { _deletedAt: 1 }, expireAfterSeconds: 60 }],
    ['no lifetime', { name: 'by_hand', key: { _deletedAt: 1 } }],
    ['other fields too', { name: 'by_hand', key: { _deletedAt: 1, a: 1 }, expireAfterSeconds: 86_400 }],
    ['another field', { name: 'by_hand', key: { a: 1 }, expireAfterSeconds: 86_400 }],
  ])('is none with %s', async (_, index) => {
    await expect(ensureBeside(index)).rejects.toMatchObject({ code: 85 });
  });
});

describe('the limits of the server', () => {
  it.each([
    [
      { maxBsonObjectSize: 1_000, maxWriteBatchSize: 7 },
      { documentBytesMax: 1_000, operationsMax: 7 },
    ],
    [{}, { documentBytesMax: 16_777_216, operationsMax: 100_000 }],
    [
      { maxBsonObjectSize: 0, maxWriteBatchSize: -1 },
      { documentBytesMax: 16_777_216, operationsMax: 100_000 },
    ],
  ])('are those of hello %j, or else the documented ones', async (hello, limits) => {
    const { store } = await aStore({ hello });
    expect(await store.limits(signal)).toEqual(limits);
  });

  it('are asked for once, together with the version of the engine, which is logged', async () => {
    const { store, of, lines } = await aStore({ getEngineVersion: { version: '5.0.0' } });
    await store.limits(signal);
    await store.limits(signal);
    expect([...of('hello'), ...of('getEngineVersion')].map(({ $db }) => $db)).toEqual(['admin', 'admin']);
    expect(lines).toMatchObject([{ message: 'documentdb_connected', fields: { engineVersion: '5.0.0' } }]);
  });
});
