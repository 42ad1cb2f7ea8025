import { describe, expect, it } from 'vitest';
import { probeDocumentdb } from '../../../../../functions/documentdb-sink/target/probe.ts';
import { FakeDocuments, type FakeDocumentsOptions } from '../../../../support/fake-documents.ts';

const { signal } = new AbortController();

async function probed(options: FakeDocumentsOptions = {}, database: string | undefined = 'shop') {
  const store = new FakeDocuments(options);
  return { store, findings: await probeDocumentdb(store, database)(signal) };
}

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

  it('looks only at the connection where a connector file decides about databases', async () => {
    const { store, findings } = await probed({}, 'none');
    expect(findings).toHaveLength(5);
    expect((await probeDocumentdb(store, undefined)(signal)).map(({ title }) => title)).toEqual(['connection']);
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
    const findings = await probeDocumentdb(store, 'shop')(signal);
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
