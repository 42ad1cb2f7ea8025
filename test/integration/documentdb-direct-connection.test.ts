import { createSecureContext } from 'node:tls';
import type { BSON } from 'mongodb';
import { afterEach, describe, expect, it } from 'vitest';
import { createDocumentStore } from '../../functions/documentdb-sink/target/client.ts';
import { createMeter } from '../../shared/telemetry/telemetry.ts';
import { startWireServer } from '../support/wire-server.ts';

const NOT_WRITABLE_PRIMARY = 10_107;
const NAMESPACE = { database: 'shop', collection: 'orders' };

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

describe('a client with directConnection', () => {
  it('leaves a server that is no longer the primary for the one that the address means now', async () => {
    let connectionCount = 0;
    let demotedUpTo = 0;
    const server = await startWireServer((command, { number: connectionNumber }): BSON.Document => {
      connectionCount = connectionNumber;
      const isPrimary = connectionNumber > demotedUpTo;
      if ('hello' in command || 'ismaster' in command || 'isMaster' in command) return hello(isPrimary);
      if (!('update' in command)) return { ok: 1 };
      return isPrimary ? { ok: 1, n: 1 } : { ok: 0, code: NOT_WRITABLE_PRIMARY, errmsg: 'not primary' };
    });
    const store = createDocumentStore({
      readAddress: () =>
        Promise.resolve({ uri: `mongodb://127.0.0.1:${server.port}/?directConnection=true&tls=false`, options: {} }),
      readTlsContext: () => Promise.resolve(createSecureContext()),
      poolSizeMax: 1,
      appName: 'test',
      clock: { nowMs: () => performance.now(), wallTimeMs: () => Date.now() },
      log: { info: () => undefined, warn: () => undefined },
      meter: createMeter(),
    } as unknown as Parameters<typeof createDocumentStore>[0]);
    closing.push(() => server.close());
    const { signal } = new AbortController();
    const write = () => store.write(NAMESPACE, 'update', [{ q: { _id: 1 }, u: { a: 1 }, upsert: true }], signal);
    expect((await write()).count).toBe(1);
    // The cluster endpoint means another instance from now on; the old one lives on as a secondary.
    demotedUpTo = connectionCount;
    await expect(write()).rejects.toMatchObject({ code: NOT_WRITABLE_PRIMARY });
    expect((await write()).count).toBe(1);
  });
});

const hello = (isPrimary: boolean): BSON.Document => ({
  ok: 1,
  ismaster: isPrimary,
  isWritablePrimary: isPrimary,
  secondary: !isPrimary,
  setName: 'rs0',
  hosts: ['127.0.0.1:1'],
  minWireVersion: 0,
  maxWireVersion: 21,
  maxBsonObjectSize: 16_777_216,
  maxWriteBatchSize: 100_000,
});
