import type { BsonDocument } from '../bson/bson-document.ts';
import { fieldsOf, isFoldable, overlaps } from './operators.ts';

/**
 * One update with the same result as both updates one after the other, whether or not the document exists. If the
 * document does not exist, the first update inserts the document, so `$setOnInsert` of the second has no effect.
 * Undefined if no such update exists: overlapping paths, other operators, or a nested field that is set and then unset
 * (the server would leave an empty document behind).
 */
export function mergeUpdates(first: BsonDocument, second: BsonDocument): BsonDocument | undefined {
  if (!isFoldable(first) || !isFoldable(second)) return undefined;
  const [later, removed] = [fieldsOf(second, '$set'), fieldsOf(second, '$unset')];
  const touched = new Set([...later.keys(), ...removed.keys()]);
  const earlier = (operator: string) => [...fieldsOf(first, operator).keys()];
  const made = [...earlier('$set'), ...earlier('$setOnInsert')];
  if (hasOverlap([...made, ...earlier('$unset')], touched)) return undefined;
  if (made.some((path) => path.includes('.') && removed.has(path))) return undefined;
  const without = (operator: string) => [...fieldsOf(first, operator)].filter(([path]) => !touched.has(path));
  const merged = new Map<string, BsonDocument>();
  const put = (operator: string, fields: readonly (readonly [string, unknown])[]) => {
    if (fields.length > 0) merged.set(operator, new Map(fields));
  };
  put('$set', [...without('$set'), ...later]);
  put('$unset', [...without('$unset'), ...removed]);
  put('$setOnInsert', without('$setOnInsert'));
  return merged;
}

function hasOverlap(paths: readonly string[], others: ReadonlySet<string>): boolean {
  const dotted = [...others].filter((other) => other.includes('.'));
  return paths.some((path) => (path.includes('.') ? [...others] : dotted).some((other) => overlaps(path, other)));
}
