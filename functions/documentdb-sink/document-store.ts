import type { WriteError } from './classify.ts';
import type { StoredMarks } from './guard.ts';
import type { DocumentId } from './id-strategies/document-id.ts';
import type { Namespace } from './namespace.ts';

/** What the server said in `hello`. */
export interface ServerLimits {
  readonly documentBytesMax: number;
  /** Of one command. */
  readonly operationsMax: number;
}

export type CommandKind = 'update' | 'delete';

/** Statements of the server's `update` or `delete` command, one a document. */
export type Statement = Readonly<Record<string, unknown>>;

export interface WriteReply {
  /** Documents matched, upserted or deleted. */
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
  /** Read from the primary. Documents that do not exist are left out. */
  findMarks(namespace: Namespace, ids: readonly DocumentId[], signal: AbortSignal): Promise<readonly StoredMarks[]>;
  /** Names of unique indexes, other than that on `_id`, that hold every document, whether it has the fields or not. */
  findStrictUniqueIndexes(namespace: Namespace, signal: AbortSignal): Promise<readonly string[]>;
  /** Makes the index that removes documents some time after their `_deletedAt`; does nothing if it is there. */
  ensureTtlIndex(namespace: Namespace, ttlSeconds: number, signal: AbortSignal): Promise<void>;
}
