import { describe, expect, it } from 'vitest';
import type { WriteModel } from '../../../../functions/documentdb-sink/plan/write-model.ts';
import { aDocumentdbSink, inWords } from '../../../support/a-documentdb-sink.ts';
import { entriesOf, isDocument } from '../../../support/document-server/bson-values.ts';
import { FakeDocuments, type Fault } from '../../../support/fake-documents.ts';
import { BUSINESS, K, ROWS, type Row } from '../../../support/write-kind-rows.ts';
import { deleteOf, planned, replaceOf, updateOf } from '../../../support/write-models.ts';

const UNIQUE = { uniqueIndexes: [{ field: 'c.d,e', sparse: true }] };

/** A collection, and what writes to it. Each `deliver` is an invocation of its own. */
function aCollection({ deletes = 'hard', key = K, needsDocument = false, write }: Row) {
  const documents = new FakeDocuments({ ...UNIQUE, nonAtomicUpsert: true });
  const { mapper, record } = planned();
  const body = key === K ? K : BUSINESS;
  const deliver = async (partition: number, offset: number, model: WriteModel, mode = deletes) => {
    const sink = aDocumentdbSink({ documents, mapper, deletes: mode });
    const [outcome] = await sink.write([record({ partition, offset }, [model])]);
    return outcome === undefined ? 'nothing' : inWords(outcome);
  };
  const older = () => deliver(0, 3, replaceOf(key, { ...body, old: 3 }));
  return {
    documents,
    own: () => deliver(0, 5, write(5)),
    older,
    begin: async () => (needsDocument ? await older() : undefined),
    newer: () => deliver(0, 7, replaceOf(key, { ...body, v: 7 })),
    othersUpdate: () => deliver(1, 900, updateOf(key, { $set: { other: 900 } })),
    othersReplacement: () => deliver(1, 900, replaceOf(key, { ...body, other: 900 })),
    laterDelete: (mode: 'tombstone' | 'hard') => deliver(0, 6, deleteOf(key), mode),
    withState: (outcome: string) => `${outcome}: ${stateOf(documents)}`,
  };
}

/** `{"v":5} at 0@5`, `tombstone at 0@6`, `absent` */
function stateOf(documents: FakeDocuments): string {
  const states = documents
    .collection()
    .all()
    .map((stored) => {
      const versions = Object.entries(stored.get('_k') as Record<string, bigint>)
        .filter(([name]) => name !== 'ts')
        .map(([name, offset]) => `${name.replace('orders-', '')}@${offset}`);
      const own = [...stored].filter(([name]) => !['_id', '_k', '_deletedAt', 'c', 'e'].includes(name));
      return `${stored.has('_deletedAt') ? 'tombstone' : text(new Map(own))} at ${versions.toSorted().join()}`;
    });
  return states.length === 0 ? 'absent' : states.join(' and ');
}

const text = (value: unknown) =>
  JSON.stringify(value, (_, inner) => (isDocument(inner) ? Object.fromEntries(entriesOf(inner)) : inner));

describe.each(ROWS)('$row', (row) => {
  it('at its first delivery, when nothing is there', async () => {
    const collection = aCollection(row);
    expect(collection.withState(await collection.own())).toBe(row.nothingThere);
  });

  it('at its first delivery, when an older document is there', async () => {
    const collection = aCollection(row);
    await collection.older();
    expect(collection.withState(await collection.own())).toBe(row.olderThere);
  });

  it('when it is delivered again', async () => {
    const collection = aCollection(row);
    await collection.begin();
    await collection.own();
    expect(collection.withState(await collection.own())).toBe(row.redelivered);
  });

  it('when it comes late, from a zombie or a rewind', async () => {
    const collection = aCollection(row);
    await collection.newer();
    expect(collection.withState(await collection.own())).toBe(row.stale);
  });

  it('when it is delivered again after another partition updated the document', async () => {
    const collection = aCollection(row);
    await collection.begin();
    await collection.own();
    await collection.othersUpdate();
    expect(collection.withState(await collection.own())).toBe(row.afterOthersUpdate);
  });

  it('when it is delivered again after another partition replaced the document', async () => {
    const collection = aCollection(row);
    await collection.begin();
    await collection.own();
    await collection.othersReplacement();
    expect(collection.withState(await collection.own())).toBe(row.afterOthersReplacement);
  });

  it('when it is delivered again after a later hard delete', async () => {
    const collection = aCollection(row);
    await collection.begin();
    await collection.own();
    await collection.laterDelete('hard');
    expect(collection.withState(await collection.own())).toBe(row.afterHardDelete);
  });

  it('when it is delivered again after a later tombstone', async () => {
    const collection = aCollection(row);
    await collection.begin();
    await collection.own();
    await collection.laterDelete('tombstone');
    expect(collection.withState(await collection.own())).toBe(row.afterTombstone);
  });

  it.each<Fault>([{ kind: 'lostAnswer' }, { kind: 'writeConcern' }])(
    'when its answer is lost ($kind)',
    async (fault) => {
      const collection = aCollection(row);
      await collection.begin();
      collection.documents.faults = [fault, fault];
      expect(collection.withState(await collection.own())).toBe(row.lostAnswer);
    },
  );

  it('when a zombie of its own invocation writes it at the same time', async () => {
    const collection = aCollection(row);
    await collection.begin();
    const outcomes = await Promise.all([collection.own(), collection.own()]);
    expect(collection.withState(outcomes.join(' and '))).toBe(row.twins);
  });

  it('when a newer version is written at the same time, whoever is first', async () => {
    for (const order of [0, 1]) {
      const collection = aCollection(row);
      await Promise.all(order === 0 ? [collection.own(), collection.newer()] : [collection.newer(), collection.own()]);
      expect(stateOf(collection.documents)).toBe('{"v":7} at 0@7');
    }
  });
});
