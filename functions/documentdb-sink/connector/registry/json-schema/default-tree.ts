import { isObject } from '../schema/schema-json.ts';

/** JSON of a schema in the form in which payloads are read: objects are Maps. */
export function treeOf(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(treeOf);
  return isObject(node) ? new Map(Object.entries(node).map(([name, value]) => [name, treeOf(value)])) : node;
}
