import type { BsonDocument } from '../bson/bson-document.ts';

/**
 * The document with a value at a path (`a.b.c`), documents on the way made where there are none. The given one is left
 * as it is. Undefined where something else than a document is in the way: what the server does then depends on what it is.
 */
export function setAt(document: BsonDocument, path: string, value: unknown): BsonDocument | undefined {
  const dot = path.indexOf('.');
  if (dot < 0) return new Map(document).set(path, value);
  const name = path.slice(0, dot);
  const inner = document.has(name) ? document.get(name) : new Map<string, unknown>();
  if (!(inner instanceof Map)) return undefined;
  const changed = setAt(inner, path.slice(dot + 1), value);
  return changed && new Map(document).set(name, changed);
}

/** The same without what is at the path; a document that it leaves empty stays. */
export function unsetAt(document: BsonDocument, path: string): BsonDocument | undefined {
  const dot = path.indexOf('.');
  const name = dot < 0 ? path : path.slice(0, dot);
  if (!document.has(name)) return document;
  const copy = new Map(document);
  if (dot < 0) {
    copy.delete(name);
    return copy;
  }
  const inner = document.get(name);
  if (!(inner instanceof Map)) return undefined;
  const changed = unsetAt(inner, path.slice(dot + 1));
  return changed && copy.set(name, changed);
}
