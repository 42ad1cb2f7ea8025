import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probeDocumentdb } from '../../functions/documentdb-sink/target/probe.ts';
import { admin, aStore, clients, database, freshCollection, secret } from '../support/documentdb-on-the-wire.ts';

const { signal } = new AbortController();

beforeAll(() => admin.connect());

afterAll(async () => {
  await admin.db(database).dropDatabase();
  await Promise.all([admin.close(), ...clients.map((client) => client.close(true))]);
});

describe('the probe of documentdbSink on the real protocol', () => {
  it('succeeds in every step, leaves nothing, and tells a key with its index from one without', async () => {
    const [indexed, bare] = [freshCollection(), freshCollection()];
    await admin.db(database).createIndex(indexed, { sku: 1, shop: 1 }, { unique: true });
    await admin.db(database).createIndex(bare, { shop: 1 }, { unique: true });
    const wantedIndexes = [indexed, bare].map((collection) => ({
      ...{ topic: collection, namespace: { database, collection }, fields: ['shop', 'sku'] },
    }));

    const findings = await probeDocumentdb(aStore().store, { databases: [database], wantedIndexes })(signal);

    expect(findings.map(({ title, status }) => `${title} ${status}`)).toEqual([
      ...['connection ok', 'write ok', 'read ok', 'indexes ok', 'delete ok'],
      ...[`index for ${indexed} ok`, `index for ${bare} warning`],
    ]);
    expect(await admin.db(database).collection('msk-sinks-probe').countDocuments()).toBe(0);
  });

  it('says that a login is refused, without the password', async () => {
    const refused = { ...secret, password: 'not-the-password' };
    const [first] = await probeDocumentdb(aStore({ secrets: [refused] }).store, {
      databases: [database],
      wantedIndexes: [],
    })(signal);
    expect(first).toMatchObject({ title: 'connection', status: 'failed' });
    expect(JSON.stringify(first)).not.toContain('not-the-password');
  });
});
