import { describe, expect, it } from 'vitest';
import { createNativeMapper } from '../../../../functions/documentdb-sink/plan/native-mapper.ts';
import type { RecordMapper } from '../../../../functions/documentdb-sink/plan/record-mapper.ts';
import type { Statement } from '../../../../functions/documentdb-sink/target/document-store.ts';
import { InvariantError } from '../../../../shared/errors.ts';
import { aDocumentdbSink, inWords, order } from '../../../support/a-documentdb-sink.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';
import { FakeDocuments, foreignError, LEAK } from '../../../support/fake-documents.ts';

const native = createNativeMapper({ database: 'shop' });

/** A policy that throws for the record at offset 1. */
const throwing =
  (error: unknown): RecordMapper =>
  (record, nowMs) => {
    if (record.position.offset === 1) throw error;
    return native(record, nowMs);
  };

/** An `_id` that no name can be made of: what follows the policy throws. */
const unnameable: RecordMapper = (record, nowMs) => {
  const id = { toJSON: () => null, _bsontype: 'DBRef' };
  Object.setPrototypeOf(id, { constructor: null });
  const plan = native(record, nowMs);
  if (record.position.offset !== 1 || plan.kind !== 'write') return plan;
  const filter = new Map([['_id', id]]);
  return { ...plan, models: [{ kind: 'deleteOne', filter }] };
};

describe('what planning a record throws', () => {
  it.each([
    ['a foreign error', throwing(foreignError('BSONError'))],
    ['a RangeError', throwing(new RangeError(LEAK))],
    ['a text', throwing(LEAK)],
    ['an error of our own', throwing(new InvariantError('the record fits'))],
    ['what names the document', unnameable],
  ])('is poison for that record alone: %s', async (_name, mapper) => {
    const { queue, deadLetters } = fakeDeadLetters();
    const sink = aDocumentdbSink({ mapper, deadLetters: queue });
    const outcomes = await sink.write([order(0, 'a'), order(1, 'b'), order(2, 'c'), order(0, 'd', {}, 1)]);
    expect(outcomes.map(inWords)).toEqual(['written', 'deadLettered planning_failed', 'written', 'written']);
    expect(deadLetters.map(({ offset, stage, code }) => [offset, stage, code])).toEqual([
      [1, 'converting', 'planning_failed'],
    ]);
    expect(sink.telemetry.metrics()['PlanningFailures']).toBe(1);
    expect(JSON.stringify([deadLetters, outcomes, sink.telemetry.lines])).not.toContain(LEAK);
  });

  it('is counted at zero nowhere', async () => {
    const sink = aDocumentdbSink();
    await sink.write([order(0, 'a')]);
    expect(sink.telemetry.metrics()).not.toHaveProperty('PlanningFailures');
  });
});

describe('a regular expression with options that the driver does not know', () => {
  it('is written as it stands, as the connector writes it', async () => {
    const sink = aDocumentdbSink();
    const outcomes = await sink.write([order(0, 'a', { pattern: { $regex: 'x', $options: 'ig' } }), order(1, 'b')]);
    expect(outcomes.map(inWords)).toEqual(['written', 'written']);
    expect(sink.store.get('a')?.get('pattern')).toMatchObject({ pattern: 'x', options: 'gi' });
  });
});

/** As the driver: it makes bytes of a whole command before it sends any, and says of no statement that it is to blame. */
function unserializable(culprit: string, name: string): FakeDocuments {
  const documents = new FakeDocuments();
  const write = documents.write.bind(documents);
  documents.write = async (namespace, kind, statements, signal) => {
    const isCulprit = ({ q }: Statement) => (q as { readonly _id: string })._id === culprit;
    if (statements.some(isCulprit)) throw foreignError(name);
    return write(namespace, kind, statements, signal);
  };
  return documents;
}

describe('what the driver cannot make bytes of', () => {
  it.each(['BSONError', 'RangeError'])(
    'blames its own record alone, whatever partitions share the command: %s',
    async (name) => {
      const { queue, deadLetters } = fakeDeadLetters();
      const sink = aDocumentdbSink({ documents: unserializable('culprit', name), deadLetters: queue });
      const records = [0, 1, 2].flatMap((partition) =>
        Array.from({ length: 20 }, (_, offset) =>
          order(offset, partition === 1 && offset === 7 ? 'culprit' : `key ${partition} ${offset}`, {}, partition),
        ),
      );
      const outcomes = await sink.write(records);
      expect(outcomes.map(inWords).filter((word) => word !== 'written')).toEqual(['deadLettered payload_invalid']);
      expect(deadLetters.map(({ partition, offset }) => [partition, offset])).toEqual([[1, 7]]);
      expect(JSON.stringify([deadLetters, sink.telemetry.lines])).not.toContain(LEAK);
    },
  );
});
