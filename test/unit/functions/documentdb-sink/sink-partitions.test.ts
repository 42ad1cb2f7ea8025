// G4 within one collection: no partition waits for the command of another.
import { describe, expect, it } from 'vitest';
import type { Statement } from '../../../../functions/documentdb-sink/target/document-store.ts';
import {
  aDocumentdbSink,
  type DocumentdbSinkSetup,
  inWords,
  order,
  tombstone,
} from '../../../support/a-documentdb-sink.ts';
import { foreignError } from '../../../support/fake-documents.ts';
import { planned, updateOf } from '../../../support/write-models.ts';

const isOfPartition = (partition: number) => (statements: readonly Statement[]) =>
  statements.some(({ q }) => Object.keys(q as object).includes(`_k.orders-${partition}`));

/** A server that never answers the commands of the first partition; each command holds one write. */
function withoutAnswers(setup: DocumentdbSinkSetup = {}, isSilent = isOfPartition(0)) {
  const { documents = {}, ...settings } = setup;
  const sink = aDocumentdbSink({ ...settings, documents: { ...documents, limits: { operationsMax: 1 } } });
  const sentAtMs = new Map<string, number>();
  const startMs = sink.clock.nowMs();
  const write = sink.store.write.bind(sink.store);
  sink.store.write = (namespace, kind, statements, signal) => {
    if (isSilent(statements)) return new Promise(() => undefined);
    for (const { q } of statements) {
      sentAtMs.set(Object.keys(q as object).find((name) => name.startsWith('_k.')) ?? '', sink.clock.nowMs() - startMs);
    }
    return write(namespace, kind, statements, signal);
  };
  return Object.assign(sink, { sentAtMs });
}

describe('a partition', () => {
  it('goes on with writes that cannot be folded while a command of another one has no answer', async () => {
    const { mapper, record } = planned();
    const increment = [updateOf({ _id: 'a' }, { $inc: { n: 1 } })];
    const sink = withoutAnswers({ mapper });
    const outcomes = await sink.write([
      record({ partition: 0, offset: 1 }, [updateOf({ _id: 'b' }, { $set: { v: 1 } })]),
      ...[1, 2, 3, 4].map((offset) => record({ partition: 1, offset }, increment)),
    ]);
    expect(outcomes.map(inWords)).toEqual(['failed deadline_exceeded', ...Array(4).fill('written')]);
    expect(sink.sentAtMs.get('_k.orders-1')).toBe(0);
  });

  it('sends its updates at once while the deletes of another one have no answer', async () => {
    const sink = withoutAnswers({ deletes: 'hard' });
    const outcomes = await sink.write([tombstone(1, 'a'), order(2, 'b'), order(1, 'c', {}, 1)]);
    expect(outcomes.map(inWords)).toEqual(['failed deadline_exceeded', 'skipped', 'written']);
    expect(sink.sentAtMs.get('_k.orders-1')).toBe(0);
  });

  it('waits a second for a write of another one to the same document, and no longer', async () => {
    const sink = withoutAnswers();
    const outcomes = await sink.write([order(1, 'a'), order(1, 'a', {}, 1)]);
    expect(outcomes.map(inWords)).toEqual(['failed deadline_exceeded', 'written']);
    expect(sink.sentAtMs.get('_k.orders-1')).toBe(1_000);
  });

  it('waits a second for another one, which may free a unique value, and no longer', async () => {
    const sink = withoutAnswers({ deletes: 'hard', documents: { uniqueIndexes: [{ field: 'email' }] } });
    sink.store.put('taken', { email: 'e' });
    const outcomes = await sink.write([order(1, 'a'), order(1, 'b', { email: 'e' }, 1)]);
    expect(outcomes.map(inWords)).toEqual(['failed deadline_exceeded', 'deadLettered duplicate_key']);
    expect(sink.sentAtMs.get('_k.orders-1')).toBe(1_000);
  });

  it('shares its commands with others that are ready at the same time', async () => {
    const sink = aDocumentdbSink();
    await sink.write([0, 1, 2].map((partition) => order(1, `k${partition}`, {}, partition)));
    expect(sink.store.calls.map(({ statements }) => statements.length)).toEqual([3]);
  });
});

describe('a command that was under way when the target refused everything', () => {
  it('does not begin normal sending again by its failure', async () => {
    const sink = aDocumentdbSink({ documents: { limits: { operationsMax: 1 } } });
    const sentAtMs: number[] = [];
    const startMs = sink.clock.nowMs();
    sink.store.write = () => {
      sentAtMs.push(sink.clock.nowMs() - startMs);
      return Promise.reject(
        sentAtMs.length === 2 ? foreignError('MongoNetworkError') : foreignError('MongoServerError', 301),
      );
    };
    await sink.write([order(1, 'a'), order(2, 'b')]);
    expect(sentAtMs.slice(0, 4)).toEqual([0, 0, 5_000, 10_000]);
  });
});
