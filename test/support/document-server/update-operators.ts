import { Decimal128, Double } from 'mongodb';
import { doubleOf, isNumber } from './bson-numbers.ts';
import { compare, isEqual } from './bson-order.ts';
import { bsonClassOf, type Entries, entriesOf, isDocument, type Stored, valueAt } from './bson-values.ts';
import {
  BAD_VALUE,
  CONFLICTING_UPDATE_OPERATORS,
  IMMUTABLE_FIELD,
  PATH_NOT_VIABLE,
  ServerError,
  TYPE_MISMATCH,
} from './write-error.ts';

/**
 * What update operators make of a document, or of the document that an upsert begins with.
 * https://www.mongodb.com/docs/manual/reference/operator/update/
 * @throws ServerError with the server's code
 */
export function operate(document: Stored, update: unknown, isInsert: boolean): Stored {
  const all = entriesOf(update).flatMap(([operator, fields]) =>
    entriesOf(fields).map(([path, operand]) => ({ operator, path, operand })),
  );
  refuseConflicts(all.map(({ path }) => path));
  let result: unknown = document;
  // "processes all document fields .. in lexicographic order"
  for (const { operator, path, operand } of all.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    if (operator === '$setOnInsert' && !isInsert) continue;
    if (path === '_id' && document.has('_id') && !isEqual(document.get('_id'), operand)) {
      throw new ServerError(IMMUTABLE_FIELD);
    }
    result = change(result, path.split('.'), effectOf(operator, valueAt(document, path), operand));
  }
  return withPlainVersions(result as Stored);
}

/** A document made of equalities: `{"a.b": 1}` is `{a: {b: 1}}`. */
export const documentOf = (equalities: Entries): Stored =>
  equalities.reduce<Stored>((document, [path, value]) => change(document, path.split('.'), value) as Stored, new Map());

/** `_k` as the driver reads it back: an object. */
function withPlainVersions(document: Stored): Stored {
  const versions = document.get('_k');
  return versions instanceof Map ? new Map(document).set('_k', Object.fromEntries(versions)) : document;
}

function refuseConflicts(paths: readonly string[]): void {
  for (const [index, path] of paths.entries()) {
    const others = paths.filter((_, other) => other !== index);
    if (others.some((other) => other === path || other.startsWith(`${path}.`))) {
      throw new ServerError(CONFLICTING_UPDATE_OPERATORS);
    }
  }
}

const ABSENT = Symbol('absent');

function effectOf(operator: string, value: unknown, operand: unknown): unknown {
  switch (operator) {
    case '$set':
    case '$setOnInsert':
      return operand;
    case '$unset':
      return ABSENT;
    case '$inc':
      return sumOf(value, operand);
    case '$min':
      return value === undefined || compare(operand, value) < 0 ? operand : value;
    case '$max':
      return value === undefined || compare(operand, value) > 0 ? operand : value;
    case '$push':
      return pushed(value, operand);
    default:
      throw new Error(`this server knows no ${operator}`);
  }
}

/**
 * Of the wider of the two types: int32, int64, double, Decimal128; an int32 that overflows becomes an int64.
 * https://www.mongodb.com/docs/manual/reference/operator/update/inc/
 */
function sumOf(value: unknown, operand: unknown): unknown {
  if (!isNumber(operand) || (value !== undefined && !isNumber(value))) throw new ServerError(TYPE_MISMATCH);
  if (value === undefined) return operand;
  const both = [value, operand];
  if (both.some((each) => bsonClassOf(each) === 'Decimal128')) return decimalSum(value, operand);
  if (both.every(isWhole)) {
    const sum = both.reduce<bigint>((total, each) => total + BigInt(String(each)), 0n);
    if (BigInt.asIntN(64, sum) !== sum) throw new ServerError(BAD_VALUE);
    return both.some(isInt64) || BigInt.asIntN(32, sum) !== sum ? sum : Number(sum);
  }
  const sum = doubleOf(value) + doubleOf(operand);
  return Number.isInteger(sum) ? new Double(sum) : sum;
}

/** An int32 or an int64: a number of JavaScript that is whole is written as one where it fits. */
const isWhole = (value: unknown): boolean =>
  isInt64(value) || bsonClassOf(value) === 'Int32' || (typeof value === 'number' && (value | 0) === value);
const isInt64 = (value: unknown): boolean => typeof value === 'bigint' || bsonClassOf(value) === 'Long';

/** Whole numbers alone: whoever needs more has to write more. */
function decimalSum(a: unknown, b: unknown): Decimal128 {
  const digits = [a, b].map((each) => String(each));
  if (!digits.every((text) => /^-?\d+$/.test(text))) throw new Error('this server adds whole decimals alone');
  return Decimal128.fromString(String(digits.reduce((total, text) => total + BigInt(text), 0n)));
}

/** https://www.mongodb.com/docs/manual/reference/operator/update/push/ */
function pushed(value: unknown, operand: unknown): unknown {
  if (value !== undefined && !Array.isArray(value)) throw new ServerError(BAD_VALUE);
  const modifiers = new Map(isDocument(operand) ? entriesOf(operand) : []);
  const added = modifiers.has('$each') ? (modifiers.get('$each') as readonly unknown[]) : [operand];
  const all = [...((value as readonly unknown[] | undefined) ?? []), ...added];
  const slice = modifiers.get('$slice');
  return slice === undefined ? all : Number(slice) < 0 ? all.slice(Number(slice)) : all.slice(0, Number(slice));
}

/** A copy with another value at the path; documents on the way are made, unless something is to be taken away. */
function change(container: unknown, [name = '', ...rest]: readonly string[], value: unknown): unknown {
  if (Array.isArray(container)) return changeArray(container, Number(name), rest, value);
  if (container !== undefined && !isDocument(container)) {
    if (value === ABSENT) return container;
    throw new ServerError(PATH_NOT_VIABLE);
  }
  const fields = new Map(container === undefined ? [] : entriesOf(container));
  if (rest.length === 0) {
    if (value === ABSENT) fields.delete(name);
    else fields.set(name, value);
  } else if (fields.has(name) || value !== ABSENT) fields.set(name, change(fields.get(name), rest, value));
  return fields;
}

function changeArray(elements: readonly unknown[], index: number, rest: readonly string[], value: unknown): unknown {
  if (!Number.isInteger(index)) {
    if (value === ABSENT) return elements;
    throw new ServerError(PATH_NOT_VIABLE);
  }
  if (value === ABSENT && index >= elements.length) return elements;
  const copy = [...elements];
  while (copy.length < index) copy.push(null);
  // An element that is taken away leaves null behind.
  copy[index] = rest.length > 0 ? change(copy[index], rest, value) : value === ABSENT ? null : value;
  return copy;
}
