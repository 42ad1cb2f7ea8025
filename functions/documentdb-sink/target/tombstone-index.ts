import type { Document } from 'mongodb';
import type { Namespace } from '../plan/namespace.ts';
import { FatalError } from './fatal-error.ts';

/** The calls that the index needs, all of one collection. */
export interface TombstoneIndexPort {
  listIndexes(): Promise<readonly Document[]>;
  /** Some of the first and of the last documents, with `_k` and `_deletedAt` alone. */
  readEnds(): Promise<readonly Document[]>;
  createIndex(index: Document): Promise<unknown>;
}

/**
 * Creates the TTL index on `_deletedAt` unless there is one. The index removes every document with an old time in that field, of
 * other writers too, so the function looks at documents of the collection first. An index on the field that exists already says that
 * somebody wants it.
 * @throws FatalError if another writer has documents with that field
 */
export async function ensureTombstoneIndex(
  namespace: Namespace,
  ttlSeconds: number,
  { listIndexes, readEnds, createIndex }: TombstoneIndexPort,
): Promise<void> {
  const existing = await listIndexes();
  if (!existing.some(isOfTombstones) && (await readEnds()).some(isOfOtherWriter)) {
    throw new FatalError('rejected_by_target', OF_OTHER_WRITER, { scope: 'collection' });
  }
  const index = { key: { _deletedAt: 1 }, name: indexName(namespace), expireAfterSeconds: ttlSeconds };
  try {
    await createIndex({ ...index, background: true });
  } catch (error) {
    // An index that somebody made under another name is as good.
    if ((error as { code?: unknown } | null)?.code !== INDEX_OPTIONS_CONFLICT) throw error;
    const now = await listIndexes();
    if (!now.some((each) => isOfTombstones(each) && each['expireAfterSeconds'] === ttlSeconds)) throw error;
  }
}

const OF_OTHER_WRITER =
  'documents of another writer have a field _deletedAt, and the index would remove these documents: rename the field, or set deletes: hard';

/** Every document with `_deletedAt` that this function wrote has `_k`. */
const isOfOtherWriter = ({ _k, _deletedAt }: Document): boolean => _deletedAt !== undefined && _k === undefined;

const isOfTombstones = ({ key }: Document): boolean => String(Object.keys(key ?? {})) === '_deletedAt';

/**
 * `<collection>$<index>` has at most 63 characters. The short name fits every collection, which may have 57.
 * https://docs.aws.amazon.com/documentdb/latest/developerguide/limits.html#limits-naming_constraints
 */
const LONG_NAME_COLLECTION_CHARACTERS_MAX = 48;

const indexName = ({ collection }: Namespace): string =>
  collection.length > LONG_NAME_COLLECTION_CHARACTERS_MAX ? '_dttl' : '_deletedAt_ttl';

/** https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml */
const INDEX_OPTIONS_CONFLICT = 85;
