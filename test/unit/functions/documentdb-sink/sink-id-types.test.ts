import { readFileSync } from 'node:fs';
import { BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { createRecordMapper } from '../../../../functions/documentdb-sink/connector/create-record-mapper.ts';
import { readConnector } from '../../../../functions/documentdb-sink/connector/file/read-connector.ts';
import { aDocumentdbSink, inWords } from '../../../support/a-documentdb-sink.ts';
import { aRecord } from '../../../support/builders.ts';
import { planned, replaceOf, updateOf } from '../../../support/write-models.ts';

const CASE = 'test/fixtures/connector-documents/60-id-number-types';

describe('the _id of records that are folded together', () => {
  it("has the type of the write that made the document, as the connector's has", async () => {
    const text = readFileSync(`${CASE}.properties`, 'utf8');
    const mapper = createRecordMapper(readConnector(text, { where: 'test' }), 'test');
    const sink = aDocumentdbSink({ mapper, deletes: 'hard' });
    const lines = readFileSync(`${CASE}.jsonl`, 'utf8').trim().split('\n');
    const records = lines.map((line, offset) => aRecord({ topic: 'held', offset, ...JSON.parse(line) }));
    expect(new Set((await sink.write(records)).map(inWords))).toEqual(new Set(['written']));
    expect(sink.store.calls).toHaveLength(1);
    const { collections } = JSON.parse(readFileSync(`${CASE}.expected.json`, 'utf8'));
    const stored = sink.store
      .collection('held.docs')
      .all()
      .map((document) =>
        BSON.EJSON.stringify(BSON.deserialize(BSON.serialize(withoutMarks(document)), { promoteValues: false }), {
          relaxed: false,
        }),
      );
    const expected = collections['held.docs'].map(({ read }: { read: string }) => JSON.stringify(JSON.parse(read)));
    expect(stored.toSorted()).toEqual(expected.toSorted());
  });

  it.each([
    ['a deletion in between', [{ kind: 'deleteOne', filter: new Map([['_id', 3]]) }], 3n],
    ['an update first', [updateOf({ _id: 3 }, { $set: { a: 1 } })], 3],
    ['an update first that makes none', [updateOf({ _id: 3 }, { $set: { a: 1 } }, false)], 3n],
  ] as const)('with %s', async (_name, [first], expected) => {
    const { mapper, record } = planned();
    const sink = aDocumentdbSink({ mapper, deletes: 'hard' });
    await sink.write([
      record({ offset: 1 }, [first]),
      record({ offset: 2 }, [replaceOf({ _id: 3n }, { _id: 3n, v: 2 })]),
    ]);
    expect(
      sink.store
        .collection()
        .all()
        .map((stored) => stored.get('_id')),
    ).toEqual([expected]);
  });

  it('is that of the first update where all are updates', async () => {
    const { mapper, record } = planned();
    const sink = aDocumentdbSink({ mapper, deletes: 'hard' });
    await sink.write([
      record({ offset: 1 }, [updateOf({ _id: 3 }, { $set: { a: 1 } })]),
      record({ offset: 2 }, [updateOf({ _id: 3n }, { $set: { b: 1 } })]),
    ]);
    expect(
      sink.store
        .collection()
        .all()
        .map((stored) => stored.get('_id')),
    ).toEqual([3]);
  });
});

const withoutMarks = (document: ReadonlyMap<string, unknown>) =>
  new Map([...document].filter(([name]) => name !== '_k')) as unknown as BSON.Document;
