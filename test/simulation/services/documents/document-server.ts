import { identityOf } from '../../../../functions/documentdb-sink/bson/identity.ts';
import type { Filter } from '../../../../functions/documentdb-sink/guard/guard.ts';
import type { StoredVersions } from '../../../../functions/documentdb-sink/guard/standing.ts';
import type {
  CommandKind,
  Statement,
  WriteReply,
} from '../../../../functions/documentdb-sink/target/document-store.ts';
import { equalitiesOf, matches, type Stored, valueAt } from '../../../support/model-filter.ts';
import { documentOf, OperatorError, operate } from '../../../support/model-operators.ts';

export type { Stored } from '../../../support/model-filter.ts';

/** One step of the server's log: a document before and after a write. A delete that found none is one as well. */
export interface Change {
  /** Of which document: see {@link ServerParts.subjectOf}. */
  readonly subject: string;
  /** Of its `_id`. */
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

export interface UniqueIndex {
  readonly name: string;
  readonly fields: readonly string[];
  readonly isSparse: boolean;
}

export interface ServerParts {
  readonly nowMs: () => number;
  /** The time another writer has between an upsert's look and its insert. */
  readonly hesitate: () => Promise<void>;
  /** The order in which an unordered command's statements are done: any. */
  readonly shuffle: <T>(items: readonly T[]) => readonly T[];
  readonly operationsMax: number;
  /** Beside that on `_id`. */
  readonly uniqueIndexes?: readonly UniqueIndex[];
  /** What a document is called, or one that fulfils a filter's equalities; default: the identity of its `_id`. */
  readonly subjectOf?: (document: Stored) => string;
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
 * - Operators, filters and unique indexes as in the manual (test/support/model-operators.ts).
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
  #madeUpCount = 0;

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
      const result = faults.failStatement(statement) ?? (await this.#do(kind, statement, term, faults));
      if (result === 'applied') count += 1;
      else if (typeof result === 'number') writeErrors.push({ index, code: result, duplicateIndex: undefined });
      else if (result !== 'nothing') writeErrors.push({ index, code: DUPLICATE_KEY, duplicateIndex: result.index });
    }
    if (faults.failWriteConcern(statements)) throw new ServerError(WRITE_CONCERN_TIMEOUT);
    this.catchUp();
    return { count, writeErrors };
  }

  async #do(kind: CommandKind, statement: Statement, term: number, faults: CommandFaults): Promise<Result> {
    try {
      if (kind === 'delete') return this.#delete(statement);
      return kind === 'insert'
        ? this.#insert(statement, statement['document'] as Stored)
        : await this.#update(statement, term, faults);
    } catch (error) {
      if (error instanceof OperatorError) return error.code;
      throw error;
    }
  }

  async #update(statement: Statement, term: number, faults: CommandFaults): Promise<Result> {
    const filter = statement['q'] as Filter;
    const found = this.#find(filter);
    if (found !== undefined) return this.#store(statement, found, changed(found, statement, false));
    if (statement['upsert'] !== true) return 'nothing';
    await this.#parts.hesitate();
    if (this.#term !== term) throw new ServerError(INTERRUPTED_BY_FAILOVER);
    const described = documentOf(equalitiesOf(filter));
    if (!this.#isThere(described) && faults.insertFirst(statement)) this.insertForeign(described);
    return this.#insert(statement, changed(described, statement, true));
  }

  /** Which of two indexes an error names is the server's affair. */
  #insert(statement: Statement, document: Stored): Result {
    const id = document.get('_id') ?? `made up ${this.#madeUpCount}`;
    if (!document.has('_id')) this.#madeUpCount += 1;
    const whole = new Map([['_id', id], ...document]);
    const other = this.#heldIndexOf(identityOf(id), whole);
    if (this.#documents.has(identityOf(id))) return { index: other ?? '_id_' };
    return this.#store(statement, undefined, whole);
  }

  #store(statement: Statement, before: Stored | undefined, after: Stored): Result {
    const identity = identityOf((before ?? after).get('_id'));
    const other = this.#heldIndexOf(identity, after);
    if (other !== undefined) return { index: other };
    this.#change(identity, statement, after);
    return 'applied';
  }

  /** The unique index in which another document stands in the way. */
  #heldIndexOf(identity: string, document: Stored): string | undefined {
    return (this.#parts.uniqueIndexes ?? []).find((index) => {
      const key = keyIn(index, document);
      if (key === undefined) return false;
      return [...this.#documents].some(([other, stored]) => other !== identity && keyIn(index, stored) === key);
    })?.name;
  }

  #delete(statement: Statement): 'applied' | 'nothing' {
    const filter = statement['q'] as Filter;
    const found = this.#find(filter);
    const described = documentOf(equalitiesOf(filter));
    if (found === undefined && this.#isThere(described)) return 'nothing';
    this.#change(identityOf(found?.get('_id')), statement, undefined, this.#subjectOf(found ?? described));
    return found === undefined ? 'nothing' : 'applied';
  }

  #find(filter: Filter): Stored | undefined {
    const id = new Map(equalitiesOf(filter)).get('_id');
    const candidates = id === undefined ? this.#documents.values() : [this.#documents.get(identityOf(id))];
    for (const stored of candidates) if (stored !== undefined && matches(stored, filter)) return stored;
    return undefined;
  }

  /** Whether any document has these values, whatever else a filter says. */
  #isThere = (described: Stored): boolean => this.#find(described) !== undefined;

  #subjectOf = (document: Stored): string => this.#parts.subjectOf?.(document) ?? identityOf(document.get('_id'));

  #change(
    identity: string,
    statement: Statement | undefined,
    after: Stored | undefined,
    subject = this.#subjectOf(after ?? new Map()),
  ): void {
    const before = this.#documents.get(identity);
    const atMs = this.#parts.nowMs();
    const change: Change = {
      subject,
      identity,
      statement,
      before,
      after,
      atMs,
      durableAtMs: undefined,
      isUndone: false,
    };
    this.#put(identity, after);
    this.#changes.set(subject, [...(this.#changes.get(subject) ?? []), change]);
    this.#pending.push(change);
    this.#parts.onChange?.(change);
  }

  #put(identity: string, document: Stored | undefined): void {
    if (document === undefined) this.#documents.delete(identity);
    else this.#documents.set(identity, document);
  }

  /** A document of that key which says nothing of our partitions: another topic's, as it were. */
  insertForeign(described: Stored): void {
    this.#foreignCount += 1;
    const id = described.get('_id') ?? `foreign ${this.#foreignCount}`;
    const document = new Map([
      ['_id', id],
      ...described,
      ['foreign', this.#foreignCount],
      ['_k', FOREIGN_MARKS],
    ] as const);
    this.#change(identityOf(id), undefined, document);
  }

  /** Somebody else's document is gone again. */
  removeForeign(described: Stored): void {
    const found = this.#find(described);
    // What we wrote into it since is not somebody else's to take away.
    if (found?.get('_k') !== FOREIGN_MARKS) return;
    this.#change(identityOf(found.get('_id')), undefined, undefined, this.#subjectOf(found));
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
  findVersions(ids: readonly unknown[], asOfMs: number): readonly StoredVersions[] {
    const wanted = new Set(ids.map(identityOf));
    return this.#durableAt(asOfMs).flatMap((stored) =>
      wanted.has(identityOf(stored.get('_id'))) ? [marksOf(stored)] : [],
    );
  }

  findVersionsOf(filter: Filter, asOfMs: number): StoredVersions | undefined {
    const found = this.#durableAt(asOfMs).find((stored) => matches(stored, filter));
    return found && marksOf(found);
  }

  #durableAt(asOfMs: number): readonly Stored[] {
    return [...this.#changes.values()].flatMap((changes) => {
      const wasDurable = ({ durableAtMs }: Change) => durableAtMs !== undefined && durableAtMs <= asOfMs;
      const stored = changes.findLast(wasDurable)?.after;
      return stored === undefined ? [] : [stored];
    });
  }

  changesOf = (subject: string): readonly Change[] => this.#changes.get(subject) ?? [];

  documentOf = (subject: string): Stored | undefined =>
    [...this.#documents.values()].find((stored) => this.#subjectOf(stored) === subject);

  documents = (): ReadonlyMap<string, Stored> => this.#documents;
}

type Result = 'applied' | 'nothing' | number | Duplicate;

/** Operators change what is there; a replacement keeps its `_id`. */
function changed(before: Stored, statement: Statement, isInsert: boolean): Stored {
  const update = statement['u'] as Stored;
  const [first = ''] = update.keys();
  if (first.startsWith('$')) return operate(before, update, isInsert);
  return before.has('_id') ? new Map([['_id', before.get('_id')], ...update]) : new Map(update);
}

function keyIn({ fields, isSparse }: UniqueIndex, document: Stored): string | undefined {
  const values = fields.map((path) => valueAt(document, path));
  if (isSparse && values.every((value) => value === undefined)) return undefined;
  return values.map((value) => identityOf(value ?? null)).join();
}

const marksOf = (stored: Stored): StoredVersions => ({
  id: stored.get('_id'),
  versions: stored.get('_k'),
  isDeleted: stored.has('_deletedAt'),
});
