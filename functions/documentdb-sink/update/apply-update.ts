import type { BsonDocument } from '../bson/bson-document.ts';
import { Drafts } from './drafts.ts';
import { fieldsOf, isFoldable } from './operators.ts';
import { pathsAbove } from './path-index.ts';
import { leadsThroughDocuments, setAt, unsetAt } from './paths.ts';

/**
 * The document after `$set`, `$unset` and, for an insert, `$setOnInsert`: a draft. Undefined if the server's result is not
 * certain: an array on a path, another operator, or two operators on one path (an update that the server refuses).
 */
export function applyUpdate(
  document: BsonDocument,
  update: BsonDocument,
  isInsert: boolean,
  drafts = new Drafts(),
): Map<string, unknown> | undefined {
  if (!isFoldable(update) || conflictsWithItself(update)) return undefined;
  const set = [...fieldsOf(update, '$set'), ...(isInsert ? fieldsOf(update, '$setOnInsert') : [])];
  const removed = [...fieldsOf(update, '$unset').keys()];
  // Nothing is changed before everything can be.
  const paths = [...set.map(([path]) => path), ...removed];
  if (!paths.every((path) => leadsThroughDocuments(document, path))) return undefined;
  const draft = drafts.of(document);
  // Servers add new fields in the order of their names.
  for (const [path, value] of set.toSorted(byPath)) setAt(draft, path, value, drafts);
  for (const path of removed) unsetAt(draft, path, drafts);
  return draft;
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
