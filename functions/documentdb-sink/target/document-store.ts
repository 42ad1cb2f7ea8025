import { EncodedDocument } from '../bson/encoded-document.ts';
import type { Filter } from '../guard/guard.ts';
import type { IndexDescription } from '../guard/indexes.ts';
import type { StoredVersions } from '../guard/standing.ts';
import type { Namespace } from '../plan/namespace.ts';
import type { WriteError } from './classify.ts';

/** What the server says of itself: the limits of its `hello` reply, and its version. */
export interface ServerLimits {
  readonly documentBytesMax: number;
  /** The number of operations in one command. */
  readonly operationsMax: number;
  /** Undefined if the server does not tell its version to this user. */
  readonly engineVersion?: string | undefined;
}

export type CommandKind = 'update' | 'delete' | 'insert';

/**
 * A statement of the server's `update` or `delete` command, for one document; `{document}` for `insert`. The document to store
 * may be BSON already: {@link bytesOf}.
 */
export type Statement = Readonly<Record<string, unknown>>;

/** The bytes of a document that is BSON already; undefined for any other value of a statement. */
export const bytesOf = (value: unknown): Uint8Array | undefined =>
  value instanceof EncodedDocument ? value.bytes() : undefined;

export interface WriteReply {
  /** The total number of documents matched, upserted, inserted or deleted; -1 if the reply has none. */
  readonly count: number;
  readonly writeErrors: readonly (WriteError & { readonly index: number })[];
}

/**
 * The target as the sink needs it. Every method connects if necessary, and rejects with the driver's errors (by class
 * and code, see classify.ts) or with a FatalError. Every method ends when the signal aborts.
 */
export interface DocumentStore {
  limits(signal: AbortSignal): Promise<ServerLimits>;
  /**
   * Sends one unordered command with write concern majority. Rejects if the write concern failed: it is then unknown
   * which writes are stored.
   */
  write(
    namespace: Namespace,
    kind: CommandKind,
    statements: readonly Statement[],
    signal: AbortSignal,
  ): Promise<WriteReply>;
  /** Reads from the primary by `_id`. Documents that do not exist are left out. */
  findVersions(namespace: Namespace, ids: readonly unknown[], signal: AbortSignal): Promise<readonly StoredVersions[]>;
  /** Reads from the primary. @param filter matches at most one document @returns undefined if no document matches */
  findVersionsOf(namespace: Namespace, filter: Filter, signal: AbortSignal): Promise<StoredVersions | undefined>;
  /** Empty if the collection does not exist. */
  listIndexes(namespace: Namespace, signal: AbortSignal): Promise<readonly IndexDescription[]>;
  /**
   * Creates the TTL index on `_deletedAt` unless the index exists.
   * @throws FatalError if another writer has documents with that field, which the index would remove
   */
  ensureTtlIndex(namespace: Namespace, ttlSeconds: number, signal: AbortSignal): Promise<void>;
}
