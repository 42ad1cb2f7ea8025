import type { BsonDocument } from '../bson/bson-document.ts';
import { Drafts } from './drafts.ts';
import { leadsThroughDocuments, setAt } from './paths.ts';

/** The document that an upsert makes from a filter of equality conditions: `{"a.b": 1}` becomes `{a: {b: 1}}`. */
export function expandFilter(filter: BsonDocument): BsonDocument | undefined {
  const document = new Map<string, unknown>();
  const drafts = new Drafts();
  for (const [path, value] of filter) {
    if (!leadsThroughDocuments(document, path)) return undefined;
    setAt(document, path, value, drafts);
  }
  return document;
}
