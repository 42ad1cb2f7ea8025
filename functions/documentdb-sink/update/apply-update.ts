import type { BsonDocument } from '../bson/bson-document.ts';
import { fieldsOf, isFoldable, overlaps } from './operators.ts';
import { setAt, unsetAt } from './paths.ts';

/**
 * What the server makes of a document by `$set`, `$unset` and, if it inserts it, `$setOnInsert`. Undefined where that is
 * not certain: arrays on a path, other operators, two of them on one path (which the server refuses).
 */
export function applyUpdate(document: BsonDocument, update: BsonDocument, isInsert: boolean): BsonDocument | undefined {
  if (!isFoldable(update) || conflictsWithItself(update)) return undefined;
  const set = [...fieldsOf(update, '$set'), ...(isInsert ? fieldsOf(update, '$setOnInsert') : [])];
  let result: BsonDocument | undefined = document;
  // New fields in the order of their names, as servers add them.
  for (const [path, value] of set.toSorted(byPath)) result = result && setAt(result, path, value);
  for (const path of fieldsOf(update, '$unset').keys()) result = result && unsetAt(result, path);
  return result;
}

const byPath = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : Number(one > other);

/** Whether two of its operators are on one path: no server takes such an update. */
export function conflictsWithItself(update: BsonDocument): boolean {
  const paths = [...update.values()].flatMap((fields) => (fields instanceof Map ? [...fields.keys()] : []));
  if (new Set(paths).size < paths.length) return true;
  return paths.some((path) => path.includes('.') && paths.some((other) => overlaps(path, other)));
}
