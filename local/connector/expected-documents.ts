import { BSON } from 'mongodb';
import type { RecordMapper } from '../../functions/documentdb-sink/plan/record-mapper.ts';
import type { WriteModel } from '../../functions/documentdb-sink/plan/write-model.ts';
import type { SourcePosition, SourceRecord } from '../../shared/record.ts';

/** Fields with the time of a write, and the sink's own field. */
const TIMES_AND_MARKS: readonly string[] = ['_k', '_modifiedTS', '_insertedTS'];

type Fields = Map<string, unknown>;

/** The documents that a connector file makes of the produced records, applied in order and without a guard. */
export interface Expectation {
  /** Documents as text, by namespace. */
  readonly documents: ReadonlyMap<string, readonly string[]>;
  /** The positions of poison records. */
  readonly poisoned: readonly SourcePosition[];
}

/** @param records in the order of each partition; all records of a document are in one partition */
export function expectedOf(records: readonly SourceRecord[], mapper: RecordMapper): Expectation {
  const collections = new Map<string, Map<string, Fields>>();
  const poisoned: SourcePosition[] = [];
  for (const record of records) {
    const plan = mapper(record, Date.now());
    if (plan.kind === 'poison') poisoned.push(record.position);
    if (plan.kind !== 'write') continue;
    const name = `${plan.namespace.database}.${plan.namespace.collection}`;
    const collection = collections.get(name) ?? new Map<string, Fields>();
    collections.set(name, collection);
    for (const model of plan.models) apply(model, collection);
  }
  const documents = new Map([...collections].map(([name, all]) => [name, [...all.values()].map(documentText)]));
  return { documents, poisoned };
}

function apply(model: WriteModel, collection: Map<string, Fields>): void {
  if (model.kind === 'insertOne') {
    collection.set(textOf(new Map([['_id', model.document.get('_id')]])), new Map(model.document));
    return;
  }
  const name = textOf(model.filter);
  const stored = collection.get(name);
  if (model.kind === 'deleteOne') collection.delete(name);
  else if (stored !== undefined || model.upsert) {
    const base = stored ?? new Map(model.filter);
    collection.set(
      name,
      model.kind === 'replaceOne'
        ? new Map([...(base.has('_id') ? [['_id', base.get('_id')] as const] : []), ...model.replacement])
        : updated(base, model.update, stored === undefined),
    );
  }
}

function updated(base: Fields, update: ReadonlyMap<string, unknown>, isInsert: boolean): Fields {
  const fields = new Map(base);
  for (const [operator, changes] of update as ReadonlyMap<string, Fields>) {
    for (const [path, value] of changes) {
      if (operator === '$set' || (operator === '$setOnInsert' && isInsert)) setAt(fields, path.split('.'), value);
      else if (operator === '$unset') fields.delete(path);
      else if (operator !== '$setOnInsert')
        throw new Error(
          `npm start cannot check documents written with ${operator}: it knows $set, $setOnInsert and $unset. Run without --exit.`,
        );
    }
  }
  return fields;
}

function setAt(fields: Fields, [name = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) fields.set(name, value);
  else {
    const inner = fields.get(name);
    const next = new Map(inner instanceof Map ? inner : []);
    setAt(next, rest, value);
    fields.set(name, next);
  }
}

const textOf = (document: ReadonlyMap<string, unknown>): string =>
  BSON.EJSON.stringify(
    BSON.deserialize(BSON.serialize(document as unknown as BSON.Document), { promoteValues: false }),
    {
      relaxed: false,
    },
  );

/** A document as text with BSON types, without write times, and with sorted field names: the server may add fields in any order. */
export function documentText(document: ReadonlyMap<string, unknown>): string {
  const fields = [...document].filter(([name]) => !TIMES_AND_MARKS.includes(name));
  return textOf(new Map(fields.toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

/** Compares the documents of one namespace: expected but missing, and found but unexpected. */
export function differenceOf(expected: readonly string[] = [], found: readonly string[] = []) {
  const missing = new Set(expected);
  const unasked = found.filter((text) => !missing.delete(text) && !missing.delete(withoutServersId(text)));
  return { missing: [...missing], unasked };
}

/** With a business key as filter, the server assigns the `_id`. */
const withoutServersId = (text: string): string => text.replace(/"_id":\{"\$oid":"[0-9a-f]{24}"\},?/, '');
