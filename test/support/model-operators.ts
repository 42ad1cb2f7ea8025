import { identityOf } from '../../functions/documentdb-sink/bson/identity.ts';
import { type Entries, entriesOf, isDocument, type Stored, valueAt } from './model-filter.ts';

/** As the server refuses an update of one document. */
export class OperatorError extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`code ${code}`);
    this.code = code;
  }
}

const TYPE_MISMATCH = 14;
const PATH_NOT_VIABLE = 28;
const CONFLICTING_OPERATORS = 40;
const IMMUTABLE_FIELD = 66;

/**
 * What operators make of a document, written from the server's manual apart from the code that folds:
 * https://www.mongodb.com/docs/manual/reference/operator/update/
 * @throws OperatorError with the server's code
 */
export function operate(document: Stored, update: unknown, isInsert: boolean): Stored {
  const all = entriesOf(update).flatMap(([operator, fields]) =>
    entriesOf(fields).map(([path, operand]) => ({ operator, path, operand })),
  );
  refuseConflicts(all.map(({ path }) => path));
  let result: unknown = document;
  for (const { operator, path, operand } of all.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    if (operator === '$setOnInsert' && !isInsert) continue;
    if (path === '_id' && document.has('_id') && identityOf(document.get('_id')) !== identityOf(operand)) {
      throw new OperatorError(IMMUTABLE_FIELD);
    }
    result = change(result, path.split('.'), effectOf(operator, valueAt(document, path), operand));
  }
  return plainMarks(result as Stored);
}

/** A document made of equalities: `{"a.b": 1}` is `{a: {b: 1}}`. */
export const documentOf = (equalities: Entries): Stored =>
  equalities.reduce<Stored>((document, [path, value]) => change(document, path.split('.'), value) as Stored, new Map());

/** Tests read `_k` as an object. */
function plainMarks(document: Stored): Stored {
  const versions = document.get('_k');
  return versions instanceof Map ? new Map(document).set('_k', Object.fromEntries(versions)) : document;
}

function refuseConflicts(paths: readonly string[]): void {
  for (const [index, path] of paths.entries()) {
    const others = paths.filter((_, other) => other !== index);
    if (others.some((other) => other === path || other.startsWith(`${path}.`))) {
      throw new OperatorError(CONFLICTING_OPERATORS);
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
      if (value !== undefined && typeof value !== 'number') throw new OperatorError(TYPE_MISMATCH);
      return ((value as number | undefined) ?? 0) + (operand as number);
    case '$min':
      return value === undefined || (operand as number) < (value as number) ? operand : value;
    case '$max':
      return value === undefined || (operand as number) > (value as number) ? operand : value;
    case '$push':
      return pushed(value, operand);
    default:
      throw new Error(`this server knows no ${operator}`);
  }
}

function pushed(value: unknown, operand: unknown): unknown {
  if (value !== undefined && !Array.isArray(value)) throw new OperatorError(2);
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
    throw new OperatorError(PATH_NOT_VIABLE);
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
    throw new OperatorError(PATH_NOT_VIABLE);
  }
  if (value === ABSENT && index >= elements.length) return elements;
  const copy = [...elements];
  while (copy.length < index) copy.push(null);
  // An element that is taken away leaves null behind.
  copy[index] = rest.length > 0 ? change(copy[index], rest, value) : value === ABSENT ? null : value;
  return copy;
}
