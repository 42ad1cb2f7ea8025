/**
 * The value at a path with dots; undefined if the path leads to no value. A field whose name is the whole path takes
 * precedence. Otherwise the lookup descends at the first dot, but not into arrays.
 * https://github.com/mongodb/mongo-kafka/blob/master/src/main/java/com/mongodb/kafka/connect/util/BsonDocumentFieldLookup.java
 */
export function fieldAt(document: ReadonlyMap<string, unknown>, path: string): unknown {
  if (document.has(path)) return document.get(path);
  const dot = path.indexOf('.');
  if (dot === -1 || path.endsWith('.')) return undefined;
  const inner = document.get(path.slice(0, dot));
  return inner instanceof Map ? fieldAt(inner, path.slice(dot + 1)) : undefined;
}
