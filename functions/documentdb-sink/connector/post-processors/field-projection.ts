import { isDocument } from '../../bson/documents.ts';
import type { MutableDocument } from '../../bson/sink-document.ts';
import { PropertyError } from '../property-error.ts';

/**
 * Removes fields from a document according to a list of paths.
 * https://www.mongodb.com/docs/kafka-connector/current/sink-connector/fundamentals/post-processors/
 */
export type Projection = (document: MutableDocument) => void;

/** Removes nothing, and does not require the payload to be a document. */
export const keepAll: Projection = () => undefined;

const ANY = '*';
const ALL = '**';

/** The two types, also under their names before version 1.5 of the connector. Letter case does not matter. */
const TYPES: ReadonlyMap<string, (list: string) => Projection> = new Map([
  ['ALLOWLIST', allowList],
  ['WHITELIST', allowList],
  ['BLOCKLIST', blockList],
  ['BLACKLIST', blockList],
]);

/** @throws PropertyError if the type is neither of the two lists */
export function projectionOf(property: string, type: string, list: string): Projection {
  const create = TYPES.get(type.trim().toUpperCase());
  if (create === undefined)
    throw new PropertyError(property, type, 'it should be set to either blocklist or allowlist');
  return create(list);
}

const pathsOf = (list: string): readonly string[] =>
  list
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '');

/**
 * Removes the listed paths. `*` stands for every field of a level that is no document, `pre*` for fields with that
 * prefix, `**` for all fields.
 */
export function blockList(list: string): Projection {
  const paths = pathsOf(list);
  if (paths.length === 0) return keepAll;
  return (document) => {
    for (const path of paths) block(path, document);
  };
}

function block(path: string, document: MutableDocument): void {
  const [first, rest] = splitAtDot(path);
  if (first === ALL) document.clear();
  else if (first === ANY) blockAny(rest, document);
  else if (rest !== undefined) forEachDocument(document.get(first), (inner) => block(rest, inner));
  else if (first.endsWith(ANY)) removeWhere(document, (name) => name.startsWith(first.slice(0, -1)));
  else document.delete(first);
}

/**
 * As in the connector, an inner `*` also removes the values next to the documents, and does not descend into arrays.
 */
function blockAny(rest: string | undefined, document: MutableDocument): void {
  for (const [name, value] of document) {
    if (!isDocument(value)) document.delete(name);
    else if (rest !== undefined && rest !== '') block(rest, value);
  }
}

/**
 * Keeps the listed paths and their parents. `*` stands for one name, `a.**` for everything under `a`, `pre*` for paths
 * with that prefix.
 */
export function allowList(list: string): Projection {
  const allowed = new Set(pathsOf(list).flatMap((path) => [path, ...parentsOf(path)]));
  if (allowed.has(ALL)) return keepAll;
  const prefixes = [...allowed]
    .filter((path) => !path.includes('.') && path !== ANY && path.endsWith(ANY))
    .map((path) => path.slice(0, -1));
  const patterns = [...allowed].map((path) => path.split('.')).filter((parts) => parts.includes(ANY));
  const isAllowed = (path: string): boolean => {
    if (allowed.has(path) || prefixes.some((prefix) => path.startsWith(prefix))) return true;
    // Java's `split` drops empty parts at the end.
    const parts = path.replace(/(?<=.)\.+$/, '').split('.');
    return allowed.has(parts.join('.')) || patterns.some((pattern) => fits(parts, pattern));
  };
  const keep = (document: MutableDocument, parent: string): void => {
    for (const [name, value] of document) {
      const path = parent === '' ? name : `${parent}.${name}`;
      if (!isAllowed(path)) document.delete(name);
      if (isDocument(value) && allowed.has(`${path}.${ALL}`)) continue;
      forEachDocument(value, (inner) => keep(inner, path));
    }
  };
  return (document) => keep(document, '');
}

function parentsOf(path: string): readonly string[] {
  const parents: string[] = [];
  for (let end = path.lastIndexOf('.'); end > 0; end = path.lastIndexOf('.', end - 1)) parents.push(path.slice(0, end));
  return parents;
}

const fits = (parts: readonly string[], pattern: readonly string[]): boolean =>
  pattern.length === parts.length && pattern.every((part, index) => part === ANY || part === parts[index]);

function splitAtDot(path: string): readonly [string, string | undefined] {
  const dot = path.indexOf('.');
  return dot === -1 ? [path, undefined] : [path.slice(0, dot), path.slice(dot + 1)];
}

function forEachDocument(value: unknown, visit: (document: MutableDocument) => void): void {
  if (isDocument(value)) visit(value);
  else if (Array.isArray(value)) value.filter(isDocument).forEach(visit);
}

function removeWhere(document: MutableDocument, matches: (name: string) => boolean): void {
  for (const name of document.keys()) if (matches(name)) document.delete(name);
}
