import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../../../../functions/documentdb-sink/guard/fold.ts';
import type { Write } from '../../../../../functions/documentdb-sink/guard/write.ts';
import { statementOf } from '../../../../../functions/documentdb-sink/lanes/commands.ts';
import type { WriteModel } from '../../../../../functions/documentdb-sink/plan/write-model.ts';
import { entriesOf, isDocument } from '../../../../support/document-server/bson-values.ts';
import { FakeDocuments, type Stored } from '../../../../support/fake-documents.ts';
import { randomRuns } from '../../../../support/random-runs.ts';
import { deleteOf, doc, insertOf, replaceOf, updateOf, writeOf } from '../../../../support/write-models.ts';

type Deletes = 'tombstone' | 'hard';

const KEYS = [{ _id: 'k' }, { 'x.y': 'k', z: 1 }];
/** The filters of a sharded collection's events, and the fields that a write gives its document. */
const OF_SHARDS = [{ _id: 'k' }, { _id: 'k', d: 1 }, { _id: 'k', d: 2 }];
const PATHS = ['a', 'b', 'a.b', 'a.c', 'a.b.c', 'd', 'd.0', 'a-b'];

const value = fc.oneof(
  fc.nat(3),
  fc.constantFrom(doc({}), doc({ b: 1 }), doc({ b: { c: 1 }, c: 2 }), [1, 2], 'text', null),
);
const fields = fc.dictionary(fc.constantFrom(...PATHS), value, { maxKeys: 3 });
const filled = fc.dictionary(fc.constantFrom(...PATHS), value, { minKeys: 1, maxKeys: 2 });
const topLevel = fc.dictionary(fc.constantFrom('a', 'b', 'd'), value, { maxKeys: 3 });

const updates = (deletes: Deletes) =>
  fc
    .oneof(
      { weight: 5, arbitrary: fields.map((set) => ({ $set: set })) },
      { weight: 2, arbitrary: fields.map((unset) => ({ $unset: unset })) },
      { weight: 2, arbitrary: fc.record({ $set: filled, $unset: filled }) },
      // Where deletions are tombstones it is refused.
      ...(deletes === 'hard' ? [{ weight: 3, arbitrary: fc.record({ $set: fields, $setOnInsert: filled }) }] : []),
      { weight: 1, arbitrary: fc.constantFrom({ $inc: { n: 1 } }, { $push: { d: 1 } }, { $max: { n: 2 } }) },
      { weight: 1, arbitrary: fc.constant({ $push: { d: doc({ $each: [], $slice: 1 }) } }) },
    )
    .filter(isNotEmpty);

const isNotEmpty = (update: Readonly<Record<string, object>>): boolean =>
  Object.values(update).some((fields) => Object.keys(fields).length > 0);

function model(key: Readonly<Record<string, unknown>>, deletes: Deletes): fc.Arbitrary<WriteModel> {
  const upsert = fc.boolean();
  // A replacement by a business key has its fields, as every strategy sees to; an insert by one has an _id of its own.
  const whole = topLevel.map((more) => ({ ...(key['_id'] === undefined ? { x: { y: 'k' }, z: 1 } : key), ...more }));
  return fc.oneof(
    { weight: 3, arbitrary: fc.tuple(whole, upsert).map(([document, up]) => replaceOf(key, document, up)) },
    { weight: 6, arbitrary: fc.tuple(updates(deletes), upsert).map(([update, up]) => updateOf(key, update, up)) },
    { weight: 2, arbitrary: fc.constant(deleteOf(key)) },
    ...(key['_id'] === undefined ? [] : [{ weight: 1, arbitrary: whole.map(insertOf) }]),
  );
}

/** What is there before: nothing, a document older than all of it, or one that a part of the batch left. */
type Before = 'nothing' | 'unmarked' | 'older' | 'newer' | 'a part of it';

interface Case {
  readonly deletes: Deletes;
  readonly models: readonly WriteModel[];
  readonly versions: readonly (number | undefined)[];
  readonly before: Before;
  readonly stored: Readonly<Record<string, unknown>>;
  readonly partCount: number;
}

const cases = fc.constantFrom<Deletes>('hard', 'tombstone').chain((deletes) =>
  fc
    .oneof(
      { weight: 3, arbitrary: fc.constantFrom(...KEYS).map((key) => [key]) },
      { weight: 1, arbitrary: fc.constant(OF_SHARDS) },
    )
    .chain((keys) =>
      fc.record<Case>({
        deletes: fc.constant(deletes),
        models: fc.array(fc.oneof(...keys.map((key) => model(key, deletes))), { minLength: 2, maxLength: 6 }),
        versions: fc.oneof(
          { weight: 3, arbitrary: fc.constant([]) },
          { weight: 1, arbitrary: fc.array(fc.option(fc.nat(5), { nil: undefined }), { minLength: 6, maxLength: 6 }) },
          { weight: 1, arbitrary: fc.array(fc.nat(9), { minLength: 6, maxLength: 6 }) },
        ),
        before: fc.constantFrom<Before>('nothing', 'unmarked', 'older', 'newer', 'a part of it'),
        stored: topLevel,
        partCount: fc.nat(6),
      }),
    ),
);

const FIRST_OFFSET = 10;

async function send(documents: FakeDocuments, write: Write): Promise<readonly number[]> {
  const statement = statementOf(write);
  const kind = write.kind === 'delete' ? 'delete' : write.kind === 'insert' ? 'insert' : 'update';
  const namespace = { database: 'shop', collection: 'orders' };
  const { writeErrors } = await documents.write(namespace, kind, [statement], new AbortController().signal);
  return writeErrors.map(({ code }) => code);
}

const DUPLICATE_KEY = 11_000;
const refusalsIn = (codes: readonly number[]) => codes.filter((code) => code !== DUPLICATE_KEY);

async function sendAll(documents: FakeDocuments, writes: readonly Write[]): Promise<readonly number[]> {
  const codes: number[] = [];
  for (const write of writes) codes.push(...(await send(documents, write)));
  return codes;
}

async function aServer({ before, stored, partCount }: Case, writes: readonly Write[]) {
  const documents = new FakeDocuments({ uniqueIndexes: [{ field: 'x.y,z', sparse: true }] });
  const versions = { older: { 'orders-0': 3n, ts: 0n }, newer: { 'orders-0': 99n, ts: 0n } };
  const key = writes[0]?.filter.has('_id') ? [] : [['x', doc({ y: 'k' })] as const, ['z', 1] as const];
  const sourceVersion = before === 'older' || before === 'newer' ? { _k: versions[before] } : {};
  if (before === 'a part of it')
    for (const write of writes.slice(0, partCount)) fc.pre(refusalsIn(await send(documents, write)).length === 0);
  else if (before !== 'nothing') documents.put('k', { ...Object.fromEntries(key), ...stored, ...sourceVersion });
  return documents;
}

/** Folds as a lane does: the first with what follows, then what is left. */
function foldsOf(writes: readonly Write[]): readonly Write[] {
  const folds: Write[] = [];
  for (let at = 0; at < writes.length; ) {
    const { write, count } = fold(writes[at] as Write, writes.slice(at + 1));
    folds.push(write);
    at += count;
  }
  return folds;
}

/** Without the order of fields, and without an `_id` that the server made up. */
function plain(value: unknown): unknown {
  if (!isDocument(value)) return value;
  const entries = entriesOf(value).map(([name, inner]) => [name, plain(inner)] as const);
  return Object.fromEntries(entries.filter(([name]) => name !== '_id').toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const stateOf = (documents: FakeDocuments) =>
  documents
    .collection()
    .all()
    .map((stored: Stored) => plain(stored));

describe('a fold', () => {
  it('has the result of its writes one by one, whether or not the document exists, and what was delivered before', async () => {
    let foldedCount = 0;
    await fc.assert(
      fc.asyncProperty(cases, async (drawn) => {
        const writes = drawn.models.map((each, index) =>
          writeOf(each, { offset: FIRST_OFFSET + index, deletes: drawn.deletes, ...versionOf(drawn.versions[index]) }),
        );
        const single = await aServer(drawn, writes);
        const folded = await aServer(drawn, writes);
        const refusals = refusalsIn(await sendAll(single, writes));
        const folds = foldsOf(writes);
        const errorsOfFolds = await sendAll(folded, folds);
        // A fold that is refused is taken apart, so that the record to blame is found. A fold that is written hides no refusal.
        if (refusalsIn(errorsOfFolds).length > 0) expect(refusals).not.toEqual([]);
        if (errorsOfFolds.length === 0) expect(refusals).toEqual([]);
        if (refusals.length === 0) expect(stateOf(folded)).toEqual(stateOf(single));
        foldedCount += writes.length - folds.length;
      }),
      { numRuns: randomRuns(1_500) },
    );
    expect(foldedCount).toBeGreaterThan(randomRuns(500));
  });
});

const versionOf = (version: number | undefined) => (version === undefined ? {} : { version });
