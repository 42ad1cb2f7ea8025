import type { CommandKind, Statement, WriteReply } from '../../../functions/documentdb-sink/document-store.ts';
import type { StoredMarks } from '../../../functions/documentdb-sink/guard.ts';
import { type DocumentId, identityOf } from '../../../functions/documentdb-sink/id-strategies/document-id.ts';
import { type Filter, matches } from './document-filter.ts';

/** A stored document, its fields in order. */
export type Stored = ReadonlyMap<string, unknown>;

/** One step of the server's log: a document before and after a write. A delete that found none is one as well. */
export interface Change {
  readonly identity: string;
  /** What was asked for; undefined where somebody else wrote. */
  readonly statement: Statement | undefined;
  readonly before: Stored | undefined;
  readonly after: Stored | undefined;
  readonly atMs: number;
  /** From when on no failover can take it away; undefined: not yet, or never. */
  durableAtMs: number | undefined;
  isUndone: boolean;
}

/** What goes wrong with one command. */
export interface CommandFaults {
  /** The server gives this statement up with such a code, and does nothing. */
  failStatement(statement: Statement): number | undefined;
  /** Somebody else inserts the document in between an upsert's look and its insert. */
  insertFirst(statement: Statement): boolean;
  /** The write is answered for before it is durable, with an error. */
  failWriteConcern(statements: readonly Statement[]): boolean;
}

/** E11000: the index in which another document, or this one, stands already. */
interface Duplicate {
  readonly index: string;
}

export interface ServerParts {
  readonly nowMs: () => number;
  /** The time another writer has between an upsert's look and its insert. */
  readonly hesitate: () => Promise<void>;
  /** The order in which an unordered command's statements are done: any. */
  readonly shuffle: <T>(items: readonly T[]) => readonly T[];
  readonly operationsMax: number;
  /** A unique sparse index, beside that on `_id`. */
  readonly uniqueField?: string;
  readonly onChange?: (change: Change) => void;
}

export class ServerError extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`code ${code}`);
    this.code = code;
  }
}

/** https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml */
export const DUPLICATE_KEY = 11_000;
export const INVALID_LENGTH = 16;
export const INTERRUPTED_BY_FAILOVER = 11_602;
export const WRITE_CONCERN_TIMEOUT = 64;
export const VALIDATION_FAILED = 121;

/** Greater than any of ours. */
const FOREIGN_MARKS = { 'payments-0': 1_000_000n, ts: 4_000_000_000_000n };

/**
 * One collection of a server like DocumentDB.
 *
 * - An upsert that finds nothing inserts in a second step: two of them can meet, and one gets E11000. So does one whose
 *   filter leaves out the document that is there. Everything else is one step for one document.
 * - What is acknowledged is durable, with everything before it, and never taken back. What ended in an error may be
 *   there, and may be gone after a failover. A read returns only what is durable and will not be rolled back; shortly
 *   after a failover it may be an older state (`asOfMs`).
 *   https://docs.aws.amazon.com/documentdb/latest/developerguide/how-it-works.html ("Write durability", "Read isolation",
 *   "Read consistency")
 * - DocumentDB has no `wtimeout` and sends no write concern error (same page). MongoDB does, and so does this server: an
 *   error after which nobody knows is what a failover of either looks like. Writes of others meet what is not durable
 *   yet, as in MongoDB; its reads with concern `local`, which see it too, are left out, for no DocumentDB has them.
 */
export class DocumentServer {
  readonly #parts: ServerParts;
  readonly #documents = new Map<string, Stored>();
  readonly #changes = new Map<string, Change[]>();
  #pending: Change[] = [];
  #term = 1;
  #foreignCount = 0;

  constructor(parts: ServerParts) {
    this.#parts = parts;
  }

  /** One unordered command. @throws ServerError where the command as a whole ends in an error */
  async write(kind: CommandKind, statements: readonly Statement[], faults: CommandFaults): Promise<WriteReply> {
    if (statements.length > this.#parts.operationsMax) throw new ServerError(INVALID_LENGTH);
    const term = this.#term;
    const writeErrors: { index: number; code: number; duplicateIndex: string | undefined }[] = [];
    let count = 0;
    for (const [index, statement] of this.#parts.shuffle([...statements.entries()])) {
      const code = faults.failStatement(statement);
      const result =
        code ?? (kind === 'delete' ? this.#delete(statement) : await this.#upsert(statement, term, faults));
      if (result === 'applied') count += 1;
      else if (typeof result === 'number') writeErrors.push({ index, code: result, duplicateIndex: undefined });
      else if (result !== 'nothing') writeErrors.push({ index, code: DUPLICATE_KEY, duplicateIndex: result.index });
    }
    if (faults.failWriteConcern(statements)) throw new ServerError(WRITE_CONCERN_TIMEOUT);
    this.catchUp();
    return { count, writeErrors };
  }

  async #upsert(statement: Statement, term: number, faults: CommandFaults): Promise<'applied' | Duplicate> {
    const filter = statement['q'] as Filter;
    const identity = identityOf(filter._id);
    const known = this.#documents.get(identity);
    if (known !== undefined && matches(known, filter)) return this.#replace(identity, statement);
    await this.#parts.hesitate();
    if (this.#term !== term) throw new ServerError(INTERRUPTED_BY_FAILOVER);
    if (!this.#documents.has(identity) && faults.insertFirst(statement)) this.insertForeign(filter._id);
    // Which of two indexes the error names is the server's affair.
    const other = this.#holderOf(identity, statement);
    if (this.#documents.has(identity)) return { index: other ?? '_id_' };
    return this.#replace(identity, statement);
  }

  #replace(identity: string, statement: Statement): 'applied' | Duplicate {
    const other = this.#holderOf(identity, statement);
    if (other !== undefined) return { index: other };
    this.#change(identity, statement, new Map(statement['u'] as Stored));
    return 'applied';
  }

  /** The unique index in which another document stands in the way. */
  #holderOf(identity: string, statement: Statement): string | undefined {
    const { uniqueField } = this.#parts;
    const value = uniqueField === undefined ? undefined : (statement['u'] as Stored).get(uniqueField);
    if (uniqueField === undefined || value === undefined) return undefined;
    const isHolder = ([other, stored]: [string, Stored]) => other !== identity && stored.get(uniqueField) === value;
    return [...this.#documents].some(isHolder) ? `${uniqueField}_1` : undefined;
  }

  #delete(statement: Statement): 'applied' | 'nothing' {
    const filter = statement['q'] as Filter;
    const identity = identityOf(filter._id);
    const stored = this.#documents.get(identity);
    if (stored !== undefined && !matches(stored, filter)) return 'nothing';
    this.#change(identity, statement, undefined);
    return stored === undefined ? 'nothing' : 'applied';
  }

  #change(identity: string, statement: Statement | undefined, after: Stored | undefined): void {
    const before = this.#documents.get(identity);
    const atMs = this.#parts.nowMs();
    const change: Change = { identity, statement, before, after, atMs, durableAtMs: undefined, isUndone: false };
    this.#put(identity, after);
    this.#changes.set(identity, [...(this.#changes.get(identity) ?? []), change]);
    this.#pending.push(change);
    this.#parts.onChange?.(change);
  }

  #put(identity: string, document: Stored | undefined): void {
    if (document === undefined) this.#documents.delete(identity);
    else this.#documents.set(identity, document);
  }

  /** A document of that `_id` which says nothing of our partitions: another topic's, as it were. */
  insertForeign(id: DocumentId): void {
    this.#foreignCount += 1;
    const fields: readonly [string, unknown][] = [
      ['_id', id],
      ['foreign', this.#foreignCount],
      ['_k', FOREIGN_MARKS],
    ];
    this.#change(identityOf(id), undefined, new Map(fields));
  }

  /** Somebody else's document is gone again. */
  removeForeign(identity: string): void {
    if (this.#documents.get(identity)?.has('foreign')) this.#change(identity, undefined, undefined);
  }

  /** Everything so far is durable from now on. */
  catchUp(): void {
    for (const change of this.#pending.splice(0)) change.durableAtMs = this.#parts.nowMs();
  }

  /** A new primary, which has what is durable; commands under way are interrupted. @returns what is gone */
  failOver(): readonly Change[] {
    this.#term += 1;
    const gone = this.#pending.splice(0).toReversed();
    for (const change of gone) {
      change.isUndone = true;
      this.#put(change.identity, change.before);
    }
    return gone;
  }

  /** Reads what is durable. @param asOfMs and was durable by then */
  findMarks(ids: readonly DocumentId[], asOfMs: number): readonly StoredMarks[] {
    return ids.flatMap((id) => {
      const wasDurable = ({ durableAtMs }: Change) => durableAtMs !== undefined && durableAtMs <= asOfMs;
      const stored = this.changesOf(identityOf(id)).findLast(wasDurable)?.after;
      return stored === undefined ? [] : [{ id, marks: stored.get('_k') }];
    });
  }

  changesOf = (identity: string): readonly Change[] => this.#changes.get(identity) ?? [];

  documentOf = (identity: string): Stored | undefined => this.#documents.get(identity);

  documents = (): ReadonlyMap<string, Stored> => this.#documents;
}
