import type { WriteModel } from '../../functions/documentdb-sink/plan/write-model.ts';
import type { DocumentdbSinkSetup } from './a-documentdb-sink.ts';
import { aDocumentdbSink, inWords } from './a-documentdb-sink.ts';
import type { RecordParts } from './builders.ts';
import { fakeDeadLetters } from './fake-dead-letters.ts';
import { FakeDocuments } from './fake-documents.ts';
import { insertOf, planned, updateOf } from './write-models.ts';

export const K = { _id: 'k' };

export const inc = updateOf(K, { $inc: { n: 1 } });

export const set = (offset: number, upsert = true) => updateOf(K, { $set: { v: offset } }, upsert);

export const insert = (offset: number) => insertOf({ ...K, v: offset });

export interface Planned extends RecordParts {
  readonly models: readonly WriteModel[];
  readonly version?: bigint | number;
}

/** One collection; each call is an invocation with these records. */
export function aCollection(setup: DocumentdbSinkSetup = {}) {
  const documents = setup.documents instanceof FakeDocuments ? setup.documents : new FakeDocuments(setup.documents);
  const { mapper, record } = planned();
  const { queue, deadLetters } = fakeDeadLetters();
  const invoke = async (records: readonly Planned[], more: DocumentdbSinkSetup = {}) => {
    const sink = aDocumentdbSink({ deletes: 'hard', mapper, deadLetters: queue, ...setup, ...more, documents });
    const outcomes = await sink.write(records.map(({ models, version, ...parts }) => record(parts, models, version)));
    return { words: outcomes.map(inWords), outcomes, metrics: sink.telemetry.metrics() };
  };
  const wordsOf = async (...records: readonly Planned[]) => (await invoke(records)).words;
  return { documents, deadLetters, invoke, wordsOf, stored: () => documents.collection().get('k') };
}

export const at = (offset: number, ...models: readonly WriteModel[]): Planned => ({ offset, models });

export const versionsIn = (stored: ReadonlyMap<string, unknown> | undefined) => stored?.get('_k');
