import type { BsonDocument } from '../bson/bson-document.ts';
import { Drafts } from './drafts.ts';
import { fieldsOf, isFoldable } from './operators.ts';

const OPERATORS = ['$set', '$unset', '$setOnInsert'] as const;

/**
 * One update with the same result as both updates one after the other, whether or not the document exists: a draft. If the
 * document does not exist, the first update inserts the document, so `$setOnInsert` of the second has no effect.
 * Undefined if no such update exists: overlapping paths, other operators, or a nested field that is set and then unset
 * (the server would leave an empty document behind).
 */
export function mergeUpdates(
  first: BsonDocument,
  second: BsonDocument,
  drafts = new Drafts(),
): Map<string, unknown> | undefined {
  if (!(drafts.has(first) || isFoldable(first)) || !isFoldable(second)) return undefined;
  const [later, removed] = [fieldsOf(second, '$set'), fieldsOf(second, '$unset')];
  const touched = [...later.keys(), ...removed.keys()];
  const index = drafts.indexOf(first, () => OPERATORS.flatMap((operator) => [...fieldsOf(first, operator).keys()]));
  if (touched.some((path) => index.overlaps(path))) return undefined;
  const isMade = (path: string) => fieldsOf(first, '$set').has(path) || fieldsOf(first, '$setOnInsert').has(path);
  if ([...removed.keys()].some((path) => path.includes('.') && isMade(path))) return undefined;
  const merged = drafts.of(first);
  for (const operator of OPERATORS) remove(merged, operator, touched, drafts);
  put(merged, '$set', later, drafts);
  put(merged, '$unset', removed, drafts);
  for (const path of touched) index.add(path);
  drafts.keepIndex(merged, index);
  return merged;
}

type Operator = (typeof OPERATORS)[number];

function put(merged: Map<string, unknown>, operator: Operator, fields: BsonDocument, drafts: Drafts): void {
  if (fields.size === 0) return;
  const draft = drafts.of(fieldsOf(merged, operator));
  for (const [path, value] of fields) draft.set(path, value);
  merged.set(operator, draft);
}

function remove(merged: Map<string, unknown>, operator: Operator, paths: readonly string[], drafts: Drafts): void {
  const fields = fieldsOf(merged, operator);
  if (!paths.some((path) => fields.has(path))) return;
  const draft = drafts.of(fields);
  for (const path of paths) draft.delete(path);
  if (draft.size === 0) merged.delete(operator);
  else merged.set(operator, draft);
}
