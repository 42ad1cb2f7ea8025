import { describe, expect, it } from 'vitest';
import { isSettled, type RecordOutcome } from '../../../../shared/outcome.ts';
import type { SourceRecord } from '../../../../shared/record.ts';
import { aDocumentdbSink, type DocumentdbSinkSetup, inWords, order } from '../../../support/a-documentdb-sink.ts';
import { deadlineIn } from '../../../support/builders.ts';
import { valueAt } from '../../../support/document-server/bson-values.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';
import { type FakeDocumentsOptions, foreignError, type Stored } from '../../../support/fake-documents.ts';
import { insertOf, planned, updateOf } from '../../../support/write-models.ts';

/** In neither list of codes: the document or the server may be the cause. */
const UNLISTED = 16_755;
/** Conflicting operators, or garbage collection that throttles writes. */
const THROTTLED = 40;
const TIMEOUT_MS = 15_000;
const INVOCATIONS_MAX = 20;
const DEAD_LETTER = 'deadLettered rejected_by_target';

const isBad = (written: Stored): boolean => valueAt(written, 'bad') === true || valueAt(written, '$set.bad') === true;
const refusesBad = (code: number): FakeDocumentsOptions => ({
  refuses: (document) => (isBad(document) ? code : undefined),
});

/** A sink of an environment with the shortest timeout, and the dead letters. */
function anEnvironment(documents: FakeDocumentsOptions, setup: Partial<DocumentdbSinkSetup> = {}) {
  const { queue, deadLetters } = fakeDeadLetters();
  const sink = aDocumentdbSink({ documents, deadLetters: queue, ...setup });
  const invoke = (records: readonly SourceRecord[]) =>
    sink.write(records, deadlineIn(sink.clock.nowMs(), TIMEOUT_MS)).then((outcomes) => outcomes.map(inWords));
  const { clock, store, write } = sink;
  return { clock, store, write, deadLetters, invoke };
}

/** As Lambda does without a report of item failures. @returns the outcomes of each invocation, up to the first that settles all */
async function invokeOnDemand({ write, clock }: ReturnType<typeof anEnvironment>, records: readonly SourceRecord[]) {
  const invocations: (readonly RecordOutcome[])[] = [];
  while (invocations.length < INVOCATIONS_MAX) {
    const outcomes = await write(records, deadlineIn(clock.nowMs(), TIMEOUT_MS));
    invocations.push(outcomes);
    if (outcomes.every(isSettled)) break;
  }
  return invocations.map((outcomes) => outcomes.map(inWords));
}

describe('a batch that comes again and again as a whole', () => {
  const { mapper, record } = planned();
  const inserts = (count: number) =>
    Array.from({ length: count }, (_, offset) => record({ offset }, [insertOf({ _id: 'a', bad: true })]));
  const updates = (count: number) =>
    Array.from({ length: count }, (_, offset) =>
      record({ offset }, [updateOf({ _id: 'a' }, { $set: offset % 2 === 0 ? { bad: true } : { v: offset } })]),
    );

  it.each([5, 30])('ends although %i inserts of one document are refused', async (count) => {
    const environment = anEnvironment(refusesBad(UNLISTED), { mapper });
    const invocations = await invokeOnDemand(environment, inserts(count));
    expect(invocations.at(-1)).toEqual(Array(count).fill(DEAD_LETTER));
    expect(invocations.length).toBeLessThanOrEqual(Math.ceil(count / 4) + 1);
  });

  it('ends although inserts meet a document of another writer, with updates of that document between them', async () => {
    const environment = anEnvironment({}, { mapper });
    await environment.write([record({ partition: 1 }, [insertOf({ _id: 'a' })])]);
    const inserted = Array.from({ length: 12 }, (_, at) => record({ offset: 2 * at }, [insertOf({ _id: 'a' })]));
    const updated = Array.from({ length: 12 }, (_, at) =>
      record({ offset: 2 * at + 1 }, [updateOf({ _id: 'a' }, { $set: { v: at } })]),
    );
    const pairs = inserted.flatMap((insert, at) => [insert, updated[at] as SourceRecord]);
    const [words = [], ...more] = await invokeOnDemand(environment, pairs);
    expect(more).toEqual([]);
    expect(words.filter((_, at) => at % 2 === 0)).toEqual(Array(12).fill('deadLettered duplicate_key'));
    expect(environment.store.get('a')?.get('v')).toBe(11);
  });

  it('ends although every other update of one document is refused', async () => {
    const environment = anEnvironment(refusesBad(UNLISTED), { mapper });
    const invocations = await invokeOnDemand(environment, updates(20));
    const [refused, taken] = [0, 1].map((rest) => invocations.at(-1)?.filter((_, at) => at % 2 === rest));
    expect(refused).toEqual(Array(10).fill(DEAD_LETTER));
    expect(new Set(taken)).toEqual(new Set(['ignored stale', 'written']));
    expect(invocations.length).toBeLessThanOrEqual(5);
    expect(environment.store.get('a')?.get('v')).toBe(19);
  });

  it('ends although inserts of one document are refused with the code of throttling, while a neighbour is written', async () => {
    const environment = anEnvironment(refusesBad(THROTTLED), { mapper });
    const neighbour = record({ offset: 9 }, [updateOf({ _id: 'b' }, { $set: { v: 1 } })]);
    const invocations = await invokeOnDemand(environment, [...inserts(3), neighbour]);
    expect(invocations.at(-1)).toEqual([...Array(3).fill(DEAD_LETTER), 'written']);
  });
});

describe('a record that was proven to be poison', () => {
  const poisonRecord = order(1, 'a', { bad: true });

  it('becomes a dead letter after one refusal and a probe', async () => {
    const environment = anEnvironment(refusesBad(UNLISTED));
    await environment.invoke([poisonRecord]);
    const [startMs, startCount] = [environment.clock.nowMs(), environment.store.calls.length];
    expect(await environment.invoke([poisonRecord])).toEqual([DEAD_LETTER]);
    expect(environment.store.calls.length - startCount).toBe(2);
    expect(environment.clock.nowMs() - startMs).toBeLessThan(100);
    expect(environment.deadLetters).toHaveLength(2);
  });

  it('becomes a dead letter at once, too, where the driver cannot serialize the document', async () => {
    const environment = anEnvironment({ refusesCommand: (document) => (isBad(document) ? UNLISTED : undefined) });
    const write = environment.store.write.bind(environment.store);
    environment.store.write = (...parameters) =>
      write(...parameters).catch(() => Promise.reject(foreignError('RangeError')));
    expect(await environment.invoke([poisonRecord])).toEqual(['deadLettered payload_invalid']);
    const startMs = environment.clock.nowMs();
    expect(await environment.invoke([poisonRecord])).toEqual(['deadLettered payload_invalid']);
    expect(environment.clock.nowMs() - startMs).toBeLessThan(100);
  });

  it('stays known while it comes again and again', async () => {
    const environment = anEnvironment(refusesBad(UNLISTED));
    await environment.invoke([poisonRecord]);
    for (let time = 0; time < 3; time += 1) {
      await environment.clock.advance(20 * 60_000);
      const startMs = environment.clock.nowMs();
      expect(await environment.invoke([poisonRecord])).toEqual([DEAD_LETTER]);
      expect(environment.clock.nowMs() - startMs).toBeLessThan(100);
    }
  });

  it('is sent by itself: a fold with the records behind would have to be taken apart', async () => {
    const { mapper, record } = planned();
    const environment = anEnvironment(refusesBad(UNLISTED), { mapper });
    const set = (offset: number, fields: object) =>
      record({ offset }, [updateOf({ _id: 'a' }, { $set: { v: offset, ...fields } })]);
    const records = [set(1, {}), set(2, { bad: true }), set(3, {})];
    await environment.invoke(records.slice(0, 2));
    const [startMs, startCount] = [environment.clock.nowMs(), environment.store.calls.length];
    expect(await environment.invoke(records)).toEqual(['written', DEAD_LETTER, 'written']);
    expect(environment.store.calls.length - startCount).toBe(4);
    expect(environment.clock.nowMs() - startMs).toBeLessThan(100);
  });

  it('is written where the server takes the record now, and is proven anew where it is refused later', async () => {
    const environment = anEnvironment(refusesBad(UNLISTED));
    await environment.invoke([poisonRecord]);
    environment.store.options = {};
    expect(await environment.invoke([poisonRecord])).toEqual(['written']);
    environment.store.options = refusesBad(UNLISTED);
    const startCount = environment.store.calls.length;
    expect(await environment.invoke([poisonRecord])).toEqual([DEAD_LETTER]);
    expect(environment.store.calls.length - startCount).toBeGreaterThan(5);
  });

  it.each([
    ['no update passes', { refusesCommand: () => UNLISTED }],
    ['no command is answered', { faultOfAll: { kind: 'unreachable' } }],
  ] as const)('is unsettled while %s', async (_name, outage) => {
    const environment = anEnvironment(refusesBad(UNLISTED));
    await environment.invoke([poisonRecord]);
    environment.store.options = outage;
    expect(await environment.invoke([poisonRecord])).not.toEqual([DEAD_LETTER]);
    expect(environment.deadLetters).toHaveLength(1);
  });

  it('is written where another record of its command is the cause of the refusal', async () => {
    const refusesCommand = (document: Stored) => (isBad(document) ? UNLISTED : undefined);
    const environment = anEnvironment({ refusesCommand });
    await environment.invoke([poisonRecord]);
    environment.store.options = { refusesCommand: (document) => (document.get('_id') === 'b' ? UNLISTED : undefined) };
    expect(await environment.invoke([poisonRecord, order(2, 'b')])).toEqual(['written', DEAD_LETTER]);
  });

  it('is unsettled while writes are throttled, although a probe passes', async () => {
    const environment = anEnvironment(refusesBad(THROTTLED));
    expect(await environment.invoke([poisonRecord, order(2, 'b')])).toEqual([DEAD_LETTER, 'written']);
    await environment.clock.advance(60_000);
    expect(await environment.invoke([poisonRecord])).toEqual(['failed rejected_by_target']);
  });

  it.each([
    ['another code', { store: refusesBad(8) }],
    [
      'a record of a topic that was created anew',
      { again: { ...poisonRecord, timestampMs: poisonRecord.timestampMs + 1 } },
    ],
    ['a record of another partition', { again: order(1, 'a', { bad: true }, 1) }],
    ['a refusal half an hour later', { pauseMs: 30 * 60_000 + 1 }],
  ] as const)(
    '%s is proven anew',
    async (_name, {
      store,
      again = poisonRecord,
      pauseMs = 0,
    }: {
      readonly store?: FakeDocumentsOptions;
      readonly again?: SourceRecord;
      readonly pauseMs?: number;
    }) => {
      const environment = anEnvironment(refusesBad(UNLISTED));
      await environment.invoke([poisonRecord]);
      await environment.clock.advance(pauseMs);
      environment.store.options = store ?? environment.store.options;
      const startCount = environment.store.calls.length;
      expect(await environment.invoke([again])).toEqual([DEAD_LETTER]);
      expect(environment.store.calls.length - startCount).toBeGreaterThan(5);
    },
  );
});
