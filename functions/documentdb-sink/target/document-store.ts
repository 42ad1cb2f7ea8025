import type { Filter } from '../guard/guard.ts';
import type { IndexDescription } from '../guard/indexes.ts';
import type { StoredVersions } from '../guard/standing.ts';
import type { Namespace } from '../plan/namespace.ts';
import type { WriteError } from './classify.ts';

/** What the server said in `hello`. */
export interface ServerLimits {
  readonly documentBytesMax: number;
  /** Of one command. */
  readonly operationsMax: number;
}

export type CommandKind = 'update' | 'delete' | 'insert';

/** A statement of the server's `update` or `delete` command, of one document; of `insert` `{document}`. */
export type Statement = Readonly<Record<string, unknown>>;

export interface WriteReply {
  /** Documents matched, upserted, inserted or deleted: together, not which. -1 where the server does not say. */
  readonly count: number;
  readonly writeErrors: readonly (WriteError & { readonly index: number })[];
}

/**
 * The target, as the sink needs it. Every method connects if need be, and rejects with the driver's errors (by class and
 * code, see classify.ts) or with a FatalError. All of them end when the signal aborts.
 */
export interface DocumentStore {
  limits(signal: AbortSignal): Promise<ServerLimits>;
  /** One unordered command, majority. Rejects where the write concern failed: what of it is stored is unknown then. */
  write(
    namespace: Namespace,
    kind: CommandKind,
    statements: readonly Statement[],
    signal: AbortSignal,
  ): Promise<WriteReply>;
  /** Read from the primary, by `_id`. Documents that do not exist are left out. */
  findVersions(namespace: Namespace, ids: readonly unknown[], signal: AbortSignal): Promise<readonly StoredVersions[]>;
  /** Read from the primary. @param filter that one document fulfils at most. Undefined: there is none */
  findVersionsOf(namespace: Namespace, filter: Filter, signal: AbortSignal): Promise<StoredVersions | undefined>;
  /** None where there is no such collection. */
  listIndexes(namespace: Namespace, signal: AbortSignal): Promise<readonly IndexDescription[]>;
  /** Makes the index that removes documents some time after their `_deletedAt`; does nothing if it is there. */
  ensureTtlIndex(namespace: Namespace, ttlSeconds: number, signal: AbortSignal): Promise<void>;
}
