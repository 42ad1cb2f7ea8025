import { isDeepStrictEqual } from 'node:util';
import { isDocument } from '../../bson/documents.ts';

/**
 * Compares BSON values like the Java driver: types must be equal, and the order of a document's fields does not matter.
 */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (isDocument(a) && isDocument(b)) {
    return a.size === b.size && [...a].every(([name, value]) => b.has(name) && isSameValue(value, b.get(name)));
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((element, index) => isSameValue(element, b[index]));
  }
  return isDeepStrictEqual(a, b);
}
