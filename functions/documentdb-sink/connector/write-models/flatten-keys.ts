import { isDocument } from '../../bson/documents.ts';
import type { MutableDocument } from '../../bson/sink-document.ts';

/** Turns a document into paths with dots. Arrays stay whole, and an empty document disappears. */
export function flattenKeys(document: ReadonlyMap<string, unknown>): MutableDocument {
  const flat: MutableDocument = new Map();
  const visit = (prefix: string, fields: ReadonlyMap<string, unknown>): void => {
    for (const [name, value] of fields) {
      if (isDocument(value)) visit(`${prefix}${name}.`, value);
      else flat.set(prefix + name, value);
    }
  };
  visit('', document);
  return flat;
}
