import { BSON } from 'mongodb';
import type { RecordMapper } from '../../functions/documentdb-sink/plan/record-mapper.ts';
import type { WriteModel } from '../../functions/documentdb-sink/plan/write-model.ts';
import type { SourcePosition, SourceRecord } from '../../shared/record.ts';

/** Fields with the time of a write, and the sink's own field. */
const TIMES_AND_MARKS: readonly string[] = ['_k', '_modifiedTS', '_insertedTS'];

type Fields = Map<string, unknown>;

/**
 * What one document may be, as text with the latest last; undefined: it may be absent. With everything settled there is one
 * possibility. Never empty.
 */
export type PossibleTexts = readonly (string | undefined)[];

/** The documents that a connector file makes of the produced records, applied in order and without a guard. */
export interface Expectation {
  /** By namespace, without documents that are certainly absent. */
  readonly documents: ReadonlyMap<string, readonly PossibleTexts[]>;
  /** The positions of poison records. */
  readonly poisoned: readonly SourcePosition[];
  /** An operator of an update whose effect is not known here: the documents cannot be compared. */
  readonly unknownOperator: string | undefined;
}

/**
 * What is known of a record: `settled`: its effect is in the database. `open`: the effect may be there. `deadLettered`: the record was
 * refused, and a redrive may write it at any time.
 */
export type Certainty = 'settled' | 'open' | 'deadLettered';

/** The document after the records so far, and what it may be. */
interface History {
  current: Fields | undefined;
  possible: (Fields | undefined)[];
}

type Collections = Map<string, Map<string, History>>;

/**
 * @param records in the order of each partition; all records of a document are in one partition
 * @param certaintyOf default: every record is settled
 */
export function expectedOf(
  records: readonly SourceRecord[],
  mapper: RecordMapper,
  certaintyOf: (position: SourcePosition) => Certainty = () => 'settled',
): Expectation {
  const collections: Collections = new Map();
  const poisoned: SourcePosition[] = [];
  let unknownOperator: string | undefined;
  for (const record of records) {
    const plan = mapper(record, Date.now());
    if (plan.kind === 'poison') poisoned.push(record.position);
    if (plan.kind !== 'write') continue;
    const name = `${plan.namespace.database}.${plan.namespace.collection}`;
    const collection = collections.get(name) ?? new Map<string, History>();
    collections.set(name, collection);
    for (const model of plan.models) {
      unknownOperator ??= unknownOperatorOf(model);
      apply(model, collection, certaintyOf(record.position));
    }
  }
  const documents = new Map([...collections].map(([name, all]) => [name, [...all.values()].flatMap(textsOf)]));
  return { documents, poisoned, unknownOperator };
}

function textsOf({ possible }: History): readonly PossibleTexts[] {
  const texts = possible.map((fields) => fields && documentText(fields));
  return texts.every((text) => text === undefined) ? [] : [texts];
}

function apply(model: WriteModel, collection: Map<string, History>, certainty: Certainty): void {
  const identity = model.kind === 'insertOne' ? new Map([['_id', model.document.get('_id')]]) : model.filter;
  const name = textOf(identity);
  const history = collection.get(name) ?? { current: undefined, possible: [undefined] };
  collection.set(name, history);
  const next = appliedTo(history.current, model);
  if (certainty === 'settled') history.possible = [next];
  else history.possible.push(next);
  if (certainty !== 'deadLettered') history.current = next;
}

function appliedTo(stored: Fields | undefined, model: WriteModel): Fields | undefined {
  if (model.kind === 'insertOne') return new Map(model.document);
  if (model.kind === 'deleteOne') return undefined;
  if (stored === undefined && !model.upsert) return undefined;
  const base = stored ?? new Map(model.filter);
  if (model.kind === 'updateOne') return updated(base, model.update, stored === undefined);
  return new Map([...(base.has('_id') ? [['_id', base.get('_id')] as const] : []), ...model.replacement]);
}

const KNOWN_OPERATORS = new Set(['$set', '$setOnInsert', '$unset']);

function unknownOperatorOf(model: WriteModel): string | undefined {
  const operators = model.kind === 'updateOne' ? [...model.update.keys()] : [];
  return operators.find((operator) => !KNOWN_OPERATORS.has(operator));
}

function updated(base: Fields, update: ReadonlyMap<string, unknown>, isInsert: boolean): Fields {
  const fields = new Map(base);
  for (const [operator, changes] of update as ReadonlyMap<string, Fields>) {
    for (const [path, value] of changes) {
      if (operator === '$set' || (operator === '$setOnInsert' && isInsert)) setAt(fields, path.split('.'), value);
      else if (operator === '$unset') fields.delete(path);
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

/** Compares the documents of one namespace: expected but missing (the latest text), and found but unexpected. */
export function differenceOf(expected: readonly PossibleTexts[] = [], found: readonly string[] = []) {
  const left = new Map<string, string[]>();
  const put = (name: string, text: string) => left.set(name, [...(left.get(name) ?? []), text]);
  for (const text of found) put(withoutServersId(text), text);
  const take = (wanted: string): boolean => {
    const name = withoutServersId(wanted);
    const texts = left.get(name) ?? [];
    // An expected text without an _id stands for any document with an _id of the server.
    const index = wanted === name ? texts.length - 1 : texts.indexOf(wanted);
    if (index < 0) return false;
    left.set(name, texts.toSpliced(index, 1));
    return true;
  };
  const missing = expected
    .filter((possible) => !possible.toReversed().some((text) => text !== undefined && take(text)))
    .filter((possible) => !possible.includes(undefined));
  return { missing: missing.map((possible) => possible.at(-1) ?? ''), unasked: [...left.values()].flat() };
}

/** With a business key as filter, the server assigns the `_id`. */
const withoutServersId = (text: string): string => text.replace(/"_id":\{"\$oid":"[0-9a-f]{24}"\},?/, '');
