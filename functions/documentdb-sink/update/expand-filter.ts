import type { BsonDocument } from '../bson/bson-document.ts';
import { setAt } from './paths.ts';

/** The document that an upsert makes from a filter of equality conditions: `{"a.b": 1}` becomes `{a: {b: 1}}`. */
export function expandFilter(filter: BsonDocument): BsonDocument | undefined {
  let document: BsonDocument | undefined = new Map();
  for (const [path, value] of filter) document = document && setAt(document, path, value);
  return document;
}
