// Records whose documents become known only later, because somebody mends a schema or a setting.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordMapper } from '../../../../functions/documentdb-sink/plan/record-mapper.ts';
import type { WriteModel } from '../../../../functions/documentdb-sink/plan/write-model.ts';
import { isSettled, poison } from '../../../../shared/outcome.ts';
import type { SourceRecord } from '../../../../shared/record.ts';
import { aDocumentdbSink } from '../../../support/a-documentdb-sink.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';
import { FakeDocuments, type Fault } from '../../../support/fake-documents.ts';
import { randomRuns } from '../../../support/random-runs.ts';
import { planned, replaceOf, updateOf } from '../../../support/write-models.ts';

interface Planned {
  readonly partition: number;
  readonly op: 'replace' | 'set';
  readonly key: string;
  /** How many deliveries do not know the document of the record. */
  readonly unknownRounds: number;
  /** Meanwhile its dead letter can be written. */
  readonly mayHaveLetter: boolean;
}

interface Scenario {
  readonly plan: readonly Planned[];
  readonly onPoison: 'block' | 'deadLetter';
  readonly faults: readonly (Fault | undefined)[];
  readonly operationsMax: number;
  /** Which records Lambda sends again. */
  readonly reading: 'only the unsettled' | 'everything from the lowest unsettled on';
}

const scenario: fc.Arbitrary<Scenario> = fc.record({
  plan: fc.array(
    fc.record({
      partition: fc.nat(1),
      op: fc.constantFrom('replace', 'set', 'set'),
      key: fc.constantFrom('a', 'b'),
      unknownRounds: fc.oneof(
        { weight: 3, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 }) },
      ),
      mayHaveLetter: fc.boolean(),
    }),
    { minLength: 2, maxLength: 12 },
  ),
  onPoison: fc.constantFrom('block', 'deadLetter'),
  faults: fc.array(
    fc.option(fc.constantFrom<Fault>({ kind: 'unreachable' }, { kind: 'code', code: 13 }), { nil: undefined }),
    {
      maxLength: 8,
    },
  ),
  operationsMax: fc.constantFrom(1, 2, 100),
  reading: fc.constantFrom('only the unsettled', 'everything from the lowest unsettled on'),
});

const UNKNOWN = {
  kind: 'poison',
  namespace: undefined,
  filter: undefined,
  failure: poison('payload_invalid', ''),
} as const;

const documentOf = ({ partition, key }: Planned): string => `${partition} ${key}`;
const markOf = (offset: number): string => `by${offset}`;

function modelOf(each: Planned, offset: number): WriteModel {
  const id = { _id: documentOf(each) };
  const mark = { [markOf(offset)]: true };
  return each.op === 'replace' ? replaceOf(id, { ...id, ...mark }) : updateOf(id, { $set: mark });
}

/** A record with a dead letter is given up, unless Lambda sends it again with an unsettled one in front of it. */
const isGivenUp = ({ onPoison, reading }: Scenario, { unknownRounds, mayHaveLetter }: Planned) =>
  onPoison === 'deadLetter' && reading === 'only the unsettled' && unknownRounds > 0 && mayHaveLetter;

/** Delivers until every record is settled. */
async function deliver(drawn: Scenario): Promise<FakeDocuments> {
  const { plan, onPoison, faults, operationsMax, reading } = drawn;
  const { mapper, record } = planned();
  const records = plan.map((each, offset) =>
    record({ partition: each.partition, offset, key: each.key }, [modelOf(each, offset)]),
  );
  const documents = new FakeDocuments({ faults, limits: { operationsMax } });
  let open: readonly SourceRecord[] = records;
  for (let round = 0; open.length > 0; round += 1) {
    expect(round).toBeLessThan(20);
    const isUnknown = ({ position: { offset } }: SourceRecord) => round < (plan[offset]?.unknownRounds ?? 0);
    const knowing: RecordMapper = (each, nowMs) => (isUnknown(each) ? UNKNOWN : mapper(each, nowMs));
    const deadLetters = fakeDeadLetters(({ offset }) =>
      plan.some((each, at) => at === offset && isGivenUp(drawn, each)),
    ).queue;
    const outcomes = await aDocumentdbSink({ mapper: knowing, documents, onPoison, deadLetters }).write(open);
    const unsettled = outcomes.filter((outcome) => !isSettled(outcome)).map(({ position }) => position);
    const isBehind = ({ position }: SourceRecord) =>
      unsettled.some(
        ({ topicPartition, offset }) => topicPartition === position.topicPartition && offset <= position.offset,
      );
    const isUnsettled = ({ position }: SourceRecord) =>
      unsettled.some(
        ({ topicPartition, offset }) => topicPartition === position.topicPartition && offset === position.offset,
      );
    open = open.filter(reading === 'only the unsettled' ? isUnsettled : isBehind);
  }
  return documents;
}

function marksIn(drawn: Scenario, document: string): readonly string[] {
  let marks: readonly string[] = [];
  for (const [offset, each] of drawn.plan.entries()) {
    if (documentOf(each) !== document || isGivenUp(drawn, each)) continue;
    marks = each.op === 'replace' ? [markOf(offset)] : [...marks, markOf(offset)];
  }
  return marks.toSorted();
}

describe('a record whose document becomes known later', () => {
  it('loses nothing, whatever stands behind it, and whatever Lambda sends again (G3)', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (drawn) => {
        const documents = await deliver(drawn);
        for (const document of new Set(drawn.plan.map(documentOf))) {
          const stored = [...(documents.get(document)?.keys() ?? [])].filter((name) => name.startsWith('by'));
          expect(stored.toSorted()).toEqual(marksIn(drawn, document));
        }
      }),
      { numRuns: randomRuns(200) },
    );
  });
});
