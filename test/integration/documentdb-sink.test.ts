import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import type { CommandStartedEvent, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { createDocumentStore } from '../../functions/documentdb-sink/client.ts';
import type { DocumentStore } from '../../functions/documentdb-sink/document-store.ts';
import { createNativePolicy } from '../../functions/documentdb-sink/native-policy.ts';
import type { RecordPolicy } from '../../functions/documentdb-sink/record-policy.ts';
import type { ConnectionSecret } from '../../functions/documentdb-sink/secret.ts';
import { createDocumentdbSink } from '../../functions/documentdb-sink/sink.ts';
import { readTrust } from '../../functions/documentdb-sink/trust.ts';
import { startDocumentDb } from '../../local/engines/documentdb.ts';
import { documentDbClient } from '../../local/engines/documentdb-client.ts';
import { INSTALL_ROOT } from '../../local/engines/engines.ts';
import { systemClock } from '../../shared/clock.ts';
import type { SourceRecord } from '../../shared/record.ts';
import { inWords } from '../support/a-documentdb-sink.ts';
import { aRecord, batchesOf, deadlineIn } from '../support/builders.ts';
import { fakeDeadLetters } from '../support/fake-dead-letters.ts';
import { recordedTelemetry } from '../support/recorded-telemetry.ts';

const { host, port, username, password, administrator, caFile } = inject('endpoints').documentdb;
const database = `sink_${randomUUID().slice(0, 8)}`;
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
  readonly ca?: string;
}

/** The real client, watched. Of several secrets, each is given once and the last one from then on. */
function aStore({ secrets = [secret], ca = caFile }: StoreSetup = {}) {
  let readCount = 0;
  const store = createDocumentStore({
    readSecret: () => {
      readCount += 1;
      return Promise.resolve(secrets[Math.min(readCount, secrets.length) - 1] ?? secret);
    },
    readTrust: () => readTrust(ca),
    replicaSet: 'secantus',
    poolSizeMax: 3,
    appName: 'msk-sinks-test',
    onClient: (client) => {
      clients.push(client);
      client.on('commandStarted', (event) => commands.push(event));
    },
  });
  return { store, secretReads: () => readCount };
}

interface SinkSetup {
  readonly store: DocumentStore;
  readonly collection: string;
  readonly deletes?: 'tombstone' | 'hard';
  /** Default: the raw key as `_id`, extended JSON. */
  readonly policy?: RecordPolicy;
  readonly remainingMs?: number;
}

async function write(
  { store, collection, deletes = 'tombstone', policy, remainingMs = 30_000 }: SinkSetup,
  records: SourceRecord[],
) {
  const { queue, letters } = fakeDeadLetters();
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
    policy: policy ?? createNativePolicy({ database, collection }),
    store,
    deadLetters: queue,
    clock: systemClock,
    random: Math.random,
    log: telemetry.log,
    meter: telemetry.meter,
  });
  const outcomes = await sink.write(batchesOf(records), deadlineIn(Date.now(), remainingMs));
  return { words: outcomes.map(inWords), outcomes, letters, telemetry };
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

  it('stores the types of the text, and the mark as a 64-bit integer', async () => {
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
    const marks = await admin
      .db(database)
      .collection(setup.collection)
      .findOne({}, { promoteValues: false, useBigInt64: false });
    expect(marks?.['_k']['orders-0']).toMatchObject({ _bsontype: 'Long', low: 7, high: 0 });
  });

  it('deletes hard, and tells stale from gone', async () => {
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

  it('lets a unique value move between documents, and buries only what can never be written', async () => {
    const setup = { store: aStore().store, collection: freshCollection(), deletes: 'hard' } as const;
    await admin.db(database).collection(setup.collection).createIndex({ email: 1 }, { unique: true });
    await write(setup, [order(1, 'x', { email: 'e' }), order(2, 'z', { email: 'taken' })]);
    const { words, letters } = await write(setup, [
      tombstone(3, 'x'),
      order(4, 'y', { email: 'e' }),
      order(5, 'w', { email: 'taken' }),
    ]);
    expect(words).toEqual(['written', 'written', 'deadLettered duplicate_key']);
    expect(letters).toMatchObject([{ offset: 5, target: `${database}.${setup.collection}` }]);
    const refused = await write({ ...setup, deletes: 'tombstone', remainingMs: 6_000 }, [
      order(6, 'v', { email: 'v' }),
    ]);
    expect(refused.words).toEqual(['failed rejected_by_target']);
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
    const { words, letters } = await write({ ...setup, remainingMs: 14_000 }, [order(2, 'a'), order(3, 'b')]);
    expect(words).toEqual(['failed target_unreachable', 'failed target_unreachable']);
    expect(letters).toEqual([]);
    expect(secretReads()).toBeGreaterThan(1);
    await engine.restart();
    expect((await write(setup, [order(2, 'a'), order(3, 'b')])).words).toEqual(['written', 'written']);
    expect((await write(setup, [order(1, 'a')])).words).toEqual(['ignored stale']);
  });

  it('to a server whose certificate is not trusted are fatal, and said to be', async () => {
    const { store } = aStore({ ca: await foreignAuthority() });
    const { outcomes } = await write({ store, collection: freshCollection(), remainingMs: 12_000 }, [order(1, 'a')]);
    expect(outcomes).toMatchObject([{ kind: 'failed', failure: { code: 'target_unreachable' } }]);
    expect(JSON.stringify(outcomes)).toContain('certificate is not trusted');
  });
});

describe('trouble on cue', () => {
  const failOnce = (data: object) =>
    admin
      .db('admin')
      .command({ configureFailPoint: 'failCommand', mode: { times: 1 }, data: { failCommands: ['update'], ...data } });

  it.each([
    ['10107, as in a failover', { errorCode: 10107 }],
    ['a closed connection', { closeConnection: true }],
    ['a write concern error', { writeConcernError: { code: 64, errmsg: 'waiting for replication timed out' } }],
  ])('%s is tried again: written once, and no letter', async (_name, data) => {
    const setup = { store: aStore().store, collection: freshCollection() };
    await write(setup, [order(1, 'warm')]);
    await failOnce(data);
    const { words, letters, telemetry } = await write(setup, [order(2, 'a'), order(3, 'b')]);
    expect(words).toEqual(['written', 'written']);
    expect(letters).toEqual([]);
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
    'find',
    'listIndexes',
    'createIndexes',
    'endSessions',
    'saslStart',
    'saslContinue',
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
  expect(
    operators.filter((name) => !['"$db"', '"$not"', '"$gt"', '"$in"', '"$readPreference"'].includes(name)),
  ).toEqual([]);
});
