import type { Filter } from '../../functions/documentdb-sink/guard/guard.ts';
import type { IndexDescription } from '../../functions/documentdb-sink/guard/indexes.ts';
import type { StoredVersions } from '../../functions/documentdb-sink/guard/standing.ts';
import type { Namespace } from '../../functions/documentdb-sink/plan/namespace.ts';
import type {
  CommandKind,
  DocumentStore,
  ServerLimits,
  Statement,
} from '../../functions/documentdb-sink/target/document-store.ts';
import type { Stored } from './document-server/bson-values.ts';
import type { Collection } from './document-server/collection.ts';
import { type CommandHooks, DocumentServer } from './document-server/document-server.ts';
import { equalitiesOf } from './document-server/filter.ts';
import { received } from './document-server/received.ts';
import type { UniqueIndex as ServerIndex } from './document-server/unique-index.ts';
import { ServerError, WRITE_CONCERN_TIMEOUT } from './document-server/write-error.ts';

export type { Stored } from './document-server/bson-values.ts';

/** What goes wrong with one call of `write`. */
export type Fault =
  /** nothing is written, and no answer comes */
  | { readonly kind: 'unreachable' }
  /** everything is written, and no answer comes */
  | { readonly kind: 'lostAnswer' }
  /** everything is written, but its durability is unknown */
  | { readonly kind: 'writeConcern' }
  /** the server refuses the command; nothing is written */
  | { readonly kind: 'code'; readonly code: number }
  /** the driver throws an error of that class; nothing is written */
  | { readonly kind: 'driverError'; readonly name: string }
  /** written, then silence until the signal aborts */
  | { readonly kind: 'hang' };

export interface UniqueIndex {
  /** One, or several separated by commas. */
  readonly field: string;
  readonly sparse?: boolean;
}

export interface WriteCall {
  readonly namespace: string;
  readonly kind: CommandKind;
  readonly statements: readonly Statement[];
}

export interface FakeDocumentsOptions {
  readonly limits?: Partial<ServerLimits>;
  readonly uniqueIndexes?: readonly UniqueIndex[];
  /** Consumed by the calls of `write`, in order; undefined: nothing goes wrong. */
  readonly faults?: readonly (Fault | undefined)[];
  /** Goes wrong with every call that the faults leave alone. */
  readonly faultOfAll?: Fault | undefined;
  /** Per document: what the server says of a statement that would write it. */
  readonly refuses?: (document: Stored, id: unknown) => number | undefined;
  /** A command that has this document is refused as a whole, with this code. */
  readonly refusesCommand?: (document: Stored) => number | undefined;
  /** Between looking for the document and inserting it, an upsert lets other writers run. */
  readonly nonAtomicUpsert?: boolean;
  /** Runs in an upsert that found nothing, before it inserts: another writer. */
  readonly betweenFindAndInsert?: (id: unknown) => void;
}

/** The port to the document server, a collection for each namespace, for a sink in a test. Its messages hold payload. */
export class FakeDocuments implements DocumentStore {
  readonly calls: WriteCall[] = [];
  /** What was read, by `_id` or by a filter. */
  readonly reads: unknown[][] = [];
  readonly ttlIndexes: { readonly namespace: string; readonly ttlSeconds: number }[] = [];
  ttlIndexFails = false;
  faults: (Fault | undefined)[];
  options: FakeDocumentsOptions;
  readonly #servers = new Map<string, DocumentServer>();

  constructor(options: FakeDocumentsOptions = {}) {
    this.options = options;
    this.faults = [...(options.faults ?? [])];
  }

  collection(namespace = 'shop.orders'): Collection {
    return this.#serverOf(namespace).collection;
  }

  #serverOf(namespace: string): DocumentServer {
    const found =
      this.#servers.get(namespace) ??
      new DocumentServer({ uniqueIndexes: () => (this.options.uniqueIndexes ?? []).map(indexOf) });
    this.#servers.set(namespace, found);
    return found;
  }

  /** The document under an `_id`; absent if it is a tombstone, as readers take it. */
  get(id: unknown, namespace?: string): Stored | undefined {
    const stored = this.collection(namespace).get(id);
    return stored?.has('_deletedAt') ? undefined : stored;
  }

  put(id: unknown, fields: Readonly<Record<string, unknown>>, namespace?: string): void {
    this.collection(namespace).put(new Map<string, unknown>([['_id', id], ...Object.entries(fields)]));
  }

  remove(id: unknown, namespace?: string): void {
    this.collection(namespace).remove(id);
  }

  limits = (): Promise<ServerLimits> =>
    Promise.resolve({ documentBytesMax: 16 * 1024 * 1024, operationsMax: 100_000, ...this.options.limits });

  async write(namespace: Namespace, kind: CommandKind, sent: readonly Statement[], signal: AbortSignal) {
    const statements = sent.map(received);
    this.calls.push({ namespace: nameOf(namespace), kind, statements });
    const fault = this.faults.shift() ?? this.options.faultOfAll;
    if (fault?.kind === 'unreachable') throw foreignError('MongoNetworkError');
    if (fault?.kind === 'code') throw foreignError('MongoServerError', fault.code);
    if (fault?.kind === 'driverError') throw foreignError(fault.name);
    return await this.#serverOf(nameOf(namespace))
      .write(kind, statements, this.#hooksFor(kind, fault, signal))
      .catch((error: unknown) => {
        throw error instanceof ServerError ? foreignError('MongoServerError', error.code) : error;
      });
  }

  #hooksFor(kind: CommandKind, fault: Fault | undefined, signal: AbortSignal): CommandHooks {
    const { betweenFindAndInsert, nonAtomicUpsert, refuses, refusesCommand } = this.options;
    return {
      refuseCommand: (statements) => {
        const documents = statements.map(bodyOf).filter((body) => body !== undefined);
        return documents.map((document) => refusesCommand?.(document)).find((code) => code !== undefined);
      },
      refuseStatement: (statement) => {
        const body = bodyOf(statement);
        if (kind === 'delete' || body === undefined) return undefined;
        return refuses?.(body, kind === 'insert' ? body.get('_id') : idIn(statement));
      },
      ...((nonAtomicUpsert || betweenFindAndInsert) && {
        betweenFindAndInsert: async (statement) => {
          if (nonAtomicUpsert) await Promise.resolve();
          betweenFindAndInsert?.(idIn(statement));
        },
      }),
      beforeReply: async () => {
        if (fault?.kind === 'lostAnswer') throw foreignError('MongoNetworkError');
        if (fault?.kind === 'writeConcern') throw foreignError('MongoWriteConcernError', WRITE_CONCERN_TIMEOUT);
        if (fault?.kind === 'hang') await aborted(signal);
      },
    };
  }

  findVersions(namespace: Namespace, ids: readonly unknown[]): Promise<readonly StoredVersions[]> {
    this.reads.push([...ids]);
    const collection = this.collection(nameOf(namespace));
    return Promise.resolve(
      ids.flatMap((id) => {
        const stored = collection.get(id);
        return stored === undefined ? [] : [versionsOf(stored)];
      }),
    );
  }

  findVersionsOf(namespace: Namespace, filter: Filter): Promise<StoredVersions | undefined> {
    this.reads.push([filter]);
    const found = this.collection(nameOf(namespace)).find(filter);
    return Promise.resolve(found && versionsOf(found));
  }

  listIndexes = (_namespace: Namespace): Promise<readonly IndexDescription[]> =>
    Promise.resolve([
      { name: '_id_', fields: ['_id'], isUnique: false, isSparse: false, isPartial: false },
      ...(this.options.uniqueIndexes ?? []).map((index) => ({ ...indexOf(index), isUnique: true, isPartial: false })),
    ]);

  ensureTtlIndex(namespace: Namespace, ttlSeconds: number): Promise<void> {
    if (this.ttlIndexFails) return Promise.reject(foreignError('MongoServerError', 13));
    this.ttlIndexes.push({ namespace: nameOf(namespace), ttlSeconds });
    return Promise.resolve();
  }
}

const nameOf = ({ database, collection }: Namespace): string => `${database}.${collection}`;

function indexOf({ field, sparse }: UniqueIndex): ServerIndex {
  const fields = field.split(',');
  return { name: fields.map((each) => `${each}_1`).join('_'), fields, isSparse: sparse === true };
}

/** What a statement writes. */
const bodyOf = ({ u, document }: Statement): Stored | undefined => (u ?? document) as Stored | undefined;

/** The `_id` that a statement's filter names. */
const idIn = ({ q }: Statement): unknown => new Map(equalitiesOf(q)).get('_id');

const versionsOf = (stored: Stored): StoredVersions => ({
  id: stored.get('_id'),
  versions: stored.get('_k'),
  isDeleted: stored.has('_deletedAt'),
});

export const LEAK = 'payload-that-must-not-leak';

/** As the driver throws them; the message quotes data, as E11000 and others do. */
export function foreignError(name: string, code?: number): Error {
  return Object.assign(new Error(`dup key: { secret: "${LEAK}" }`), { name, ...(code === undefined ? {} : { code }) });
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const abort = () => reject(foreignError('AbortError'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
  });
