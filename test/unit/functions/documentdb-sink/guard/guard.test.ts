import { describe, expect, it } from 'vitest';
import type { SourceRecord } from '../../../../../shared/record.ts';
import { aDocumentdbSink, inWords } from '../../../../support/a-documentdb-sink.ts';
import { aRecord, batchesOf, deadlineIn } from '../../../../support/builders.ts';
import { FakeDocuments, type Fault, foreignError } from '../../../../support/fake-documents.ts';

/** The kinds of write in table 2 of the algorithm, as a record at some offset, and what they leave behind. */
const ROWS = [
  {
    row: 'replace',
    deletes: 'tombstone',
    record: (offset: number) => aRecord({ key: 'k', offset, value: JSON.stringify({ v: offset }) }),
    leaves: (offset: number) => `v${offset}`,
  },
  {
    row: 'tombstone delete',
    deletes: 'tombstone',
    record: (offset: number) => aRecord({ key: 'k', offset, value: null }),
    leaves: (offset: number) => `tombstone ${offset}`,
  },
  {
    row: 'hard delete',
    deletes: 'hard',
    record: (offset: number) => aRecord({ key: 'k', offset, value: null }),
    leaves: () => 'absent',
  },
] as const;

function state(documents: FakeDocuments): string {
  const stored = documents.collection().get('k');
  if (stored === undefined) return 'absent';
  const versions = stored.get('_k') as Record<string, bigint>;
  return stored.has('_deletedAt') ? `tombstone ${versions['orders-0']}` : `v${stored.get('v')}`;
}

const replaceFromPartition = (partition: number, offset: number) =>
  aRecord({ key: 'k', partition, offset, value: JSON.stringify({ v: offset }) });

async function deliver(documents: FakeDocuments, record: SourceRecord, deletes: 'tombstone' | 'hard' = 'tombstone') {
  const [outcome] = await aDocumentdbSink({ documents, deletes }).write([record]);
  return outcome === undefined ? 'nothing' : inWords(outcome);
}

describe.each(ROWS)('$row', ({ deletes, record, leaves }) => {
  it('does its work at the first delivery, whether or not an older document is there', async () => {
    for (const older of [undefined, 3]) {
      const documents = new FakeDocuments();
      if (older !== undefined) await deliver(documents, replaceFromPartition(0, older));
      expect(await deliver(documents, record(5), deletes)).toBe('written');
      expect(state(documents)).toBe(leaves(5));
    }
  });

  it('does its work on a document from before the sink, which has no mark', async () => {
    const documents = new FakeDocuments();
    documents.put('k', { v: 'old' });
    expect(await deliver(documents, record(5), deletes)).toBe('written');
    expect(state(documents)).toBe(leaves(5));
  });

  it('is harmless when it is delivered again', async () => {
    const documents = new FakeDocuments();
    await deliver(documents, record(5), deletes);
    expect(await deliver(documents, record(5), deletes)).toBe('written');
    expect(state(documents)).toBe(leaves(5));
  });

  it('changes nothing when it comes late, from a zombie or a rewind', async () => {
    const documents = new FakeDocuments();
    await deliver(documents, replaceFromPartition(0, 7));
    expect(await deliver(documents, record(5), deletes)).toBe('ignored stale');
    expect(state(documents)).toBe('v7');
  });

  it('wins over what another partition wrote between two deliveries: across partitions the last writer wins', async () => {
    const documents = new FakeDocuments();
    await deliver(documents, record(5), deletes);
    await deliver(documents, replaceFromPartition(1, 900));
    expect(await deliver(documents, record(5), deletes)).toBe('written');
    expect(state(documents)).toBe(leaves(5));
  });

  it('does its work again after a hard delete took the evidence away', async () => {
    const documents = new FakeDocuments();
    await deliver(documents, record(5), deletes);
    await deliver(documents, aRecord({ key: 'k', offset: 6, value: null }), 'hard');
    expect(await deliver(documents, record(5), deletes)).toBe('written');
    expect(state(documents)).toBe(leaves(5));
  });

  it('revives nothing after a later tombstone', async () => {
    const documents = new FakeDocuments();
    await deliver(documents, record(5), deletes);
    await deliver(documents, aRecord({ key: 'k', offset: 6, value: null }), 'tombstone');
    expect(await deliver(documents, record(5), deletes)).toBe('ignored stale');
    expect(state(documents)).toBe('tombstone 6');
  });

  it.each<Fault>([
    { kind: 'lostAnswer' },
    { kind: 'writeConcern' },
    { kind: 'unreachable' },
    { kind: 'code', code: 10107 },
  ])('is sent again when its answer is lost or bad ($kind)', async (fault) => {
    const documents = new FakeDocuments({ faults: [fault, fault] });
    expect(await deliver(documents, record(5), deletes)).toBe('written');
    expect(state(documents)).toBe(leaves(5));
    expect(documents.calls).toHaveLength(3);
  });

  it('ends with the newest version when another writer works at the same time, whoever is first', async () => {
    for (const [first, second] of [
      [record(5), replaceFromPartition(0, 7)],
      [replaceFromPartition(0, 7), record(5)],
    ] as const) {
      const documents = new FakeDocuments({ nonAtomicUpsert: true });
      const one = aDocumentdbSink({ documents, deletes });
      const other = aDocumentdbSink({ documents, deletes });
      await Promise.all([one.write([first]), other.write([second])]);
      expect(state(documents)).toBe('v7');
    }
  });
});

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
  ])('compares a stored mark as the server does: any number, and nothing but a number ($marks)', async (row) => {
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

describe('the document', () => {
  it('has _id first, whatever the value calls its own, then the value, then the mark of its partition', async () => {
    const documents = new FakeDocuments();
    const record = aRecord({
      topic: 'a.b.orders',
      partition: 3,
      offset: 5,
      key: 'k',
      value: '{"x":1,"_id":"own","b":2}',
    });
    await aDocumentdbSink({ documents, collection: 'orders' }).write([record]);
    expect([...(documents.get('k') ?? [])]).toEqual([
      ['_id', 'k'],
      ['x', 1],
      ['b', 2],
      ['_k', { 'a~b~orders-3': 5n, ts: 1_700_000_000_005n }],
    ]);
  });

  it('of a deletion says who deleted it and when, and nothing else', async () => {
    const { write, store, clock } = aDocumentdbSink();
    await write([aRecord({ key: 'k', offset: 5, value: null })]);
    expect([...(store.collection().get('k') ?? [])]).toEqual([
      ['_id', 'k'],
      ['_k', { 'orders-0': 5n, ts: 1_700_000_000_005n }],
      ['_deletedAt', new Date(clock.wallTimeMs())],
    ]);
  });

  it('is guarded by one clause on its own partition, beside _id', async () => {
    const documents = new FakeDocuments();
    await deliver(documents, replaceFromPartition(0, 5));
    await deliver(documents, aRecord({ key: 'k', offset: 6, value: null }), 'hard');
    const filter = (offset: bigint) => ({ _id: 'k', '_k.orders-0': { $not: { $gt: offset } } });
    expect(documents.calls.map(({ kind, statements }) => ({ kind, statements }))).toEqual([
      { kind: 'update', statements: [{ q: filter(5n), u: expect.any(Map), upsert: true }] },
      { kind: 'delete', statements: [{ q: filter(6n), limit: 1 }] },
    ]);
  });

  it('that is stale by its offset but newer by its timestamp is counted, for an alarm', async () => {
    const documents = new FakeDocuments();
    await deliver(documents, aRecord({ key: 'k', offset: 7, timestampMs: 1_000 }));
    const sink = aDocumentdbSink({ documents });
    await sink.write([
      aRecord({ key: 'k', offset: 4, timestampMs: 1_000 }),
      aRecord({ key: 'k', offset: 5, timestampMs: 1_001 }),
    ]);
    expect(sink.telemetry.metrics()).toMatchObject({ StaleButNewer: 1 });
  });
});

describe('a delete that deletes nothing', () => {
  it('is settled without a read where nothing is missing, and tells stale from gone by one read where something is', async () => {
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
