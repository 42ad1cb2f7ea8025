import { describe, expect, it } from 'vitest';
import { type ProbedPlaces, probeDocumentdb } from '../../../../../functions/documentdb-sink/target/probe.ts';
import { FakeDocuments, type FakeDocumentsOptions } from '../../../../support/fake-documents.ts';

const { signal } = new AbortController();

const SHOP: ProbedPlaces = { databases: ['shop'], wantedIndexes: [] };

async function probed(options: FakeDocumentsOptions = {}, places = SHOP) {
  const store = new FakeDocuments(options);
  return { store, findings: await probeDocumentdb(store, places)(signal) };
}

const wanted = (fields: readonly string[] | undefined): ProbedPlaces => ({
  databases: [],
  wantedIndexes: [{ topic: 'orders', namespace: { database: 'shop', collection: 'orders' }, fields }],
});

const plain = (_: string, value: unknown) => (value instanceof Map ? Object.fromEntries(value) : value);

describe('the probe of documentdbSink', () => {
  it('writes, reads and deletes one document of a collection of its own', async () => {
    const { store, findings } = await probed();
    expect(findings.map(({ title, status }) => `${title} ${status}`)).toEqual([
      'connection ok',
      'write ok',
      'read ok',
      'indexes ok',
      'delete ok',
    ]);
    expect(new Set(store.calls.map(({ namespace }) => namespace))).toEqual(new Set(['shop.msk-sinks-probe']));
    expect(store.get('probe', 'shop.msk-sinks-probe')).toBeUndefined();
  });

  it('writes with every operator that documentdbSink uses, behind a guard', async () => {
    const { store } = await probed();
    const written = store.calls.map(({ kind, statements }) => [kind, statements]);
    expect(written.map((call) => JSON.parse(JSON.stringify(call, plain)))).toEqual([
      [
        'update',
        [
          {
            q: { _id: 'probe', '_k.probe-0': { $not: { $gt: 1 } } },
            u: {
              $set: { '_k.probe-0': 1 },
              $setOnInsert: { insertedBy: 'msk-sinks-probe' },
              $unset: { unset: '' },
            },
            upsert: true,
            multi: false,
          },
        ],
      ],
      ['delete', [{ q: { _id: 'probe' }, limit: 1 }]],
    ]);
  });

  it('fails where the primary does not have what was just written', async () => {
    const store = new FakeDocuments();
    store.findVersions = () => Promise.resolve([]);
    const findings = await probeDocumentdb(store, SHOP)(signal);
    expect(findings[2]).toMatchObject({ title: 'read', status: 'failed', found: expect.stringContaining('primary') });
  });

  it('tells the version of the engine', async () => {
    const { findings } = await probed({ limits: { engineVersion: '5.0.0' } });
    expect(findings[0]?.found).toContain('engine 5.0.0');
    expect((await probed()).findings[0]?.found).toContain('does not tell its version');
  });

  it('names each database of a connector file', async () => {
    const { findings } = await probed({}, { databases: ['shop', 'stock'], wantedIndexes: [] });
    expect(findings.map(({ title }) => title)).toEqual(
      expect.arrayContaining(['write (shop)', 'delete (shop)', 'write (stock)', 'delete (stock)']),
    );
  });

  it('finds the unique index on the fields of a business key, in any order', async () => {
    const { findings } = await probed({ uniqueIndexes: [{ field: 'sku,shop' }] }, wanted(['shop', 'sku']));
    expect(findings[1]).toMatchObject({ title: 'index for orders', status: 'ok' });
  });

  it('names a business key without its index, and the command that makes the index', async () => {
    const { findings } = await probed({ uniqueIndexes: [{ field: 'shop' }] }, wanted(['shop', 'sku']));
    expect(findings[1]).toEqual({
      title: 'index for orders',
      status: 'warning',
      found: 'shop.orders has no unique index on shop, sku: msksinks.guard.missingIndex applies',
      remedy:
        'mongosh: db.getSiblingDB("shop").getCollection("orders").createIndex({ "shop": 1, "sku": 1 }, { unique: true })',
    });
  });

  it('says that it cannot look for the index of fields that the records determine', async () => {
    const { findings } = await probed({}, wanted(undefined));
    expect(findings[1]).toMatchObject({ status: 'warning', found: expect.stringMatching(/not checked/) });
  });

  it.each([
    ['no answer', { kind: 'unreachable' }, /did not answer/],
    ['a user without the right to write', { kind: 'code', code: 13 }, /13/],
  ] as const)('stops at %s, and says so', async (_what, faultOfAll, words) => {
    const { findings } = await probed({ faultOfAll });
    const first = findings.find(({ status }) => status === 'failed');
    expect(first).toMatchObject({ title: 'write', status: 'failed', found: expect.stringMatching(words) });
  });

  it('deletes its document although another step fails', async () => {
    const store = new FakeDocuments();
    store.listIndexes = () => Promise.reject(Object.assign(new Error('SECRET'), { code: 13 }));
    const findings = await probeDocumentdb(store, SHOP)(signal);
    expect(findings.map(({ title, status }) => `${title} ${status}`).slice(3)).toEqual(['indexes failed', 'delete ok']);
    expect(JSON.stringify(findings)).not.toContain('SECRET');
    expect(store.get('probe', 'shop.msk-sinks-probe')).toBeUndefined();
  });

  it('stops at a document that the server refuses', async () => {
    const { findings } = await probed({ refuses: () => 121 });
    expect(findings[1]).toMatchObject({ title: 'write', status: 'failed', found: expect.stringContaining('121') });
    expect(findings.map(({ title }) => title)).toEqual(['connection', 'write', 'delete']);
  });
});
