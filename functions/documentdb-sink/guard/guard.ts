import type { BsonDocument } from '../bson/bson-document.ts';
import type { Write } from './write.ts';

/** Conditions on one document. */
export type Filter = BsonDocument | Readonly<Record<string, unknown>>;

/**
 * Matches the document unless its stored version is newer: older, equal (a redelivery rewrites the same document) or
 * missing versions match. For writes that are not idempotent an equal version does not match either. The clauses contain
 * no `$or`: beside `_id` an `$or` made a server scan the collection.
 */
export function guardedFilter(write: Write): Filter {
  const { filter, sourceVersion } = write;
  const ownClause = { $not: isOnce(write) ? { $gte: sourceVersion.offset } : { $gt: sourceVersion.offset } };
  const more = moreClauses(write);
  // A Map gives no name a special meaning. An object suffices for `_id` alone, and is cheaper.
  if (filter.size === 1 && filter.has('_id')) {
    const own = { _id: equalTo(filter.get('_id')), [`_k.${sourceVersion.field}`]: ownClause };
    return more === NO_CLAUSES ? own : { ...own, ...Object.fromEntries(more) };
  }
  return new Map<string, unknown>([...equalities(filter), [`_k.${sourceVersion.field}`, ownClause], ...more]);
}

/** A filter of equality conditions, without a guard. */
export const equalities = (filter: BsonDocument): BsonDocument =>
  new Map([...filter].map(([path, value]) => [path, equalTo(value)]));

const NO_CLAUSES: readonly (readonly [string, unknown])[] = [];

function moreClauses(write: Write): readonly (readonly [string, unknown])[] {
  const { version } = write.sourceVersion;
  const existence = existenceOf(write);
  if (version === undefined && existence === undefined) return NO_CLAUSES;
  return [
    ...(version === undefined ? [] : [['_k.v', { $not: { $gt: version } }] as const]),
    ...(existence === undefined ? [] : [['_deletedAt', { $exists: existence === 'deleted' }] as const]),
  ];
}

/** Whether the document must exist: as readers see it, or as a tombstone. */
function existenceOf(write: Write): 'there' | 'deleted' | undefined {
  if (write.kind === 'insert') return 'deleted';
  return (write.kind === 'replace' || write.kind === 'update') && !write.upsert ? 'there' : undefined;
}

const isOnce = (write: Write): boolean => write.kind === 'update' && !write.isIdempotent;

/** The server would read a regular expression, or a document whose first field begins with `$`, as a condition. */
export function equalTo(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const isPattern = value instanceof RegExp || (value as { readonly _bsontype?: unknown })._bsontype === 'BSONRegExp';
  if (isPattern) return { $eq: value };
  const [name] = value instanceof Map ? value.keys() : [];
  return typeof name === 'string' && name.startsWith('$') ? { $eq: value } : value;
}
