import type {
  CommandKind,
  DocumentStore,
  ServerLimits,
  Statement,
  WriteReply,
} from '../../functions/documentdb-sink/document-store.ts';
import { type DocumentId, identityOf } from '../../functions/documentdb-sink/id-strategies/document-id.ts';
import { type Namespace, namespaceText } from '../../functions/documentdb-sink/namespace.ts';

/** A stored document, its fields in order. */
export type Stored = ReadonlyMap<string, unknown>;

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
  /** Per document: what the server says of a statement that would write it. */
  readonly refuses?: (document: Stored, id: DocumentId) => number | undefined;
  /** A command that has this document is refused as a whole, with this code. */
  readonly refusesCommand?: (document: Stored) => number | undefined;
  /** Between looking for the document and inserting it, an upsert lets other writers run. */
  readonly nonAtomicUpsert?: boolean;
  /** Runs in an upsert that found nothing, before it inserts: another writer. */
  readonly betweenFindAndInsert?: (id: DocumentId) => void;
}

/** An in-memory collection server that knows the few filters and updates that the sink sends. Its messages hold payload. */
export class FakeDocuments implements DocumentStore {
  readonly calls: WriteCall[] = [];
  readonly reads: DocumentId[][] = [];
  readonly ttlIndexes: { readonly namespace: string; readonly ttlSeconds: number }[] = [];
  ttlIndexFails = false;
  faults: (Fault | undefined)[];
  options: FakeDocumentsOptions;
  #collections = new Map<string, Map<string, Stored>>();

  constructor(options: FakeDocumentsOptions = {}) {
    this.options = options;
    this.faults = [...(options.faults ?? [])];
  }

  collection(namespace = 'shop.orders'): Map<string, Stored> {
    const found = this.#collections.get(namespace) ?? new Map<string, Stored>();
    this.#collections.set(namespace, found);
    return found;
  }

  /** The document under a text `_id`; absent if it is a tombstone, as readers take it. */
  get(id: string, namespace?: string): Stored | undefined {
    const stored = this.collection(namespace).get(identityOf(id));
    return stored?.has('_deletedAt') ? undefined : stored;
  }

  put(id: DocumentId, fields: Readonly<Record<string, unknown>>, namespace?: string): void {
    this.collection(namespace).set(identityOf(id), new Map<string, unknown>([['_id', id], ...Object.entries(fields)]));
  }

  remove(id: DocumentId, namespace?: string): void {
    this.collection(namespace).delete(identityOf(id));
  }

  limits = (): Promise<ServerLimits> =>
    Promise.resolve({ documentBytesMax: 16 * 1024 * 1024, operationsMax: 100_000, ...this.options.limits });

  async write(namespace: Namespace, kind: CommandKind, statements: readonly Statement[], signal: AbortSignal) {
    this.calls.push({ namespace: namespaceText(namespace), kind, statements });
    const fault = this.faults.shift();
    if (fault?.kind === 'unreachable') throw foreignError('MongoNetworkError');
    if (fault?.kind === 'code') throw foreignError('MongoServerError', fault.code);
    if (fault?.kind === 'driverError') throw foreignError(fault.name);
    const documents = statements.flatMap(({ u }) => (u instanceof Map ? [u as Stored] : []));
    const refusal = documents
      .map((document) => this.options.refusesCommand?.(document))
      .find((code) => code !== undefined);
    if (refusal !== undefined) throw foreignError('MongoServerError', refusal);
    const reply = await this.#apply(namespaceText(namespace), kind, statements);
    if (fault?.kind === 'lostAnswer') throw foreignError('MongoNetworkError');
    if (fault?.kind === 'writeConcern') throw foreignError('MongoWriteConcernError', 64);
    if (fault?.kind === 'hang') await aborted(signal);
    return reply;
  }

  findMarks(namespace: Namespace, ids: readonly DocumentId[]) {
    this.reads.push([...ids]);
    const collection = this.collection(namespaceText(namespace));
    return Promise.resolve(
      ids.flatMap((id) => {
        const stored = collection.get(identityOf(id));
        return stored === undefined ? [] : [{ id, marks: stored.get('_k') }];
      }),
    );
  }

  findStrictUniqueIndexes = (_namespace: Namespace): Promise<readonly string[]> =>
    Promise.resolve(
      (this.options.uniqueIndexes ?? []).filter(({ sparse }) => sparse !== true).map(({ field }) => field),
    );

  ensureTtlIndex(namespace: Namespace, ttlSeconds: number): Promise<void> {
    if (this.ttlIndexFails) return Promise.reject(foreignError('MongoServerError', 13));
    this.ttlIndexes.push({ namespace: namespaceText(namespace), ttlSeconds });
    return Promise.resolve();
  }

  async #apply(namespace: string, kind: CommandKind, statements: readonly Statement[]): Promise<WriteReply> {
    const writeErrors: { index: number; code: number; duplicateIndex: string | undefined }[] = [];
    let count = 0;
    for (const [index, statement] of statements.entries()) {
      const result = kind === 'delete' ? this.#delete(namespace, statement) : await this.#update(namespace, statement);
      if (typeof result === 'number') count += result;
      else writeErrors.push({ index, duplicateIndex: undefined, ...result });
    }
    return { count, writeErrors };
  }

  #delete(namespace: string, { q }: Statement): number {
    const id = idOf(q);
    if (!this.#matches(namespace, q)) return 0;
    this.remove(id, namespace);
    return 1;
  }

  async #update(
    namespace: string,
    { q, u, upsert }: Statement,
  ): Promise<number | { code: number; duplicateIndex?: string }> {
    const id = idOf(q);
    const document = u as Stored;
    const code = this.options.refuses?.(document, id);
    if (code !== undefined) return { code };
    if (this.#matches(namespace, q)) return this.#store(namespace, id, document);
    if (upsert !== true) return 0;
    if (this.options.nonAtomicUpsert) await Promise.resolve();
    this.options.betweenFindAndInsert?.(id);
    if (this.collection(namespace).has(identityOf(id))) return { code: 11000, duplicateIndex: '_id_' };
    return this.#store(namespace, id, document);
  }

  #store(namespace: string, id: DocumentId, document: Stored): number | { code: number; duplicateIndex: string } {
    for (const { field, sparse } of this.options.uniqueIndexes ?? []) {
      if (sparse === true && !document.has(field)) continue;
      for (const [identity, other] of this.collection(namespace)) {
        if (identity !== identityOf(id) && other.get(field) === document.get(field) && (other.has(field) || !sparse)) {
          return { code: 11000, duplicateIndex: `${field}_1` };
        }
      }
    }
    this.collection(namespace).set(identityOf(id), new Map(document));
    return 1;
  }

  /** `{_id, "_k.<tp>": {$not: {$gt: V}}}` */
  #matches(namespace: string, filter: unknown): boolean {
    const stored = this.collection(namespace).get(identityOf(idOf(filter)));
    if (stored === undefined) return false;
    return Object.entries(filter as Record<string, unknown>).every(([path, condition]) => {
      if (path === '_id') return true;
      const limit = (condition as { $not?: { $gt?: bigint } }).$not?.$gt;
      if (!path.startsWith('_k.') || limit === undefined) throw new Error(`the fake knows no filter on ${path}`);
      const mark = (stored.get('_k') as Record<string, unknown> | undefined)?.[path.slice('_k.'.length)];
      return !((typeof mark === 'bigint' || typeof mark === 'number') && mark > limit);
    });
  }
}

const idOf = (filter: unknown): DocumentId => (filter as { _id: DocumentId })._id;

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
