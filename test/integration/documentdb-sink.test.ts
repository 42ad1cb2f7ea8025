import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import type { CommandStartedEvent, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { createNativeMapper } from '../../functions/documentdb-sink/plan/native-mapper.ts';
import type { RecordMapper } from '../../functions/documentdb-sink/plan/record-mapper.ts';
import type { WriteModel } from '../../functions/documentdb-sink/plan/write-model.ts';
import { createDocumentdbSink } from '../../functions/documentdb-sink/sink.ts';
import { createDocumentStore } from '../../functions/documentdb-sink/target/client.ts';
import { addressOfSecret, addressOfUri } from '../../functions/documentdb-sink/target/connection/address.ts';
import type { ConnectionSecret } from '../../functions/documentdb-sink/target/connection/secret.ts';
import { bundleOfFile, createTlsContextReader } from '../../functions/documentdb-sink/target/connection/tls-context.ts';
import type { DocumentStore } from '../../functions/documentdb-sink/target/document-store.ts';
import { startDocumentDb } from '../../local/engines/documentdb/documentdb.ts';
import { documentDbClient } from '../../local/engines/documentdb/documentdb-client.ts';
import { INSTALL_ROOT } from '../../local/engines/engines.ts';
import type { SourceRecord } from '../../shared/record.ts';
import { systemClock } from '../../shared/time/clock.ts';
import { inWords } from '../support/a-documentdb-sink.ts';
import { aRecord, batchesOf, deadlineIn } from '../support/builders.ts';
import { fakeDeadLetters } from '../support/fake-dead-letters.ts';
import { recordedTelemetry } from '../support/recorded-telemetry.ts';
import { deleteOf, insertOf, planned, replaceOf, updateOf } from '../support/write-models.ts';

const { host, port, username, password, administrator, caFile } = inject('endpoints').documentdb;
const database = `sink_${randomUUID().slice(0, 8)}`;
/** A fail point strikes commands of this name alone: other files use the same server. */
const APP_NAME = 'documentdb-sink-test';
const secret: ConnectionSecret = { host, port, username, password };

/** A certificate authority that has nothing to do with the server. */
async function foreignAuthority(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'msk-sinks-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'ca.pem');
  await writeFile(file, rootCertificates[0] ?? '');
  return file;
}

/** For looking at the server past the sink. */
const admin = documentDbClient({ host, port, caFile }, administrator);

beforeAll(() => admin.connect());
afterAll(async () => {
  await admin.db(database).dropDatabase();
  await Promise.all([admin.close(), ...clients.map((client) => client.close(true))]);
});

const clients: MongoClient[] = [];
const commands: CommandStartedEvent[] = [];

interface StoreSetup {
  readonly secrets?: readonly ConnectionSecret[];
  /** In place of the secret. */
  readonly uri?: string;
  readonly ca?: string;
}

/** The real client, watched. Of several secrets, each is given once and the last one from then on. */
function aStore({ secrets = [secret], uri, ca = caFile }: StoreSetup = {}) {
  let readCount = 0;
  const connecting = recordedTelemetry();
  const store = createDocumentStore({
    readAddress: () => {
      readCount += 1;
      const current = secrets[Math.min(readCount, secrets.length) - 1] ?? secret;
      return Promise.resolve(uri === undefined ? addressOfSecret(current, 'secantus') : addressOfUri(uri));
    },
    readTlsContext: createTlsContextReader(bundleOfFile(ca)),
    poolSizeMax: 3,
    appName: APP_NAME,
    clock: systemClock,
    ...connecting,
    onClient: (client) => {
      clients.push(client);
      client.on('commandStarted', (event) => commands.push(event));
    },
  });
  return { store, secretReads: () => readCount, connecting };
}

interface SinkSetup {
  readonly store: DocumentStore;
  readonly collection: string;
  readonly deletes?: 'tombstone' | 'hard';
  /** Default: the raw key as `_id`, extended JSON. */
  readonly mapper?: RecordMapper;
  readonly remainingMs?: number;
}

async function write(
  { store, collection, deletes = 'tombstone', mapper, remainingMs = 30_000 }: SinkSetup,
  records: SourceRecord[],
) {
  const { queue, deadLetters } = fakeDeadLetters();
  const telemetry = recordedTelemetry();
  const sink = createDocumentdbSink({
    settings: {
      deletes,
      tombstoneTtlSeconds: 86_400,
      epochs: new Map(),
      onNoMatch: 'ignore',
      onPoison: 'deadLetter',
      poolSizeMax: 3,
    },
    mapper: mapper ?? createNativeMapper({ database, collection }),
    store,
    deadLetters: queue,
    clock: systemClock,
    random: Math.random,
    log: telemetry.log,
    meter: telemetry.meter,
  });
  const outcomes = await sink.write(batchesOf(records), deadlineIn(systemClock.nowMs(), remainingMs));
  return { words: outcomes.map(inWords), outcomes, deadLetters, telemetry };
}

const order = (offset: number, key: string, fields: object = {}) =>
  aRecord({ offset, key, value: JSON.stringify({ v: offset, ...fields }) });
const tombstone = (offset: number, key: string) => aRecord({ offset, key, value: null });
const freshCollection = () => `orders_${randomUUID().slice(0, 8)}`;
const read = (collection: string, id: string) =>
  admin.db(database).collection<{ _id: string }>(collection).findOne({ _id: id }, { promoteValues: false });

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
        remainingMs: 6_000,
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

describe('connections', () => {
  it('reads the secret again when the password is refused, once, and goes on', async () => {
    const { store, secretReads } = aStore({ secrets: [{ ...secret, password: 'yesterday' }, secret] });
    const { words } = await write({ store, collection: freshCollection() }, [order(1, 'a')]);
    expect(words).toEqual(['written']);
    expect(secretReads()).toBe(2);
  });

  it('that are refused for good leave the batch unsettled, with the reason and without the password', async () => {
    const { store } = aStore({ secrets: [{ ...secret, password: 'yesterday' }] });
    const { outcomes, telemetry } = await write({ store, collection: freshCollection(), remainingMs: 6_000 }, [
      order(1, 'a'),
    ]);
    expect(outcomes).toMatchObject([{ kind: 'failed', failure: { code: 'access_denied', mayBeWritten: false } }]);
    expect(JSON.stringify([outcomes, telemetry.lines])).not.toContain('yesterday');
  });

  it('to a server that was away longer than the driver waits for one are made anew, and nothing is lost meanwhile', async () => {
    const folder = await mkdtemp(join(INSTALL_ROOT, '..', 'documentdb-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const engine = await startDocumentDb({ installRoot: INSTALL_ROOT, folder, username, progress: () => undefined });
    onTestFinished(() => engine.stop());
    const own: ConnectionSecret = { host: engine.host, port: engine.port, ...engine.user };
    const { store, secretReads } = aStore({ secrets: [own], ca: engine.caFile });
    const setup = { store, collection: freshCollection() };
    expect((await write(setup, [order(1, 'a')])).words).toEqual(['written']);
    await engine.stop();
    const { words, deadLetters } = await write({ ...setup, remainingMs: 14_000 }, [order(2, 'a'), order(3, 'b')]);
    expect(words).toEqual(['failed target_unreachable', 'failed target_unreachable']);
    expect(deadLetters).toEqual([]);
    expect(secretReads()).toBeGreaterThan(1);
    await engine.restart();
    expect((await write(setup, [order(2, 'a'), order(3, 'b')])).words).toEqual(['written', 'written']);
    expect((await write(setup, [order(1, 'a')])).words).toEqual(['ignored stale']);
  });

  it('by a connection string keep the bounds of a function, whatever it says', async () => {
    const login = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`;
    const uri = `mongodb://${login}@${host}:${port}/?authSource=admin&tls=true&replicaSet=secantus&retryWrites=true&readPreference=secondaryPreferred&maxPoolSize=99&w=1&tlsAllowInvalidHostnames=true`;
    const { store, connecting } = aStore({ uri });
    const setup = { store, collection: freshCollection() };
    expect((await write(setup, [order(7, 'a')])).words).toEqual(['written']);
    const { retryWrites, readPreference, maxPoolSize } = clients.at(-1)?.options ?? {};
    expect({ retryWrites, mode: readPreference?.mode, maxPoolSize }).toEqual({
      retryWrites: false,
      mode: 'primary',
      maxPoolSize: 3,
    });
    expect(await read(setup.collection, 'a')).not.toBeNull();
    expect(connecting.lines.map(({ message }) => message)).toEqual(['documentdb_connected']);
    const days = connecting.metrics();
    expect(days['ServerCertificateDaysLeft']).toBeGreaterThan(0);
    expect(days['RootCertificateDaysLeft']).toBeGreaterThanOrEqual(days['ServerCertificateDaysLeft'] ?? 0);
  });

  it.each([
    ['mongodb://SECRET:SECRET@127.0.0.1:1/?nonsense=1', 'MongoParseError'],
    ['postgres://SECRET', 'MongoParseError'],
  ])('by a connection string that is none are fatal, and quote nothing of it', async (uri, words) => {
    const { outcomes } = await write(
      { store: aStore({ uri }).store, collection: freshCollection(), remainingMs: 6_000 },
      [order(1, 'a')],
    );
    expect(outcomes[0]).toMatchObject({
      kind: 'failed',
      failure: { code: 'credentials_unavailable', retryable: true },
    });
    expect(JSON.stringify(outcomes)).toContain(words);
    expect(JSON.stringify(outcomes)).not.toContain('SECRET');
  });

  it('to a server whose certificate is not trusted are fatal, and said to be', async () => {
    const { store } = aStore({ ca: await foreignAuthority() });
    const { outcomes } = await write({ store, collection: freshCollection(), remainingMs: 12_000 }, [order(1, 'a')]);
    expect(outcomes).toMatchObject([{ kind: 'failed', failure: { code: 'target_unreachable' } }]);
    expect(JSON.stringify(outcomes)).toContain("does not trust the server's certificate");
  });
});

describe('trouble on cue', () => {
  // The server has one such fail point: no other file sets it.
  const failOnce = (data: object) =>
    admin.db('admin').command({
      configureFailPoint: 'failCommand',
      mode: { times: 1 },
      data: { failCommands: ['update'], appName: APP_NAME, ...data },
    });

  it('strikes the commands of one client, once', async () => {
    const collection = freshCollection();
    const mongo = documentDbClient({ host, port, caFile }, { username, password }, { appName: collection });
    const insert = () =>
      mongo
        .db(database)
        .collection(collection)
        .insertOne({})
        .then(
          () => 'allowed',
          (error: Error) => error.name,
        );
    await failOnce({ failCommands: ['insert'], errorCode: 11600, appName: collection });
    expect([await insert(), await insert()]).toEqual(['MongoServerError', 'allowed']);
    await mongo.close();
  });

  it.each([
    ['10107, as in a failover', { errorCode: 10107 }],
    ['a closed connection', { closeConnection: true }],
    ['a write concern error', { writeConcernError: { code: 64, errmsg: 'waiting for replication timed out' } }],
  ])('%s is tried again: written once, and no dead letter', async (_name, data) => {
    const setup = { store: aStore().store, collection: freshCollection() };
    await write(setup, [order(1, 'warm')]);
    await failOnce(data);
    const { words, deadLetters, telemetry } = await write(setup, [order(2, 'a'), order(3, 'b')]);
    expect(words).toEqual(['written', 'written']);
    expect(deadLetters).toEqual([]);
    expect(telemetry.metrics()).toMatchObject({ WriteRetries: 2 });
    expect(await admin.db(database).collection(setup.collection).countDocuments()).toBe(3);
  });

  it('a server that does not answer is left when the answer is due, and the client goes on afterwards', async () => {
    const setup = { store: aStore().store, collection: freshCollection() };
    await write(setup, [order(1, 'warm')]);
    await failOnce({ blockConnection: true, blockTimeMS: 8_000 });
    const startMs = Date.now();
    const { outcomes } = await write({ ...setup, remainingMs: 6_000 }, [order(2, 'a')]);
    expect(Date.now() - startMs).toBeLessThan(6_000);
    expect(outcomes).toMatchObject([{ kind: 'failed', failure: { code: 'deadline_exceeded', mayBeWritten: true } }]);
    expect((await write(setup, [order(3, 'a')])).words).toEqual(['written']);
  });
});

it('sends only what DocumentDB knows: no txnNumber, and no command or operator beyond the list', () => {
  expect(commands.length).toBeGreaterThan(30);
  const names = new Set(commands.map(({ commandName }) => commandName));
  const known = [
    'hello',
    'update',
    'delete',
    'insert',
    'find',
    'listIndexes',
    'createIndexes',
    'endSessions',
    'saslStart',
    'saslContinue',
    'getEngineVersion',
  ];
  expect([...names].filter((name) => !known.includes(name))).toEqual([]);
  const withoutClock = (name: string, value: unknown) => (name === '$clusterTime' ? undefined : value);
  const text = commands
    .map(({ command }) =>
      JSON.stringify(command, (name, value) => (typeof value === 'bigint' ? Number(value) : withoutClock(name, value))),
    )
    .join('\n');
  expect(text).not.toContain('txnNumber');
  const operators = [...new Set(text.match(/"\$\w+"/g))];
  const allowed = ['$db', '$readPreference', '$not', '$gt', '$gte', '$in', '$exists'];
  const updating = ['$set', '$unset', '$setOnInsert', '$inc', '$push', '$each', '$slice'];
  expect(operators.filter((name) => ![...allowed, ...updating].includes(name.slice(1, -1)))).toEqual([]);
});
