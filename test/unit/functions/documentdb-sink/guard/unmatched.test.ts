import { describe, expect, it } from 'vitest';
import { aDocumentdbSink, inWords } from '../../../../support/a-documentdb-sink.ts';
import { aRecord, batchesOf, deadlineIn } from '../../../../support/builders.ts';
import { FakeDocuments, foreignError } from '../../../../support/fake-documents.ts';
import { deliver, replaceFromPartition, state } from '../../../../support/guard-rows.ts';

describe('E11000', () => {
  it('is no proof of staleness: a write that lost the race to insert to an older one is sent again, and wins', async () => {
    const documents = new FakeDocuments();
    let races = 2;
    documents.options = {
      betweenFindAndInsert: (id) => {
        races -= 1;
        if (races >= 0) documents.put(id, { v: 3, _k: { 'orders-0': 3n, ts: 0n } });
        if (races === 0) documents.options = {};
      },
    };
    expect(await deliver(documents, replaceFromPartition(0, 5))).toBe('written');
    expect(state(documents)).toBe('v5');
    expect(documents.reads).toEqual([['k']]);
  });

  it('is stale when the document that was in the way is newer', async () => {
    const documents = new FakeDocuments();
    documents.options = { betweenFindAndInsert: (id) => documents.put(id, { v: 9, _k: { 'orders-0': 9n, ts: 0n } }) };
    expect(await deliver(documents, replaceFromPartition(0, 5))).toBe('ignored stale');
    expect(state(documents)).toBe('v9');
  });

  it('is done when exactly this write is what was in the way', async () => {
    const documents = new FakeDocuments();
    documents.options = { betweenFindAndInsert: (id) => documents.put(id, { v: 5, _k: { 'orders-0': 5n, ts: 0n } }) };
    expect(await deliver(documents, replaceFromPartition(0, 5))).toBe('written');
    expect(documents.calls).toHaveLength(1);
  });

  it.each([
    { versions: { 'orders-0': 9, ts: 1_500 }, words: 'ignored stale', staleButNewer: 1 },
    { versions: { 'orders-0': 9.5 }, words: 'ignored stale', staleButNewer: undefined },
    { versions: { 'orders-0': 3 }, words: 'written', staleButNewer: undefined },
    { versions: { 'orders-0': '9' }, words: 'written', staleButNewer: undefined },
    { versions: 9, words: 'written', staleButNewer: undefined },
    { versions: null, words: 'written', staleButNewer: undefined },
  ])('compares a stored version as the server does: any number, and nothing but a number ($marks)', async (row) => {
    const documents = new FakeDocuments();
    documents.options = { betweenFindAndInsert: (id) => documents.put(id, { v: 'theirs', _k: row.versions }) };
    const sink = aDocumentdbSink({ documents });
    const [outcome] = await sink.write([aRecord({ key: 'k', offset: 5, timestampMs: 2_000 })]);
    expect(outcome && inWords(outcome)).toBe(row.words);
    expect(documents.get('k')?.get('v') === 'theirs').toBe(row.words !== 'written');
    const { StaleButNewer, WriteRetries } = sink.telemetry.metrics();
    expect({ StaleButNewer, WriteRetries }).toEqual({ StaleButNewer: row.staleButNewer, WriteRetries: undefined });
  });

  it('that never ends is unsettled, after pauses, and never a dead letter', async () => {
    const documents = new FakeDocuments();
    documents.options = {
      // Each time somebody inserts between, and somebody deletes before the next try.
      betweenFindAndInsert: (id) => documents.put(id, { v: 3, _k: { 'orders-0': 3n, ts: 0n } }),
    };
    const sink = aDocumentdbSink({ documents });
    const findVersions = documents.findVersions.bind(documents);
    documents.findVersions = async (namespace, ids) => {
      const versions = await findVersions(namespace, ids);
      documents.remove('k');
      return versions;
    };
    const [outcome] = await sink.write([replaceFromPartition(0, 5)]);
    expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'conflict', retryable: true } });
  });
});

describe('a delete that deletes nothing', () => {
  it('is settled without a read where nothing is missing, and one read distinguishes stale from gone where something is', async () => {
    const documents = new FakeDocuments();
    const sink = aDocumentdbSink({ documents, deletes: 'hard' });
    const hardDelete = (key: string) => aRecord({ key, offset: 5, value: null });
    documents.put('there', { _k: { 'orders-0': 3n } });
    await sink.write([hardDelete('there')]);
    expect(documents.reads).toEqual([]);
    documents.put('newer', { _k: { 'orders-0': 9n } });
    documents.put('other', { _k: { 'orders-1': 9n } });
    const outcomes = await aDocumentdbSink({ documents, deletes: 'hard' }).write(
      ['gone', 'newer', 'other'].map((key, index) => aRecord({ key, offset: 5 + index, value: null })),
    );
    expect(outcomes.map(inWords)).toEqual(['written', 'ignored stale', 'written']);
    expect(documents.reads).toEqual([['gone', 'newer', 'other']]);
    expect(
      documents
        .collection()
        .all()
        .map((stored) => stored.get('_id')),
    ).toEqual(['newer']);
  });

  it('is looked up with no more than 1,000 others in one read, and once', async () => {
    const sink = aDocumentdbSink({ deletes: 'hard' });
    const records = Array.from({ length: 2_500 }, (_, offset) => aRecord({ offset, value: null }));
    await sink.write(records);
    expect(sink.store.reads.map(({ length }) => length)).toEqual([1_000, 1_000, 500]);
    expect(new Set(sink.store.reads.flat()).size).toBe(2_500);
  });

  it('leaves what another partition wrote after it: the last writer wins', async () => {
    const documents = new FakeDocuments();
    const findVersions = documents.findVersions.bind(documents);
    documents.findVersions = (namespace, ids) => {
      documents.put('k', { v: 9, _k: { 'orders-1': 9n } });
      return findVersions(namespace, ids);
    };
    expect(await deliver(documents, aRecord({ key: 'k', offset: 5, value: null }), 'hard')).toBe('written');
    expect(state(documents)).toBe('v9');
  });

  it('is sent again where a zombie has put an older version back meanwhile', async () => {
    const documents = new FakeDocuments();
    const findVersions = documents.findVersions.bind(documents);
    let isRevived = false;
    documents.findVersions = (namespace, ids) => {
      if (!isRevived) documents.put('k', { v: 3, _k: { 'orders-0': 3n } });
      isRevived = true;
      return findVersions(namespace, ids);
    };
    expect(await deliver(documents, aRecord({ key: 'k', offset: 5, value: null }), 'hard')).toBe('written');
    expect(state(documents)).toBe('absent');
  });
});

describe('an unmatched write', () => {
  it.each([
    { write: 'a delete that found nothing, or not everything', value: null, mayBeWritten: true },
    { write: 'an upsert that met E11000', value: '{"v":5}', mayBeWritten: false },
  ])('stays unsettled while its document cannot be read ($write, mayBeWritten $mayBeWritten)', async (row) => {
    const documents = new FakeDocuments();
    documents.put('k', { v: 9, _k: { 'orders-0': 9n } });
    documents.findVersions = () => Promise.reject(foreignError('MongoNetworkError'));
    const record = aRecord({ key: 'k', offset: 5, value: row.value });
    const [outcome] = await aDocumentdbSink({ documents, deletes: 'hard' }).write([record]);
    const failure = { code: 'target_unreachable', retryable: true, mayBeWritten: row.mayBeWritten };
    expect(outcome).toMatchObject({ kind: 'failed', failure });
    expect(documents.calls.length).toBeGreaterThan(1);
  });

  it('is neither sent again nor read after sendUntilMs', async () => {
    const documents = new FakeDocuments();
    const sink = aDocumentdbSink({ documents });
    documents.put('k', { v: 9, _k: { 'orders-0': 9n } });
    const write = documents.write.bind(documents);
    documents.write = async (...parameters) => {
      await sink.clock.advance(60_000 - 5_000);
      return write(...parameters);
    };
    const deadline = deadlineIn(sink.clock.nowMs());
    const [outcome] = await sink.sink.write(batchesOf([replaceFromPartition(0, 5)]), deadline);
    expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'deadline_exceeded', retryable: true } });
    expect(documents.reads).toEqual([]);
  });
});
