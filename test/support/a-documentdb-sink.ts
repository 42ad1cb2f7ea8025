import type { NamespaceSettings } from '../../functions/documentdb-sink/plan/namespace.ts';
import { createNativeMapper } from '../../functions/documentdb-sink/plan/native-mapper.ts';
import type { Preparation } from '../../functions/documentdb-sink/plan/preparation.ts';
import type { RecordMapper } from '../../functions/documentdb-sink/plan/record-mapper.ts';
import { createDocumentdbSink, type DocumentdbSinkSettings } from '../../functions/documentdb-sink/sink.ts';
import type { DeadLetterQueue } from '../../shared/dead-letter/dead-letter-queue.ts';
import type { RecordOutcome } from '../../shared/outcome.ts';
import type { SourceRecord } from '../../shared/record.ts';
import type { Deadline } from '../../shared/time/deadline.ts';
import { aRecord, batchesOf, deadlineIn } from './builders.ts';
import { valueAt } from './document-server/bson-values.ts';
import { fakeDeadLetters } from './fake-dead-letters.ts';
import { FakeDocuments, type FakeDocumentsOptions, type Fault, LEAK } from './fake-documents.ts';
import { recordedTelemetry } from './recorded-telemetry.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface DocumentdbSinkSetup extends Partial<DocumentdbSinkSettings>, Partial<NamespaceSettings> {
  /** Default: the raw key as `_id`, extended JSON. */
  readonly mapper?: RecordMapper;
  readonly preparation?: Preparation;
  /** A server that several sinks share, or how to make one. */
  readonly documents?: FakeDocuments | FakeDocumentsOptions;
  readonly deadLetters?: DeadLetterQueue;
  readonly random?: () => number;
}

/** The real sink on a clock that jumps from timer to timer. Writes to `shop.<topic>`. */
export function aDocumentdbSink({
  documents,
  deadLetters,
  random,
  mapper,
  preparation,
  ...settings
}: DocumentdbSinkSetup = {}) {
  const clock = new VirtualClock();
  const telemetry = recordedTelemetry();
  const store = documents instanceof FakeDocuments ? documents : new FakeDocuments(documents);
  const sink = createDocumentdbSink({
    mapper: mapper ?? createNativeMapper({ database: 'shop', ...settings }),
    preparation,
    settings: {
      deletes: 'tombstone',
      epochs: new Map(),
      onNoMatch: 'ignore',
      tombstoneTtlSeconds: 86_400,
      onPoison: 'deadLetter',
      poolSizeMax: 3,
      ...settings,
    },
    store,
    deadLetters: deadLetters ?? fakeDeadLetters().queue,
    clock,
    random: random ?? (() => 0.5),
    log: telemetry.log,
    meter: telemetry.meter,
  });
  return {
    sink,
    store,
    clock,
    telemetry,
    write(records: readonly SourceRecord[], deadline: Deadline = deadlineIn(clock.nowMs())) {
      return clock.run(sink.write(batchesOf(records), deadline));
    },
  };
}

/** `written`, `ignored stale`, `failed conflict`, `skipped`: an outcome in a word or two. */
export function inWords(outcome: RecordOutcome): string {
  switch (outcome.kind) {
    case 'written':
    case 'skipped':
      return outcome.kind;
    case 'ignored':
      return `ignored ${outcome.reason}`;
    case 'deadLettered':
      return `deadLettered ${outcome.code}`;
    case 'failed':
      return `failed ${outcome.failure.code}`;
  }
}

export const order = (offset: number, key: string, fields: object = {}, partition = 0): SourceRecord =>
  aRecord({ offset, key, partition, value: JSON.stringify({ v: offset, ...fields }) });

export const notJson = (offset: number, key: string | null): SourceRecord =>
  aRecord({ offset, key, value: `{"${LEAK}` });

export const tombstone = (offset: number, key: string): SourceRecord => aRecord({ offset, key, value: null });

export const many = (count: number, fault: Fault): Fault[] => Array.from({ length: count }, () => fault);

export const idsSent = ({ store }: { readonly store: FakeDocuments }) =>
  store.calls.map(({ statements }) => statements.map(({ q, document }) => valueAt(q ?? document, '_id')));

/** What was stored under a key, by the offset it came from. */
export const version = (store: FakeDocuments, key: string) => store.get(key)?.get('v');
