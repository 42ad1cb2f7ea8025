import { BSON } from 'mongodb';
import type { RecordPolicy } from '../../functions/documentdb-sink/record-policy.ts';
import type { WriteModel } from '../../functions/documentdb-sink/write-models/write-model.ts';
import type { SourcePosition, SourceRecord } from '../../shared/record.ts';

/** Fields that say when something was written, and the sink's own. */
const TIMES_AND_MARKS: readonly string[] = ['_k', '_modifiedTS', '_insertedTS'];

type Fields = Map<string, unknown>;

/** What a connector's file makes of what was produced, applied one after another and without any guard. */
export interface Expectation {
  /** Documents as text, by namespace. */
  readonly documents: ReadonlyMap<string, readonly string[]>;
  /** Of records that can never be written. */
  readonly poisoned: readonly SourcePosition[];
}

/** @param records each partition's in their order; a document's records are all of one partition */
export function expectedOf(records: readonly SourceRecord[], policy: RecordPolicy): Expectation {
  const collections = new Map<string, Map<string, Fields>>();
  const poisoned: SourcePosition[] = [];
  for (const record of records) {
    const intent = policy(record, Date.now());
    if (intent.kind === 'poison') poisoned.push(record.position);
    if (intent.kind !== 'write') continue;
    const name = `${intent.namespace.database}.${intent.namespace.collection}`;
    const collection = collections.get(name) ?? new Map<string, Fields>();
    collections.set(name, collection);
    for (const model of intent.models) apply(model, collection);
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
        throw new Error(`npm start does not check documents written by ${operator}`);
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

/** With its BSON types, without the time it was written. Names in their order: updates add them as the server likes. */
export function documentText(document: ReadonlyMap<string, unknown>): string {
  const fields = [...document].filter(([name]) => !TIMES_AND_MARKS.includes(name));
  return textOf(new Map(fields.toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

/** Documents of one namespace: which of the expected are not there, and which that are there nobody expected. */
export function differenceOf(expected: readonly string[] = [], found: readonly string[] = []) {
  const missing = new Set(expected);
  const unasked = found.filter((text) => !missing.delete(text) && !missing.delete(withoutServersId(text)));
  return { missing: [...missing], unasked };
}

/** Where a business key names the document, the server gives it an `_id`. */
const withoutServersId = (text: string): string => text.replace(/"_id":\{"\$oid":"[0-9a-f]{24}"\},?/, '');
