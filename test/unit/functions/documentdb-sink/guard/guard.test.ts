import { describe, expect, it } from 'vitest';
import { aDocumentdbSink } from '../../../../support/a-documentdb-sink.ts';
import { aRecord } from '../../../../support/builders.ts';
import { FakeDocuments, type Fault } from '../../../../support/fake-documents.ts';
import { deliver, replaceFromPartition, state } from '../../../../support/guard-rows.ts';

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

describe.each(ROWS)('$row', ({ deletes, record, leaves }) => {
  it('does its work at the first delivery, whether or not an older document is there', async () => {
    for (const older of [undefined, 3]) {
      const documents = new FakeDocuments();
      if (older !== undefined) await deliver(documents, replaceFromPartition(0, older));
      expect(await deliver(documents, record(5), deletes)).toBe('written');
      expect(state(documents)).toBe(leaves(5));
    }
  });

  it('does its work on a document from before the sink, which has no stored version', async () => {
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

describe('the document', () => {
  it('has _id first, whatever the value calls its own, then the value, then the stored version of its partition', async () => {
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
