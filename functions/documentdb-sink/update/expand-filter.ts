import type { BsonDocument } from '../bson/bson-document.ts';
import { setAt } from './paths.ts';

/** The document that a filter of equalities describes: `{"a.b": 1}` is `{a: {b: 1}}`, as an upsert makes it. */
export function expandFilter(filter: BsonDocument): BsonDocument | undefined {
  let document: BsonDocument | undefined = new Map();
  for (const [path, value] of filter) document = document && setAt(document, path, value);
  return document;
}
