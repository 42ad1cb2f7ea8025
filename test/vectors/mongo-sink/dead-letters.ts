import { functionSettings } from '../../../functions/documentdb-sink/connector/file/function-settings.ts';
import { createDocumentdbSink } from '../../../functions/documentdb-sink/sink.ts';
import type { DeadLetter } from '../../../shared/dead-letter/dead-letter.ts';
import { isSettled, type RecordOutcome } from '../../../shared/outcome.ts';
import type { SourceRecord } from '../../../shared/record.ts';
import { createMeter } from '../../../shared/telemetry/telemetry.ts';
import { VALIDATION_FAILED } from '../../support/document-server/write-error.ts';
import { FakeDocuments, type FakeDocumentsOptions } from '../../support/fake-documents.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { CaseError, expectSame } from '../case-error.ts';
import type { Component } from './components.ts';
import { NOW_MS } from './components.ts';
import type { Fields, MongoCase } from './mongo-case.ts';
import { listIn, stringMapperOf, textRecord } from './pipeline.ts';
import { connectorOf, refused, topicOf } from './properties.ts';

/** What becomes of failures: the whole sink on a server that does what the case says. */
export const deadLetters: Component = async (vector) => {
  const batch = batchOf(vector);
  const { store, letters, outcomes } = await delivered(vector, batch);
  const reports = reportsOf(letters);
  for (const index of writtenIn(vector.expectedDocument)) {
    expectSame(`record ${index}`, store.get(index, store.calls[0]?.namespace) ? 'written' : 'not written', 'written');
  }
  const ourselves = { reports, outcomes: new Map(outcomes.map((outcome) => [outcome.position.offset, outcome])) };
  expectReports(vector, ourselves);
  return { kind: 'checked' };
};

const writtenIn = (expected: unknown): readonly unknown[] =>
  fieldsOf(expected).has('$$written') ? listIn(expected, '$$written') : [];

interface Batch {
  readonly records: readonly SourceRecord[];
  /** What the server does with the documents of the case. */
  readonly server: FakeDocumentsOptions;
}

const fieldsOf = (content: unknown): Fields => (content instanceof Map ? content : new Map());

/** `{"$$batch": [2, 3], "$$server": ..}` or `{"$$records": ["{..}", ..]}`; a record's index is its offset and `_id`. */
function batchOf(vector: MongoCase): Batch {
  const topic = topicOf(vector);
  const fields = fieldsOf(vector.value);
  const server = fieldsOf(fields.get('$$server'));
  if (fields.has('$$records')) {
    const records = listIn(fields, '$$records').map((text, index) => textRecord(topic, index, String(text)));
    return { records, server: serverOf(server, []) };
  }
  const indexes = listIn(fields, '$$batch').map(Number);
  const records = indexes.map((index) => textRecord(topic, index, `{"_id": ${index}}`));
  return { records, server: serverOf(server, indexes) };
}

function serverOf(server: Fields, indexes: readonly number[]): FakeDocumentsOptions {
  const places = server.get('writeErrorAtIndex') ?? [];
  const refusedIds = new Set((Array.isArray(places) ? places : [places]).map((place) => indexes[Number(place)]));
  return {
    refuses: (_document, id) => (refusedIds.has(Number(id)) ? VALIDATION_FAILED : undefined),
    ...troubleOf(server),
  };
}

const INTERRUPTED_AT_SHUTDOWN = 11600;

/** Any exception but a bulk's own means that the cluster is away; a failed write concern passes, once it is asked again. */
function troubleOf(server: Fields): FakeDocumentsOptions {
  if (server.has('throws')) return { faultOfAll: { kind: 'code', code: INTERRUPTED_AT_SHUTDOWN } };
  const fails = [...server].some(([name, value]) => /writeConcern/i.test(name) && value !== false && value !== null);
  return { faults: fails ? [{ kind: 'writeConcern' }] : [] };
}

async function delivered(vector: MongoCase, { records, server }: Batch) {
  const clock = new VirtualClock({ nowMs: NOW_MS, wallTimeMs: NOW_MS });
  const store = new FakeDocuments(server);
  const letters: DeadLetter[] = [];
  const sink = createDocumentdbSink({
    settings: { ...functionSettings(connectorOf(vector)), epochs: new Map(), poolSizeMax: 3 },
    mapper: stringMapperOf(vector),
    store,
    deadLetters: {
      put(letter) {
        letters.push(letter);
        return Promise.resolve(true);
      },
    },
    clock,
    random: () => 0.5,
    log: { info: () => undefined, warn: () => undefined },
    meter: createMeter(),
  });
  const topicPartition = records[0]?.position.topicPartition ?? '';
  const deadline = { sendUntilMs: NOW_MS + 30_000, answerByMs: NOW_MS + 33_000 };
  const outcomes = await clock.run(sink.write([{ topicPartition, records }], deadline));
  return { store, letters, outcomes };
}

/** As the connector would call them: the stage tells a record that could not be converted from one that was refused. */
const reportsOf = (letters: readonly DeadLetter[]): ReadonlyMap<number, string> =>
  new Map(letters.map(({ offset, stage }) => [offset, stage === 'writing' ? 'WriteException' : 'DataException']));

interface Ourselves {
  readonly reports: ReadonlyMap<number, string>;
  readonly outcomes: ReadonlyMap<number, RecordOutcome>;
}

/** @throws CaseError unless the letters are those expected, or differ in a way that is told to users */
function expectReports({ expect, expectedDocument }: MongoCase, ours: Ourselves): void {
  const expected = new Map(
    listIn(expectedDocument, '$$reports').map((report) => {
      const [index, exception] = Array.isArray(report) ? report : [];
      return [Number(index), String(exception)];
    }),
  );
  const isUnsettled = [...ours.outcomes.values()].some((outcome) => !isSettled(outcome));
  if (expect === 'error' && !isUnsettled) throw new CaseError('failed', 'every record is settled, expected a failure');
  const [own, others] = [new Map<number, string>(), new Map<number, string>()];
  for (const [index, exception] of expected) (OWN.has(exception) ? own : others).set(index, exception);
  expectSame('the dead letters', [...ours.reports].toSorted(byIndex), [...own].toSorted(byIndex));
  for (const [index, exception] of others) expectInstead(exception, index, ours.outcomes.get(index)?.kind);
  if (expect !== 'error' && others.size === 0 && isUnsettled)
    throw new CaseError('failed', 'records come again, expected none');
  const [exception] = others.values();
  if (exception !== undefined) throw refused(REFUSALS[exception]?.id ?? 'outage-tolerated');
}

const byIndex = ([a]: readonly [number, string], [b]: readonly [number, string]): number => a - b;

/** Reports that are dead letters here as well. */
const OWN: ReadonlySet<string> = new Set(['WriteException', 'DataException']);

const REFUSALS: Readonly<Record<string, { readonly id: 'write-skipped' | 'write-concern'; readonly instead: string }>> =
  {
    WriteSkippedException: { id: 'write-skipped', instead: 'written' },
    WriteConcernException: { id: 'write-concern', instead: 'written' },
  };

/** What becomes here of a record that the connector gives up: an outage's comes again. */
function expectInstead(exception: string, index: number, kind: string | undefined): void {
  expectSame(
    `record ${index}, which the connector reports as ${exception},`,
    kind,
    REFUSALS[exception]?.instead ?? 'failed',
  );
}
