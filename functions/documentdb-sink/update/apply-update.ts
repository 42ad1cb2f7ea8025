import type { BsonDocument } from '../bson/bson-document.ts';
import { fieldsOf, isFoldable } from './operators.ts';
import { setAt, unsetAt } from './paths.ts';

/**
 * The document after `$set`, `$unset` and, for an insert, `$setOnInsert`. Undefined if the server's result is not
 * certain: an array on a path, another operator, or two operators on one path (an update that the server refuses).
 */
export function applyUpdate(document: BsonDocument, update: BsonDocument, isInsert: boolean): BsonDocument | undefined {
  if (!isFoldable(update) || conflictsWithItself(update)) return undefined;
  const set = [...fieldsOf(update, '$set'), ...(isInsert ? fieldsOf(update, '$setOnInsert') : [])];
  let result: BsonDocument | undefined = document;
  // Servers add new fields in the order of their names.
  for (const [path, value] of set.toSorted(byPath)) result = result && setAt(result, path, value);
  for (const path of fieldsOf(update, '$unset').keys()) result = result && unsetAt(result, path);
  return result;
}

/** No two paths are equal. */
const byPath = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1;

/** Whether two operators of the update have the same path or overlapping paths: no server accepts such an update. */
export function conflictsWithItself(update: BsonDocument): boolean {
  const paths = [...update.values()].flatMap((fields) => (fields instanceof Map ? [...fields.keys()] : []));
  const known = new Set(paths);
  return known.size < paths.length || paths.some((path) => pathsAbove(path).some((above) => known.has(above)));
}

/** `a` and `a.b` for `a.b.c`. */
function pathsAbove(path: string): readonly string[] {
  const above: string[] = [];
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) above.push(path.slice(0, dot));
  return above;
}
