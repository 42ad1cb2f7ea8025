import type { BsonDocument } from '../bson/bson-document.ts';

/**
 * A copy of the document with the value at a path (`a.b.c`); missing documents on the path are created. Undefined if
 * the path leads through a value that is no document: the server's result then depends on the type of that value.
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

/** A copy of the document without the value at the path. A document that becomes empty stays. */
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
