import type { BsonDocument } from '../bson/bson-document.ts';
import type { Drafts } from './drafts.ts';

const EMPTY: BsonDocument = new Map();

/**
 * Whether the path (`a.b.c`) leads through documents alone, as far as there is something: where the path leads through another value,
 * the server's result depends on the type of that value.
 */
export function leadsThroughDocuments(document: BsonDocument, path: string): boolean {
  const dot = path.indexOf('.');
  const name = path.slice(0, dot);
  if (dot < 0 || !document.has(name)) return true;
  const inner = document.get(name);
  return inner instanceof Map && leadsThroughDocuments(inner, path.slice(dot + 1));
}

/** Puts a value at a path that leads through documents; missing ones are made. */
export function setAt(draft: Map<string, unknown>, path: string, value: unknown, drafts: Drafts): void {
  const dot = path.indexOf('.');
  if (dot < 0) {
    draft.set(path, value);
    return;
  }
  const name = path.slice(0, dot);
  const inner = drafts.of((draft.get(name) as BsonDocument | undefined) ?? EMPTY);
  draft.set(name, inner);
  setAt(inner, path.slice(dot + 1), value, drafts);
}

/** Removes the value at a path that leads through documents. A document that becomes empty stays. */
export function unsetAt(draft: Map<string, unknown>, path: string, drafts: Drafts): void {
  const dot = path.indexOf('.');
  if (dot < 0) {
    draft.delete(path);
    return;
  }
  const name = path.slice(0, dot);
  if (!draft.has(name)) return;
  const inner = drafts.of(draft.get(name) as BsonDocument);
  draft.set(name, inner);
  unsetAt(inner, path.slice(dot + 1), drafts);
}
