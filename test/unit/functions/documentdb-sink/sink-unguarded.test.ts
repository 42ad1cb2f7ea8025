import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRecordMapper } from '../../../../functions/documentdb-sink/connector/create-record-mapper.ts';
import { readConnector } from '../../../../functions/documentdb-sink/connector/file/read-connector.ts';
import type { MissingIndex } from '../../../../functions/documentdb-sink/lanes/write-result.ts';
import { aDocumentdbSink, type DocumentdbSinkSetup, inWords } from '../../../support/a-documentdb-sink.ts';
import { aRecord, deadlineIn } from '../../../support/builders.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';
import type { FakeDocuments } from '../../../support/fake-documents.ts';
import { deleteOf, planned, replaceOf, updateOf } from '../../../support/write-models.ts';

const fixture = (path: string) => readFileSync(`test/fixtures/${path}`, 'utf8');
const mapperOf = (path: string) => createRecordMapper(readConnector(fixture(path), { where: 'test' }), 'test');
const text = (value: unknown) => (value === null ? null : JSON.stringify(value));

const OUTCOMES = { write: 'written', deadLetter: 'deadLettered unguardable', block: 'failed unguardable' } as const;
const POLICIES = Object.keys(OUTCOMES) as MissingIndex[];

describe('a keyless Debezium row beside keyed ones', () => {
  it.each(POLICIES)('is what missingIndex=%s says, and the others are written', async (missingIndex) => {
    const { queue, deadLetters } = fakeDeadLetters();
    const mapper = mapperOf('connector-cases/F09-keyless-debezium.properties');
    const sink = aDocumentdbSink({ mapper, deletes: 'hard', missingIndex, deadLetters: queue });
    const rows: { key: unknown; value: unknown }[] = JSON.parse(
      fixture('connector-cases/F09-keyless-debezium.records.json'),
    );
    const records = rows.map(({ key, value }, offset) => aRecord({ offset, key: text(key), value: text(value) }));
    expect((await sink.write(records)).map(inWords)).toEqual([OUTCOMES[missingIndex], 'written']);
    expect(deadLetters).toHaveLength(missingIndex === 'deadLetter' ? 1 : 0);
    expect(sink.telemetry.metrics()['UnguardedWrites']).toBe(missingIndex === 'write' ? 1 : undefined);
  });

  it('holds the answer with missingIndex=block until nothing more may be sent', async () => {
    const { mapper, record } = planned();
    const sink = aDocumentdbSink({ mapper, deletes: 'hard', missingIndex: 'block' });
    const { sendUntilMs } = deadlineIn(sink.clock.nowMs());
    const outcomes = await sink.write([record({ offset: 0 }, [replaceOf({ a: 1, b: 2 }, { a: 1, b: 2 })])]);
    expect(outcomes.map(inWords)).toEqual(['failed unguardable']);
    expect(sink.clock.nowMs()).toBe(sendUntilMs);
  });

  it('with the key {} leaves the documents that the connector leaves', async () => {
    const name = 'connector-documents/36-debezium-one-keyless';
    const sink = aDocumentdbSink({ mapper: mapperOf(`${name}.properties`), deletes: 'hard' });
    const lines = fixture(`${name}.jsonl`).trim().split('\n');
    const records = lines.map((line, offset) => aRecord({ topic: 'held', offset, ...JSON.parse(line) }));
    expect((await sink.write(records)).map(inWords)).toEqual(['written', 'written', 'written']);
    expect(sink.store.collection('held.docs').size).toBe(
      JSON.parse(fixture(`${name}.expected.json`)).collections['held.docs'].length,
    );
  });
});

describe('a filter that no unique index keeps to one document', () => {
  const setup = (more: DocumentdbSinkSetup = {}) => {
    const { mapper, record } = planned();
    const sink = aDocumentdbSink({
      mapper,
      deletes: 'hard',
      documents: { uniqueIndexes: [{ field: 'a,b' }] },
      ...more,
    });
    return { sink, record };
  };
  const stored = ({ store }: { readonly store: FakeDocuments }) =>
    store
      .collection()
      .all()
      .map((document) => Object.fromEntries([...document].filter(([name]) => name !== '_id')));

  it.each(POLICIES)(
    'because the record lacks a field of its key (missingIndex=%s) holds up no other',
    async (missingIndex) => {
      const { sink, record } = setup({ missingIndex });
      const outcomes = await sink.write([
        record({ offset: 1 }, [replaceOf({ a: 1 }, { a: 1, n: 1 })]),
        record({ offset: 2 }, [replaceOf({ a: 1, b: 2 }, { a: 1, b: 2, n: 2 })]),
      ]);
      expect(outcomes.map(inWords)).toEqual([OUTCOMES[missingIndex], 'written']);
      if (missingIndex !== 'write') return;
      // The first as the connector sends it: without a stored version.
      expect(sink.store.calls.at(-1)?.statements).toEqual([
        { q: new Map([['a', 1]]), u: new Map(Object.entries({ a: 1, n: 1 })), upsert: true },
      ]);
    },
  );

  it('is written in the order of the offsets, whatever documents the filters mean', async () => {
    const { sink, record } = setup({ documents: {} });
    const outcomes = await sink.write([
      record({ offset: 1 }, [replaceOf({ n: 0 }, { n: 1 })]),
      record({ offset: 2 }, [replaceOf({ n: 1 }, { n: 2 })]),
      record({ offset: 3 }, [updateOf({ n: 2 }, { $inc: { n: 1 } })]),
      record({ offset: 4 }, [replaceOf({ n: 3 }, { n: 4 })]),
      record({ offset: 5 }, [replaceOf({ n: 9 }, { n: 9 })]),
      record({ offset: 6 }, [deleteOf({ n: 9 })]),
    ]);
    expect(new Set(outcomes.map(inWords))).toEqual(new Set(['written']));
    expect(stored(sink)).toEqual([{ n: 4 }]);
  });

  it('leaves what may not be made unmade, and says so', async () => {
    const { sink, record } = setup({ documents: {} });
    const outcomes = await sink.write([
      record({ offset: 1 }, [updateOf({ n: 0 }, { $set: { n: 1 } }, false)]),
      record({ offset: 2 }, [deleteOf({ n: 0 })]),
    ]);
    expect(outcomes.map(inWords)).toEqual(['ignored no_match', 'written']);
    expect(stored(sink)).toEqual([]);
  });

  it('is a deletion without a tombstone, for it would be inserted again and again', async () => {
    const { sink, record } = setup({ documents: {}, deletes: 'tombstone' });
    sink.store.put('x', { n: 1 });
    const outcomes = await sink.write([record({ offset: 1 }, [deleteOf({ n: 1 })])]);
    expect(outcomes.map(inWords)).toEqual(['written']);
    expect(sink.store.collection().size).toBe(0);
  });

  it('meets other unique indexes as every write does', async () => {
    const { sink, record } = setup({ documents: { uniqueIndexes: [{ field: 'email' }] } });
    sink.store.put('taken', { email: 'e' });
    const outcomes = await sink.write([
      record({ offset: 1 }, [replaceOf({ n: 1 }, { n: 1, email: 'e' })]),
      record({ offset: 2 }, [replaceOf({ _id: 'k' }, { _id: 'k' })]),
    ]);
    expect(outcomes.map(inWords)).toEqual(['deadLettered duplicate_key', 'written']);
  });
});

describe('another writer that inserts the document of an unguarded upsert first', () => {
  const inserts = (store: FakeDocuments, id: unknown, fields: Readonly<Record<string, unknown>>) => {
    store.options = { ...store.options, betweenFindAndInsert: () => store.put(id, fields) };
  };

  it.each([
    ['of a business key', replaceOf({ a: null, b: null }, { a: null, b: null, n: 1 })],
    ['by _id', updateOf({ _id: 'k' }, { $set: { n: 1 }, $setOnInsert: { first: 2 } })],
  ])('(%s) makes no dead letter: the record is written over it', async (_name, model) => {
    const { mapper, record } = planned();
    const documents = { uniqueIndexes: [{ field: 'a,b', sparse: true }] };
    const sink = aDocumentdbSink({ mapper, documents });
    inserts(sink.store, 'k', { a: null, b: null });
    const outcomes = await sink.write([record({ offset: 1 }, [model])]);
    expect(outcomes.map(inWords)).toEqual(['written']);
    expect(sink.store.get('k')?.get('n')).toBe(1);
  });

  it('and stays in the way of nulls under a sparse index makes one after bounded rounds', async () => {
    const { mapper, record } = planned();
    const documents = { uniqueIndexes: [{ field: 'a,b', sparse: true }] };
    const sink = aDocumentdbSink({ mapper, documents, deletes: 'hard' });
    sink.store.put('without', { n: 1 });
    sink.store.put('taken', { a: null, b: null });
    const outcomes = await sink.write([
      record({ offset: 1 }, [replaceOf({ a: null, b: null }, { a: null, b: null, n: 2 })]),
      record({ offset: 2 }, [replaceOf({ _id: 'other' }, { _id: 'other' })]),
    ]);
    expect(outcomes.map(inWords)).toEqual(['deadLettered duplicate_key', 'written']);
    expect(sink.store.calls.length).toBeLessThan(40);
  });
});

describe('$setOnInsert where tombstones are kept', () => {
  const update = updateOf({ _id: 'k' }, { $set: { v: 2 }, $setOnInsert: { first: 2 } });

  it.each(POLICIES)('is what missingIndex=%s says, alone', async (missingIndex) => {
    const { mapper, record } = planned();
    const sink = aDocumentdbSink({ mapper, missingIndex });
    const outcomes = await sink.write([
      record({ offset: 1 }, [update]),
      record({ offset: 2 }, [replaceOf({ _id: 'other' }, { _id: 'other' })]),
    ]);
    expect(outcomes.map(inWords)).toEqual([OUTCOMES[missingIndex], 'written']);
    expect(sink.store.get('k')?.get('first')).toBe(missingIndex === 'write' ? 2 : undefined);
  });

  it('makes a document of a tombstone again', async () => {
    const { mapper, record } = planned();
    const sink = aDocumentdbSink({ mapper });
    await sink.write([
      record({ offset: 1 }, [deleteOf({ _id: 'k' })]),
      record({ offset: 2 }, [updateOf({ _id: 'x' }, { $set: { v: 1 } })]),
    ]);
    expect((await sink.write([record({ offset: 3 }, [update])])).map(inWords)).toEqual(['written']);
    expect(sink.store.get('k')?.get('v')).toBe(2);
  });
});
