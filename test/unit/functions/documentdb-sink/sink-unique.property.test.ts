// Unique values that move between documents, beside records that the server refuses.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WriteModel } from '../../../../functions/documentdb-sink/plan/write-model.ts';
import { isSettled, type RecordOutcome } from '../../../../shared/outcome.ts';
import type { SourceRecord } from '../../../../shared/record.ts';
import { aDocumentdbSink } from '../../../support/a-documentdb-sink.ts';
import { FakeDocuments, type Fault, type Stored } from '../../../support/fake-documents.ts';
import { randomRuns } from '../../../support/random-runs.ts';
import { deleteOf, insertOf, planned, replaceOf, updateOf } from '../../../support/write-models.ts';

interface Planned {
  readonly op: 'insert' | 'replace' | 'set' | 'steps' | 'delete';
  readonly key: string;
  /** The document has the value of a unique index, or none. */
  readonly email: number | undefined;
  readonly isRefused: boolean;
}

interface Scenario {
  readonly plan: readonly Planned[];
  /** Documents with values that are there before. */
  readonly standing: readonly { readonly key: string; readonly email: number }[];
  readonly faults: readonly (Fault | undefined)[];
  readonly operationsMax: number;
  readonly deletes: 'tombstone' | 'hard';
}

const KEYS = ['a', 'b'];
const email = fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 3, arbitrary: fc.nat(1) });
const scenario: fc.Arbitrary<Scenario> = fc.record({
  plan: fc.array(
    fc.record({
      op: fc.constantFrom('insert', 'replace', 'set', 'set', 'steps', 'delete'),
      key: fc.constantFrom(...KEYS),
      email,
      isRefused: fc.nat(3).map((chance) => chance === 0),
    }),
    { minLength: 2, maxLength: 12 },
  ),
  standing: fc.uniqueArray(fc.record({ key: fc.constantFrom('x', ...KEYS), email: fc.nat(1) }), {
    maxLength: 2,
    comparator: (one, other) => one.key === other.key || one.email === other.email,
  }),
  faults: fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constant(undefined) },
      {
        weight: 1,
        arbitrary: fc.constantFrom<Fault>({ kind: 'unreachable' }, { kind: 'lostAnswer' }, { kind: 'writeConcern' }),
      },
    ),
    { maxLength: 6 },
  ),
  operationsMax: fc.constantFrom(1, 2, 100),
  deletes: fc.constantFrom('tombstone', 'hard'),
});

const REFUSED = 121;
const refuses = (document: Stored) => (document.get('refused') === true ? REFUSED : undefined);

/** Each record leaves a field of its own, until the document is replaced. */
const markOf = (offset: number): string => `by${offset}`;

function modelsOf({ op, key, email: value, isRefused }: Planned, offset: number): readonly WriteModel[] {
  const id = { _id: key };
  const fields = { [markOf(offset)]: true, refused: isRefused, ...(value !== undefined && { email: value }) };
  const set = updateOf(id, { $set: fields, ...(value === undefined && { $unset: { email: '' } }) });
  switch (op) {
    case 'insert':
      return [insertOf({ ...id, ...fields })];
    case 'replace':
      return [replaceOf(id, { ...id, ...fields })];
    case 'set':
      return [set];
    case 'steps':
      return [updateOf(id, { $set: { step: offset } }), set];
    case 'delete':
      return [deleteOf(id)];
  }
}

function aStory({ plan, standing, faults, operationsMax, deletes }: Scenario) {
  const { mapper, record } = planned();
  const records = plan.map((each, offset) => record({ offset, key: each.key }, modelsOf(each, offset)));
  const documents = new FakeDocuments({
    ...{ refuses, faults, limits: { operationsMax }, uniqueIndexes: [{ field: 'email', sparse: true }] },
  });
  for (const { key, email: value } of standing) documents.put(key, { email: value });
  return { records, documents, sink: () => aDocumentdbSink({ mapper, documents, deletes }) };
}

/** Delivers until every record is settled. @returns the outcome of each record, by its offset */
async function delivered(records: readonly SourceRecord[], { sink }: ReturnType<typeof aStory>) {
  const settled = new Map<number, RecordOutcome>();
  let open = records;
  for (let round = 0; open.length > 0; round += 1) {
    expect(round).toBeLessThan(20);
    for (const outcome of await sink().write(open)) {
      if (isSettled(outcome)) settled.set(outcome.position.offset, outcome);
    }
    open = open.filter(({ position }) => !settled.has(position.offset));
  }
  return settled;
}

const isPoison = (outcome: RecordOutcome | undefined) => outcome?.kind === 'deadLettered';

/** The marks of a document that all records made which are no poison, one after another; a text: an insert met a document. */
function marksOf({ plan, standing }: Scenario, key: string, settled: ReadonlyMap<number, RecordOutcome>) {
  let marks: readonly string[] | undefined = standing.some((each) => each.key === key) ? [] : undefined;
  for (const [offset, { op, ...each }] of plan.entries()) {
    if (each.key !== key || isPoison(settled.get(offset))) continue;
    if (op === 'insert' && marks !== undefined) return `${offset} was inserted where a document stood`;
    const earlier = op === 'replace' ? [] : (marks ?? []);
    marks = op === 'delete' ? undefined : [...earlier, markOf(offset)];
  }
  return marks ?? [];
}

const storedMarks = (documents: FakeDocuments, key: string) =>
  [...(documents.get(key)?.keys() ?? [])].filter((name) => name.startsWith('by')).toSorted();

/** A fold that was stored without an answer may hold a record that is refused alone afterwards. */
const isCertain = ({ faults }: Scenario) =>
  faults.every((fault) => fault?.kind !== 'lostAnswer' && fault?.kind !== 'writeConcern');

function expectMarks(drawn: Scenario, stored: readonly string[], marks: ReturnType<typeof marksOf>): void {
  if (isCertain(drawn)) expect(stored).toEqual(typeof marks === 'string' ? marks : marks.toSorted());
  else if (marks.length > 0) expect(stored).toContain(marks.at(-1));
}

/** Poison without a cause. */
const causeless = ({ plan }: Scenario, settled: ReadonlyMap<number, RecordOutcome>) =>
  [...plan.entries()].flatMap(([offset, { isRefused, email: value, op }]) =>
    isPoison(settled.get(offset)) && !isRefused && value === undefined && op !== 'insert' ? [offset] : [],
  );

describe('unique values beside refused records', () => {
  it('leave in each document what every acknowledged record made of it, and nothing of a dead letter', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (drawn) => {
        const story = aStory(drawn);
        const settled = await delivered(story.records, story);
        expect(causeless(drawn, settled)).toEqual([]);
        for (const key of KEYS) expectMarks(drawn, storedMarks(story.documents, key), marksOf(drawn, key, settled));
      }),
      { numRuns: randomRuns(500) },
    );
  });
});
