import type { BsonDocument } from '../bson/bson-document.ts';
import { RESERVED_FIELDS } from '../bson/documents.ts';

/** https://www.mongodb.com/docs/manual/reference/operator/update/ : these operators are idempotent. */
const IDEMPOTENT: ReadonlySet<string> = new Set(['$set', '$unset', '$setOnInsert', '$min', '$max']);

/** The operators that `mergeUpdates` and `applyUpdate` can evaluate. */
const FOLDABLE: ReadonlySet<string> = new Set(['$set', '$unset', '$setOnInsert']);

const NOTHING: BsonDocument = new Map();

export const isIdempotent = (update: BsonDocument): boolean =>
  [...update].every(([operator, fields]) => IDEMPOTENT.has(operator) || (operator === '$push' && isTruncation(fields)));

/** `$push: {a: {$each: [], $slice: n}}` only shortens an array. */
const isTruncation = (fields: unknown): boolean =>
  fields instanceof Map && [...fields.values()].every((push) => push instanceof Map && isEmptySlice(push));

function isEmptySlice(push: BsonDocument): boolean {
  const each = push.get('$each');
  const isPlain = [...push.keys()].every((name) => name === '$each' || name === '$slice');
  return isPlain && Array.isArray(each) && each.length === 0 && push.has('$slice');
}

export const isFoldable = (update: BsonDocument): boolean =>
  [...update].every(([operator, fields]) => FOLDABLE.has(operator) && fields instanceof Map && hasPlainPaths(fields));

/**
 * Whether the server takes the update whatever the document holds: a longer path may lead through a text. The sink's own
 * paths lead into `_k`.
 */
export const isNeverRefused = (update: BsonDocument): boolean =>
  [...update].every(
    ([operator, fields]) =>
      IDEMPOTENT.has(operator) &&
      fields instanceof Map &&
      hasPlainPaths(fields) &&
      [...fields.keys()].every((path) => !path.includes('.') || path.startsWith('_k.')),
  );

/** Rejects positional operators and empty names, whose effect depends on the server. */
const hasPlainPaths = (fields: BsonDocument): boolean =>
  [...fields.keys()].every((path) => path.split('.').every((name) => name !== '' && !name.startsWith('$')));

export const setsOnInsert = (update: BsonDocument): boolean => fieldsOf(update, '$setOnInsert').size > 0;

export function fieldsOf(update: BsonDocument, operator: string): BsonDocument {
  const fields = update.get(operator);
  return fields instanceof Map ? fields : NOTHING;
}

/** The first reserved name that the update touches. */
export function reservedIn(update: BsonDocument): string | undefined {
  for (const [operator, fields] of update) {
    if (!(fields instanceof Map)) continue;
    for (const [path, operand] of fields) {
      const paths = operator === '$rename' ? [path, String(operand)] : [String(path)];
      const reserved = RESERVED_FIELDS.find((name) =>
        paths.some((each) => each === name || each.startsWith(`${name}.`)),
      );
      if (reserved !== undefined) return reserved;
    }
  }
  return undefined;
}

/** True for overlapping paths such as `a` and `a.b`, which no update may contain together. */
export const overlaps = (one: string, other: string): boolean =>
  one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
