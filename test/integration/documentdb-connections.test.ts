import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { ConnectionSecret } from '../../functions/documentdb-sink/target/connection/secret.ts';
import { startDocumentDb } from '../../local/engines/documentdb/documentdb.ts';
import { documentDbClient } from '../../local/engines/documentdb/documentdb-client.ts';
import { INSTALL_ROOT } from '../../local/engines/engines.ts';
import {
  APP_NAME,
  admin,
  aStore,
  caFile,
  clients,
  database,
  expectKnownCommands,
  freshCollection,
  host,
  order,
  password,
  port,
  read,
  secret,
  username,
  write,
} from '../support/documentdb-on-the-wire.ts';

/** A certificate authority that has nothing to do with the server. */
async function foreignAuthority(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'msk-sinks-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'ca.pem');
  await writeFile(file, rootCertificates[0] ?? '');
  return file;
}

beforeAll(() => admin.connect());

afterAll(async () => {
  await admin.db(database).dropDatabase();
  await Promise.all([admin.close(), ...clients.map((client) => client.close(true))]);
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

  it('trust each certificate of a bundle', async () => {
    const foreign = await foreignAuthority();
    await appendFile(foreign, `\n${await readFile(caFile, 'utf8')}`);
    const { words } = await write({ store: aStore({ ca: foreign }).store, collection: freshCollection() }, [
      order(1, 'a'),
    ]);
    expect(words).toEqual(['written']);
  });

  it('to a server whose certificate is not trusted are fatal, and said to be', async () => {
    const { store } = aStore({ ca: await foreignAuthority() });
    const { outcomes } = await write({ store, collection: freshCollection(), remainingMs: 12_000 }, [order(1, 'a')]);
    expect(outcomes).toMatchObject([{ kind: 'failed', failure: { code: 'target_unreachable' } }]);
    expect(JSON.stringify(outcomes)).toContain("does not trust the server's certificate");
  });
});

describe('a failure of the server', () => {
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

describe('every command', () => {
  it('is one that DocumentDB supports', expectKnownCommands);
});
