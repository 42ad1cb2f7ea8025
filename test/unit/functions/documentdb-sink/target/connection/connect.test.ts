import { createSecureContext } from 'node:tls';
import type { BSON, MongoClient } from 'mongodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect } from '../../../../../../functions/documentdb-sink/target/connection/connect.ts';
import { systemClock } from '../../../../../../shared/time/clock.ts';
import { recordedTelemetry } from '../../../../../support/recorded-telemetry.ts';
import { startWireServer } from '../../../../../support/wire-server.ts';

const HELLO = { isWritablePrimary: true, minWireVersion: 0, maxWireVersion: 21 };
const secureContext = createSecureContext();

/** Options for a server at this port, and the client that `connect` makes with them. */
function aConnection(port: number, query: string, poolSizeMax = 3) {
  const { log, meter, lines } = recordedTelemetry();
  const clients: MongoClient[] = [];
  const options = {
    readAddress: () =>
      Promise.resolve({ uri: `mongodb://127.0.0.1:${port}/?directConnection=true&${query}`, options: {} }),
    readTlsContext: () => Promise.resolve(secureContext),
    ...{ poolSizeMax, appName: 'orders-sink', clock: systemClock, log, meter },
    onClient: (client: MongoClient) => void clients.push(client),
  };
  return { options, clients, lines };
}

async function aConnected(answers: Readonly<Record<string, BSON.Document>>, query = 'tls=false', poolSizeMax = 3) {
  const server = await startWireServer((command) => ({ ...HELLO, ...answers[Object.keys(command)[0] ?? ''] }));
  const { options, clients, lines } = aConnection(server.port, query, poolSizeMax);
  const connection = await connect(options, new AbortController().signal);
  onTestFinished(async () => {
    await connection.client.close(true);
    server.close();
  });
  return { connection, options: clients[0]?.options, lines };
}

describe('the client of a cluster', () => {
  it('has bounds that the connection string cannot move, and the driver repeats no write', async () => {
    const wishes = 'tls=false&retryWrites=true&maxPoolSize=500&socketTimeoutMS=0&w=1&readPreference=secondary';
    const { options } = await aConnected({}, wishes);
    expect(options).toMatchObject({
      ...{ retryWrites: false, retryReads: true, maxPoolSize: 3, minPoolSize: 0, maxConnecting: 2 },
      ...{ maxIdleTimeMS: 60_000, serverSelectionTimeoutMS: 5_000, connectTimeoutMS: 5_000, socketTimeoutMS: 20_000 },
      ...{ waitQueueTimeoutMS: 5_000, heartbeatFrequencyMS: 1_000, serverMonitoringMode: 'poll' },
      ...{ readPreference: { mode: 'primary' }, writeConcern: { w: 'majority' }, appName: 'orders-sink', tls: false },
    });
  });

  it('opens no more connections at once than the pool has', async () => {
    expect((await aConnected({}, 'tls=false', 1)).options).toMatchObject({ maxPoolSize: 1, maxConnecting: 1 });
  });

  it('notes no commands where nobody observes them', async () => {
    const server = await startWireServer(() => HELLO);
    const { options } = aConnection(server.port, 'tls=false');
    const { client } = await connect({ ...options, onClient: undefined as never }, new AbortController().signal);
    onTestFinished(async () => {
      await client.close(true);
      server.close();
    });
    expect(client.options.monitorCommands).toBe(false);
  });

  it.each(['hello', 'getEngineVersion'])('waits for no answer to %s once the call is aborted', async (command) => {
    const caller = new AbortController();
    const server = await startWireServer((sent) => {
      if (!(command in sent)) return HELLO;
      caller.abort();
      return new Promise<never>(() => undefined);
    });
    const { options, clients } = aConnection(server.port, 'tls=false');
    onTestFinished(async () => {
      await clients[0]?.close(true);
      server.close();
    });
    const given: AbortSignal[] = [];
    const noting =
      <T>(read: () => Promise<T>) =>
      (signal: AbortSignal) => {
        given.push(signal);
        return read();
      };
    const told = { readAddress: noting(options.readAddress), readTlsContext: noting(options.readTlsContext) };
    const startedAtMs = performance.now();
    const ended = await connect({ ...options, ...told }, caller.signal).then(
      () => 'without the version',
      ({ name }: Error) => name,
    );
    expect(ended).toBe(command === 'hello' ? 'AbortError' : 'without the version');
    expect(performance.now() - startedAtMs).toBeLessThan(10_000); // the driver gives a silent server up after 20 s
    expect(given).toEqual([caller.signal, caller.signal]);
  });

  it('checks the certificate of the server', async () => {
    const { options, clients } = aConnection(1, 'tls=true&tlsAllowInvalidCertificates=true');
    await expect(connect(options, AbortSignal.abort())).rejects.toThrow();
    expect(clients[0]?.options).toMatchObject({ tls: true, rejectUnauthorized: true, secureContext });
    expect(clients[0]?.options.checkServerIdentity).toBeTypeOf('function');
  });
});

describe('a server', () => {
  it.each([
    [{}, { documentBytesMax: 16_777_216, operationsMax: 100_000 }],
    [
      { maxBsonObjectSize: 8_000_000, maxWriteBatchSize: 1_000 },
      { documentBytesMax: 8_000_000, operationsMax: 1_000 },
    ],
    [
      { maxBsonObjectSize: 0, maxWriteBatchSize: -1 },
      { documentBytesMax: 16_777_216, operationsMax: 100_000 },
    ],
    [
      { maxBsonObjectSize: 1.5, maxWriteBatchSize: 'many' },
      { documentBytesMax: 16_777_216, operationsMax: 100_000 },
    ],
  ])('that says %j has the limits %j', async (hello, limits) => {
    expect((await aConnected({ hello })).connection.limits).toMatchObject(limits);
  });

  it.each([
    [{ version: '5.0.1' }, '5.0.1', '5.0.1'],
    [{ version: 'a secret text' }, undefined, 'unknown'],
    [{ ok: 0, code: 59 }, undefined, 'unknown'],
  ])('that answers %j is of the version %s, and the log says %s', async (answer, engineVersion, logged) => {
    const { connection, lines } = await aConnected({ getEngineVersion: answer });
    expect(connection.limits.engineVersion).toBe(engineVersion);
    expect(lines).toContainEqual(expect.objectContaining({ fields: { engineVersion: logged } }));
  });

  it('has the documented limits where the engine knows no hello, and no other refusal of hello counts', async () => {
    const { connection } = await aConnected({ hello: { ok: 0, code: 59 } });
    expect(connection.limits).toMatchObject({ documentBytesMax: 16 * 1024 * 1024, operationsMax: 100_000 });
    await expect(aConnected({ hello: { ok: 0, code: 60 } })).rejects.toMatchObject({ code: 60 });
  });

  it('gives the same database for the same name', async () => {
    const { database } = (await aConnected({})).connection;
    expect(database('shop')).toBe(database('shop'));
    expect(database('other').databaseName).toBe('other');
  });
});
