import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSettled, type RecordOutcome } from '../../../../shared/outcome.ts';
import type { SourceRecord } from '../../../../shared/record.ts';
import { settle, toBatchResponse } from '../../../../shared/settle.ts';
import { aDocumentdbSink, inWords } from '../../../support/a-documentdb-sink.ts';
import { aRecord, batchesOf } from '../../../support/builders.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';
import { FakeDocuments, type Fault, type Stored } from '../../../support/fake-documents.ts';
import { randomRuns } from '../../../support/random-runs.ts';

type Content = 'document' | 'refused' | 'tombstone' | 'not JSON' | 'no key';

interface Planned {
  readonly partition: number;
  readonly key: string;
  readonly content: Content;
}

interface Scenario {
  readonly plan: readonly Planned[];
  readonly deletes: 'tombstone' | 'hard';
  readonly onPoison: 'deadLetter' | 'block' | 'skip';
  readonly faults: readonly (Fault | undefined)[];
  readonly operationsMax: number;
  readonly lettersFail: boolean;
}

const content = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Content>('document') },
  { weight: 3, arbitrary: fc.constant<Content>('tombstone') },
  { weight: 1, arbitrary: fc.constantFrom<Content>('refused', 'not JSON', 'no key') },
);
const planned = fc.record({ partition: fc.nat(2), key: fc.constantFrom('a', 'b', 'c', 'd'), content });
const fault = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Fault>(
      { kind: 'unreachable' },
      { kind: 'lostAnswer' },
      { kind: 'writeConcern' },
      { kind: 'hang' },
      { kind: 'driverError', name: 'MongoServerSelectionError' },
      { kind: 'driverError', name: 'SomethingNew' },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(13, 18, 112, 10107, 9_999).map((code): Fault => ({ kind: 'code', code })),
  },
);
const scenario: fc.Arbitrary<Scenario> = fc.record({
  plan: fc.array(planned, { minLength: 1, maxLength: 24 }),
  deletes: fc.constantFrom('tombstone', 'hard'),
  onPoison: fc.constantFrom('deadLetter', 'block', 'skip'),
  faults: fc.array(fault, { maxLength: 12 }),
  operationsMax: fc.constantFrom(1, 2, 100),
  lettersFail: fc.boolean(),
});

/** Offsets ascend through all partitions, with gaps in each. */
const recordsOf = ({ plan }: Scenario): readonly SourceRecord[] =>
  plan.map(({ partition, key, content }, offset) =>
    aRecord({
      partition,
      offset,
      key: content === 'no key' ? null : key,
      value: valueFor(content, offset),
    }),
  );

function valueFor(content: Content, offset: number): string | null {
  if (content === 'tombstone') return null;
  return content === 'not JSON' ? '{"v":' : JSON.stringify({ v: offset, refused: content === 'refused' });
}

const isPoison = ({ content }: Planned) => content !== 'document' && content !== 'tombstone';
const keyOf = (record: SourceRecord) => (record.key === null ? 'none' : Buffer.from(record.key.bytes()).toString());
const flat = (records: readonly SourceRecord[]) => batchesOf(records).flatMap((batch) => batch.records);

const snapshot = (documents: FakeDocuments) =>
  new Map(
    documents
      .collection()
      .all()
      .map((stored) => [stored.get('_id'), stored]),
  );
const sourceVersionOf = (stored: Stored | undefined, field: string) =>
  (stored?.get('_k') as Record<string, bigint> | undefined)?.[field];

function hasVersionGoneBack(before: ReadonlyMap<unknown, Stored>, documents: FakeDocuments): boolean {
  return [...snapshot(documents)].some(([id, stored]) =>
    ['orders-0', 'orders-1', 'orders-2'].some((field) => {
      const [was, is] = [sourceVersionOf(before.get(id), field), sourceVersionOf(stored, field)];
      return was !== undefined && is !== undefined && is < was;
    }),
  );
}

/** A server that checks what it is sent, and that no stored version of a document ever goes back. */
function watched(options: ConstructorParameters<typeof FakeDocuments>[0], violations: string[]) {
  const documents = new FakeDocuments(options);
  const write = documents.write.bind(documents);
  documents.write = async (namespace, kind, statements, signal) => {
    const ids = statements.map(({ q }) => (q as { _id: string })._id);
    if (new Set(ids).size !== ids.length) violations.push('one document twice in a command');
    if (ids.length > (options?.limits?.operationsMax ?? 100)) violations.push('too many operations in a command');
    const before = snapshot(documents);
    try {
      return await write(namespace, kind, statements, signal);
    } finally {
      if (hasVersionGoneBack(before, documents)) violations.push('a stored version went back');
    }
  };
  return documents;
}

const refuses = (document: Stored) => (document.get('refused') === true ? 121 : undefined);

async function deliver(
  scenario: Scenario,
  documents: FakeDocuments,
  records: readonly SourceRecord[],
  violations: string[],
) {
  const deadLetters = fakeDeadLetters(() => !scenario.lettersFail);
  const sink = aDocumentdbSink({ ...scenario, documents, deadLetters: deadLetters.queue });
  const startMs = sink.clock.nowMs();
  const write = documents.write.bind(documents);
  documents.write = (...parameters) => {
    if (sink.clock.nowMs() >= startMs + 55_000) violations.push('sent after sendUntil');
    return write(...parameters);
  };
  const outcomes = await sink.write(records);
  documents.write = write;
  if (sink.clock.nowMs() > startMs + 58_500) violations.push('answered too late');
  return { outcomes, deadLetters: deadLetters.deadLetters };
}

/** What each document must be in the end: what the last good record of one of its partitions made of it. */
function expectedStates(scenario: Scenario): Map<string, Set<string>> {
  const last = new Map<string, Map<number, string>>();
  for (const [offset, planned] of scenario.plan.entries()) {
    if (isPoison(planned)) continue;
    const partitions = last.get(planned.key) ?? new Map<number, string>();
    partitions.set(planned.partition, planned.content === 'tombstone' ? 'absent' : `v${offset}`);
    last.set(planned.key, partitions);
  }
  return new Map([...last].map(([key, partitions]) => [key, new Set(partitions.values())]));
}

const stateOf = (documents: FakeDocuments, key: string) => {
  const stored = documents.get(key);
  return stored === undefined ? 'absent' : `v${stored.get('v')}`;
};

const unsettledOf = (records: readonly SourceRecord[], outcomes: readonly RecordOutcome[]) =>
  records.filter((_record, index) => {
    const outcome = outcomes[index];
    return outcome === undefined || !isSettled(outcome);
  });

/** Records without a document are each on their own. */
const laneOf = (record = aRecord()) =>
  record.key === null ? `offset ${record.position.offset}` : `${record.position.topicPartition} ${keyOf(record)}`;

/** What the sink itself cannot convert becomes a dead letter or is ignored; what the server refuses may also be folded away. */
function expectLettersOfPoisonOnly(
  { plan }: Scenario,
  outcomes: readonly RecordOutcome[],
  deadLetters: readonly { readonly offset: number }[],
): void {
  for (const outcome of outcomes) {
    const planned = plan[outcome.position.offset];
    const hasLetter = deadLetters.some(({ offset }) => offset === outcome.position.offset);
    expect(outcome.kind === 'deadLettered').toBe(hasLetter);
    const isCalledPoison = hasLetter || (outcome.kind === 'ignored' && outcome.reason === 'poison');
    expect(!isCalledPoison || (planned !== undefined && isPoison(planned))).toBe(true);
    if (planned?.content === 'not JSON' || planned?.content === 'no key') expect(outcome.kind).not.toBe('written');
  }
}

/** What Lambda sends next, after some were named. Its documents leave both readings open. */
function repeated(reading: string, sent: readonly SourceRecord[], unsettled: readonly SourceRecord[]) {
  if (reading === 'only the unsettled') return unsettled;
  return sent.filter(({ position }) =>
    unsettled.some(
      (other) => other.position.topicPartition === position.topicPartition && other.position.offset <= position.offset,
    ),
  );
}

describe('under random faults', () => {
  it('holds the seven invariants in every batch', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (scenario) => {
        const violations: string[] = [];
        const limits = { operationsMax: scenario.operationsMax };
        const documents = watched({ faults: scenario.faults, refuses, limits, nonAtomicUpsert: true }, violations);
        const records = flat(recordsOf(scenario));
        const { outcomes, deadLetters } = await deliver(scenario, documents, records, violations);
        expect(violations).toEqual([]);
        // 1: one outcome a record, in order; `settle` asserts it too.
        expect(outcomes.map(({ position }) => position)).toEqual(records.map(({ position }) => position));
        // 2, 3, 4: exactly the unsettled are named, once.
        const named = toBatchResponse(settle(batchesOf(records), outcomes)).batchItemFailures;
        expect(named.map(({ itemIdentifier }) => itemIdentifier)).toEqual(
          unsettledOf(records, outcomes).map(({ position }) => ({
            partition: position.topicPartition,
            offset: position.offset,
          })),
        );
        expectLettersOfPoisonOnly(scenario, outcomes, deadLetters);
        // 6: for one document of one partition, nothing is settled behind what is not.
        for (const lane of Map.groupBy(records.keys(), (index) => laneOf(records[index])).values()) {
          const settled = lane.map((index) => unsettledOf([aRecord()], outcomes.slice(index, index + 1)).length === 0);
          expect(settled).toEqual([...settled].sort((one, other) => Number(other) - Number(one)));
        }
      }),
      { numRuns: randomRuns(100) },
    );
  });

  it.each(['only the unsettled', 'everything from the lowest unsettled on'])(
    'converges when Lambda repeats %s, and a rewind to the beginning changes nothing',
    async (reading) => {
      await fc.assert(
        fc.asyncProperty(scenario, async (drawn) => {
          const scenario: Scenario = {
            ...drawn,
            onPoison: drawn.onPoison === 'block' ? 'skip' : drawn.onPoison,
            lettersFail: false,
          };
          const violations: string[] = [];
          const limits = { operationsMax: scenario.operationsMax };
          const documents = watched({ faults: scenario.faults, refuses, limits }, violations);
          const all = flat(recordsOf(scenario));
          let open: readonly SourceRecord[] = all;
          for (let round = 0; open.length > 0; round += 1) {
            expect(round).toBeLessThan(20);
            const { outcomes } = await deliver(scenario, documents, open, violations);
            open = repeated(reading, open, unsettledOf(open, outcomes));
          }
          for (const [key, states] of expectedStates(scenario)) expect(states).toContain(stateOf(documents, key));
          documents.faults = [];
          await deliver(scenario, documents, all, violations);
          for (const [key, states] of expectedStates(scenario)) expect(states).toContain(stateOf(documents, key));
          expect(violations).toEqual([]);
        }),
        { numRuns: randomRuns(60) },
      );
    },
  );

  it('says of a partition the same whatever another one does (5)', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (scenario) => {
        const records = flat(recordsOf(scenario));
        const own = records.filter(({ position }) => position.partition === 0);
        fc.pre(own.length > 0);
        const alone = await deliver(scenario, new FakeDocuments({ refuses }), own, []);
        const among = await deliver(scenario, new FakeDocuments({ refuses }), records, []);
        const amongOwn = among.outcomes.filter(({ position }) => position.partition === 0);
        expect(amongOwn.map(inWords)).toEqual(alone.outcomes.map(inWords));
      }),
      { numRuns: randomRuns(75) },
    );
  });

  it('keeps a zombie that writes any part of the batch at the same time from doing harm, while tombstones live', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, fc.nat(23), async (drawn, zombieFrom) => {
        const scenario: Scenario = { ...drawn, deletes: 'tombstone', onPoison: 'skip', faults: [] };
        const documents = new FakeDocuments({ refuses, nonAtomicUpsert: true });
        // One partition: across partitions the last writer wins, and a zombie is a writer.
        const records = flat(recordsOf(scenario)).filter(({ position }) => position.partition === 0);
        fc.pre(records.length > 0);
        const part = records.slice(0, (zombieFrom % records.length) + 1);
        const [zombie, sink] = [
          aDocumentdbSink({ ...scenario, documents }),
          aDocumentdbSink({ ...scenario, documents }),
        ];
        await Promise.all([zombie.write(part), sink.write(records)]);
        const own = {
          ...scenario,
          plan: scenario.plan.map((planned) =>
            planned.partition === 0 ? planned : { ...planned, content: 'no key' as const },
          ),
        };
        for (const [key, states] of expectedStates(own)) expect(states).toContain(stateOf(documents, key));
      }),
      { numRuns: randomRuns(100) },
    );
  });
});
