import { Binary } from 'mongodb';
import type { MutableDocument } from './sink-document.ts';

export const ID_FIELD = '_id';

/** Field names reserved for the guard. A write that touches one of them is refused. */
export const RESERVED_FIELDS: readonly string[] = ['_k', '_deletedAt'];

export const isDocument = (value: unknown): value is MutableDocument => value instanceof Map;

/** A deep copy of documents, arrays and binary values. A strategy may change the copy without changing the original. */
export function cloneDocument(document: ReadonlyMap<string, unknown>): MutableDocument {
  const clone: MutableDocument = new Map();
  for (const [name, value] of document) clone.set(name, cloneValue(value));
  return clone;
}

function cloneValue(value: unknown): unknown {
  if (isDocument(value)) return cloneDocument(value);
  if (Array.isArray(value)) return value.map(cloneValue);
  return value instanceof Binary ? new Binary(Buffer.from(value.value()), value.sub_type) : value;
}

/**
 * Removes null fields at any depth, also from documents in arrays. Null elements of arrays and emptied documents stay.
 */
export function removeNullValues(document: MutableDocument): void {
  for (const [name, value] of document) {
    if (value === null) document.delete(name);
    else if (isDocument(value)) removeNullValues(value);
    else if (Array.isArray(value)) value.filter(isDocument).forEach(removeNullValues);
  }
}
