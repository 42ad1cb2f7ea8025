import { identityOf } from '../../functions/documentdb-sink/bson/identity.ts';

/** A stored document, its fields in order. */
export type Stored = ReadonlyMap<string, unknown>;

export type Entries = readonly (readonly [string, unknown])[];

/** The fields of a document, whether it is a Map or an object. */
export const entriesOf = (document: unknown): Entries =>
  document instanceof Map ? [...document] : Object.entries(document as object);

export const isDocument = (value: unknown): boolean =>
  value instanceof Map ||
  (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype);

export function valueAt(document: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => {
    if (value instanceof Map) return value.get(name);
    if (Array.isArray(value)) return value[Number(name)];
    return isDocument(value) ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
  }, document);
}

/** Whether a document fulfils a filter, as the server reads it. */
export const matches = (stored: Stored, filter: unknown): boolean =>
  entriesOf(filter).every(([path, condition]) => fulfils(valueAt(stored, path), condition));

/** Of a filter, what an upsert makes a document of. */
export const equalitiesOf = (filter: unknown): Entries =>
  entriesOf(filter).flatMap(([path, condition]) => {
    if (!isCondition(condition)) return [[path, condition] as const];
    const equal = entriesOf(condition).find(([operator]) => operator === '$eq');
    return equal === undefined ? [] : [[path, equal[1]] as const];
  });

const isCondition = (condition: unknown): boolean =>
  isDocument(condition) && entriesOf(condition)[0]?.[0].startsWith('$') === true;

function fulfils(value: unknown, condition: unknown): boolean {
  if (!isCondition(condition)) return equals(value, condition);
  return entriesOf(condition).every(([operator, operand]) => {
    const operate = OPERATORS[operator];
    if (operate === undefined) throw new Error(`this server knows no ${operator}`);
    return operate(value, operand);
  });
}

/** `null` is what is missing as well; an array is equal to each of its elements. */
export function equals(value: unknown, operand: unknown): boolean {
  if (value === undefined) return operand === null;
  if (identityOf(value) === identityOf(operand)) return true;
  return Array.isArray(value) && value.some((each) => identityOf(each) === identityOf(operand));
}

const isNumber = (value: unknown): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';

const comparing =
  (holds: (a: number | bigint, b: number | bigint) => boolean) =>
  (value: unknown, operand: unknown): boolean =>
    isNumber(value) && isNumber(operand) && holds(value, operand);

const OPERATORS: Readonly<Record<string, (value: unknown, operand: unknown) => boolean>> = {
  $eq: equals,
  $not: (value, operand) => !fulfils(value, operand),
  $exists: (value, operand) => (value !== undefined) === operand,
  $gt: comparing((a, b) => a > b),
  $gte: comparing((a, b) => a >= b),
  $lt: comparing((a, b) => a < b),
  $lte: comparing((a, b) => a <= b),
};
