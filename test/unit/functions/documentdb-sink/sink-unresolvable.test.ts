import { describe, expect, it } from 'vitest';
import type { WriteReply } from '../../../../functions/documentdb-sink/target/document-store.ts';
import { aDocumentdbSink, inWords, notJson, order } from '../../../support/a-documentdb-sink.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';
import { FakeDocuments, type FakeDocumentsOptions, type Stored } from '../../../support/fake-documents.ts';
import { planned, replaceOf } from '../../../support/write-models.ts';

const DUPLICATE = 11_000;

/** A server that answers E11000 for some documents, whatever a filter finds. */
function alwaysInTheWay(
  isConcerned: (document: Stored) => boolean,
  duplicateIndex: string | undefined,
  options: FakeDocumentsOptions = {},
): FakeDocuments {
  const refuses = (document: Stored) => (isConcerned(document) ? DUPLICATE : undefined);
  const store = new FakeDocuments({ ...options, refuses });
  const write = store.write.bind(store);
  store.write = async (...parameters): Promise<WriteReply> => {
    const reply = await write(...parameters);
    return { ...reply, writeErrors: reply.writeErrors.map((error) => ({ ...error, duplicateIndex })) };
  };
  return store;
}

describe('a document in the way that the filter never finds', () => {
  it.each([
    ['an array under a unique index of several keys', 'tags_1'],
    ['an E11000 that names no index', undefined],
  ])('(%s) makes one dead letter after bounded rounds', async (_name, duplicateIndex) => {
    const { mapper, record } = planned();
    const { queue, deadLetters } = fakeDeadLetters();
    const documents = alwaysInTheWay((document) => Array.isArray(document.get('tags')), duplicateIndex, {
      uniqueIndexes: [{ field: 'tags' }],
    });
    const sink = aDocumentdbSink({ mapper, documents, deletes: 'hard', deadLetters: queue });
    const outcomes = await sink.write([
      record({ offset: 1 }, [replaceOf({ tags: ['a', 'b'] }, { tags: ['a', 'b'] })]),
      record({ offset: 2 }, [replaceOf({ tags: 'c' }, { tags: 'c' })]),
    ]);
    expect(outcomes.map(inWords)).toEqual(['deadLettered unresolvable_conflict', 'written']);
    expect(deadLetters).toHaveLength(1);
    expect(sink.store.calls.length).toBeLessThan(40);
  });

  it('(by _id) makes one dead letter as well, and the records beside it are written', async () => {
    const documents = alwaysInTheWay((document) => document.get('bad') === true, '_id_');
    const sink = aDocumentdbSink({ documents });
    const startMs = sink.clock.nowMs();
    const outcomes = await sink.write([order(1, 'a', { bad: true }), order(2, 'b'), notJson(3, 'a')]);
    expect(sink.clock.nowMs() - startMs).toBeLessThan(9_000);
    expect(outcomes.map(inWords)).toEqual([
      'deadLettered unresolvable_conflict',
      'written',
      'deadLettered payload_invalid',
    ]);
  });

  it('is not looked for again by every later record of the key: all are settled within one invocation', async () => {
    const documents = alwaysInTheWay((document) => document.get('bad') === true, '_id_');
    const sink = aDocumentdbSink({ documents });
    const records = Array.from({ length: 40 }, (_, offset) => order(offset, 'a', { bad: true }));
    const startMs = sink.clock.nowMs();
    const outcomes = await sink.write(records);
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['deadLettered']));
    expect(sink.clock.nowMs() - startMs).toBeLessThan(40_000);
  });

  it('is no dead letter while somebody else comes in between, now and then', async () => {
    let rounds = 0;
    const documents = alwaysInTheWay(() => {
      rounds += 1;
      return rounds <= 25;
    }, '_id_');
    const sink = aDocumentdbSink({ documents });
    expect((await sink.write([order(1, 'a')])).map(inWords)).toEqual(['written']);
  });
});
