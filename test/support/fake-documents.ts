import { identityOf } from '../../functions/documentdb-sink/bson/identity.ts';
import type { Filter } from '../../functions/documentdb-sink/guard/guard.ts';
import type { IndexDescription } from '../../functions/documentdb-sink/guard/indexes.ts';
import type { StoredVersions } from '../../functions/documentdb-sink/guard/standing.ts';
import { type Namespace, namespaceText } from '../../functions/documentdb-sink/plan/namespace.ts';
import type {
  CommandKind,
  DocumentStore,
  ServerLimits,
  Statement,
  WriteReply,
} from '../../functions/documentdb-sink/target/document-store.ts';
import { equalitiesOf, matches, type Stored, valueAt } from './model-filter.ts';
import { documentOf, OperatorError, operate } from './model-operators.ts';

export type { Stored } from './model-filter.ts';

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
  /** Per document: what the server says of a statement that would write it. */
  readonly refuses?: (document: Stored, id: unknown) => number | undefined;
  /** A command that has this document is refused as a whole, with this code. */
  readonly refusesCommand?: (document: Stored) => number | undefined;
  /** Between looking for the document and inserting it, an upsert lets other writers run. */
  readonly nonAtomicUpsert?: boolean;
  /** Runs in an upsert that found nothing, before it inserts: another writer. */
  readonly betweenFindAndInsert?: (id: unknown) => void;
}

/** An in-memory collection server that knows the few filters and updates that the sink sends. Its messages hold payload. */
export class FakeDocuments implements DocumentStore {
  readonly calls: WriteCall[] = [];
  /** What was read, by `_id` or by a filter. */
  readonly reads: unknown[][] = [];
  readonly ttlIndexes: { readonly namespace: string; readonly ttlSeconds: number }[] = [];
  ttlIndexFails = false;
  faults: (Fault | undefined)[];
  options: FakeDocumentsOptions;
  #collections = new Map<string, Map<string, Stored>>();
  #generatedCount = 0;

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

  put(id: unknown, fields: Readonly<Record<string, unknown>>, namespace?: string): void {
    this.collection(namespace).set(identityOf(id), new Map<string, unknown>([['_id', id], ...Object.entries(fields)]));
  }

  remove(id: unknown, namespace?: string): void {
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
    const documents = statements.map(bodyOf).filter((body) => body !== undefined);
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

  findVersions(namespace: Namespace, ids: readonly unknown[]): Promise<readonly StoredVersions[]> {
    this.reads.push([...ids]);
    const collection = this.collection(namespaceText(namespace));
    return Promise.resolve(
      ids.flatMap((id) => {
        const stored = collection.get(identityOf(id));
        return stored === undefined ? [] : [marksOf(stored)];
      }),
    );
  }

  findVersionsOf(namespace: Namespace, filter: Filter): Promise<StoredVersions | undefined> {
    this.reads.push([filter]);
    const found = this.#find(namespaceText(namespace), filter);
    return Promise.resolve(found && marksOf(found));
  }

  listIndexes = (_namespace: Namespace): Promise<readonly IndexDescription[]> =>
    Promise.resolve([
      { name: '_id_', fields: ['_id'], isUnique: false, isSparse: false, isPartial: false },
      ...(this.options.uniqueIndexes ?? []).map((index) => ({
        name: nameOf(index),
        fields: fieldsOf(index),
        isUnique: true,
        isSparse: index.sparse === true,
        isPartial: false,
      })),
    ]);

  ensureTtlIndex(namespace: Namespace, ttlSeconds: number): Promise<void> {
    if (this.ttlIndexFails) return Promise.reject(foreignError('MongoServerError', 13));
    this.ttlIndexes.push({ namespace: namespaceText(namespace), ttlSeconds });
    return Promise.resolve();
  }

  async #apply(namespace: string, kind: CommandKind, statements: readonly Statement[]): Promise<WriteReply> {
    const writeErrors: { index: number; code: number; duplicateIndex: string | undefined }[] = [];
    let count = 0;
    for (const [index, statement] of statements.entries()) {
      const result = await this.#do(namespace, kind, statement);
      if (typeof result === 'number') count += result;
      else writeErrors.push({ index, duplicateIndex: undefined, ...result });
    }
    return { count, writeErrors };
  }

  async #do(namespace: string, kind: CommandKind, statement: Statement): Promise<number | Refusal> {
    try {
      if (kind === 'delete') return this.#delete(namespace, statement);
      const body = bodyOf(statement) ?? new Map();
      const code = this.options.refuses?.(body, kind === 'insert' ? body.get('_id') : idOf(statement['q']));
      if (code !== undefined) return { code };
      return kind === 'insert' ? this.#insert(namespace, body) : await this.#update(namespace, statement);
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      return { code: error.code };
    }
  }

  #find(namespace: string, filter: unknown): Stored | undefined {
    const id = idOf(filter);
    const collection = this.collection(namespace);
    const candidates = id === undefined ? [...collection.values()] : [collection.get(identityOf(id))];
    return candidates.find((stored) => stored !== undefined && matches(stored, filter));
  }

  #delete(namespace: string, { q }: Statement): number {
    const found = this.#find(namespace, q);
    if (found === undefined) return 0;
    this.remove(found.get('_id'), namespace);
    return 1;
  }

  async #update(namespace: string, { q, u, upsert }: Statement): Promise<number | Refusal> {
    const found = this.#find(namespace, q);
    if (found !== undefined) return this.#store(namespace, found.get('_id'), updated(found, u as Stored, false));
    if (upsert !== true) return 0;
    if (this.options.nonAtomicUpsert) await Promise.resolve();
    this.options.betweenFindAndInsert?.(idOf(q));
    return this.#insert(namespace, updated(documentOf(equalitiesOf(q)), u as Stored, true));
  }

  #insert(namespace: string, document: Stored): number | Refusal {
    this.#generatedCount += 1;
    const id = document.get('_id') ?? `generated ${this.#generatedCount}`;
    if (this.collection(namespace).has(identityOf(id))) return { code: 11000, duplicateIndex: '_id_' };
    return this.#store(namespace, id, document);
  }

  #store(namespace: string, id: unknown, document: Stored): number | Refusal {
    const collection = this.collection(namespace);
    for (const index of this.options.uniqueIndexes ?? []) {
      const fields = fieldsOf(index);
      const keyIn = (stored: Stored) => fields.map((path) => identityOf(valueAt(stored, path) ?? null)).join();
      const isIndexed = (stored: Stored) =>
        index.sparse !== true || fields.some((path) => valueAt(stored, path) !== undefined);
      if (!isIndexed(document)) continue;
      for (const [identity, other] of collection) {
        if (identity !== identityOf(id) && isIndexed(other) && keyIn(other) === keyIn(document)) {
          return { code: 11000, duplicateIndex: nameOf(index) };
        }
      }
    }
    // A replacement leaves the `_id` that is stored, with its type.
    collection.set(identityOf(id), new Map<string, unknown>([['_id', id], ...document, ['_id', id]]));
    return 1;
  }
}

type Refusal = { readonly code: number; readonly duplicateIndex?: string };

const fieldsOf = ({ field }: UniqueIndex): readonly string[] => field.split(',');
const nameOf = (index: UniqueIndex): string =>
  fieldsOf(index)
    .map((field) => `${field}_1`)
    .join('_');

/** What a statement writes. */
const bodyOf = ({ u, document }: Statement): Stored | undefined => (u ?? document) as Stored | undefined;

const marksOf = (stored: Stored): StoredVersions => ({
  id: stored.get('_id'),
  versions: stored.get('_k'),
  isDeleted: stored.has('_deletedAt'),
});

/** A replacement keeps `_id`; operators change what is there. */
function updated(before: Stored, update: Stored, isInsert: boolean): Stored {
  const [name = ''] = update.keys();
  if (name.startsWith('$')) return operate(before, update, isInsert);
  return before.has('_id') && !update.has('_id') ? new Map([['_id', before.get('_id')], ...update]) : update;
}

/** The `_id` that a filter names. */
const idOf = (filter: unknown): unknown => new Map(equalitiesOf(filter)).get('_id');

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
