import { isNaNumber } from './bson-numbers.ts';
import { compare, isEqual, typeOf } from './bson-order.ts';
import { bsonClassOf, type Entries, entriesOf, fieldOf, isDocument, type Stored } from './bson-values.ts';

/** Whether a document fulfils a filter. https://www.mongodb.com/docs/manual/reference/operator/query/ */
export const matches = (stored: Stored, filter: unknown): boolean =>
  entriesOf(filter).every(([path, condition]) => fulfils(reachedBy(stored, path), condition));

/**
 * Of a filter, what an upsert makes a document of: conditions of equality alone.
 * https://www.mongodb.com/docs/manual/reference/method/db.collection.updateOne/ ("Upsert with Operator Expressions")
 */
export const equalitiesOf = (filter: unknown): Entries =>
  entriesOf(filter).flatMap(([path, condition]) => {
    if (!isCondition(condition)) return [[path, condition] as const];
    const equal = entriesOf(condition).find(([operator]) => operator === '$eq');
    return equal === undefined ? [] : [[path, equal[1]] as const];
  });

/** A document whose first field is an operator, or a pattern. */
const isCondition = (condition: unknown): boolean =>
  isPattern(condition) || (isDocument(condition) && entriesOf(condition)[0]?.[0].startsWith('$') === true);

const isPattern = (value: unknown): boolean => value instanceof RegExp || bsonClassOf(value) === 'BSONRegExp';

/**
 * The values that a path reaches; undefined where a document lacks the field. A path leads into each document of an array,
 * and into the one that a number names.
 * https://www.mongodb.com/docs/manual/tutorial/query-array-of-documents/
 */
function reachedBy(value: unknown, path: string | undefined): readonly unknown[] {
  if (path === undefined) return [value];
  const dot = path.indexOf('.');
  const name = dot < 0 ? path : path.slice(0, dot);
  const rest = dot < 0 ? undefined : path.slice(dot + 1);
  if (!Array.isArray(value)) return reachedBy(fieldOf(value, name), rest);
  const inDocuments = value.filter(isDocument).flatMap((each) => reachedBy(each, path));
  return /^\d+$/.test(name) && Number(name) < value.length
    ? [...reachedBy(value[Number(name)], rest), ...inDocuments]
    : inDocuments;
}

function fulfils(reached: readonly unknown[], condition: unknown): boolean {
  if (isPattern(condition)) return someOf(reached, (value) => hasPattern(value, condition));
  if (!isCondition(condition)) return isAnyEqual(reached, condition);
  return entriesOf(condition).every(([operator, operand]) => {
    const operate = OPERATORS[operator];
    if (operate === undefined) throw new Error(`this server knows no ${operator}`);
    return operate(reached, operand);
  });
}

/** Of the values themselves, and of the elements of those that are arrays. */
const someOf = (reached: readonly unknown[], holds: (value: unknown) => boolean): boolean =>
  reached.some((value) => holds(value) || (Array.isArray(value) && value.some(holds)));

/** `null` is equal to what is missing. */
const isAnyEqual = (reached: readonly unknown[], operand: unknown): boolean =>
  someOf(reached, (value) => isEqual(value, operand));

function hasPattern(value: unknown, pattern: unknown): boolean {
  if (isPattern(value)) return isEqual(value, pattern);
  if (typeof value !== 'string') return false;
  const { pattern: source, options } = pattern as { readonly pattern: string; readonly options: string };
  return (pattern instanceof RegExp ? pattern : new RegExp(source, options.replace('x', ''))).test(value);
}

/**
 * Compares values of one type alone. NaN is equal to itself, and neither less nor greater than a number.
 * https://www.mongodb.com/docs/manual/reference/method/db.collection.find/ ("Type Bracketing")
 */
const comparing =
  (holds: (order: number) => boolean) =>
  (reached: readonly unknown[], operand: unknown): boolean =>
    someOf(reached, (value) => {
      if (value === undefined || typeOf(value) !== typeOf(operand)) return false;
      const order = compare(value, operand);
      return holds(order) && (order === 0 || !(isNaNumber(value) || isNaNumber(operand)));
    });

const OPERATORS: Readonly<Record<string, (reached: readonly unknown[], operand: unknown) => boolean>> = {
  $eq: isAnyEqual,
  $not: (reached, operand) => !fulfils(reached, operand),
  $exists: (reached, operand) => reached.some((value) => value !== undefined) === operand,
  $gt: comparing((order) => order > 0),
  $gte: comparing((order) => order >= 0),
  $lt: comparing((order) => order < 0),
  $lte: comparing((order) => order <= 0),
};
