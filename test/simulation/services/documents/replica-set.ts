import type { StoredVersions } from '../../../../functions/documentdb-sink/guard/standing.ts';
import type {
  CommandKind,
  Statement,
  WriteReply,
} from '../../../../functions/documentdb-sink/target/document-store.ts';
import { isEqual } from '../../../support/document-server/bson-order.ts';
import type { Stored } from '../../../support/document-server/bson-values.ts';
import { DocumentServer } from '../../../support/document-server/document-server.ts';
import { equalitiesOf, matches } from '../../../support/document-server/filter.ts';
import type { UniqueIndex } from '../../../support/document-server/unique-index.ts';
import { documentOf } from '../../../support/document-server/update-operators.ts';
import {
  INTERRUPTED_BY_FAILOVER,
  ServerError,
  WRITE_CONCERN_TIMEOUT,
} from '../../../support/document-server/write-error.ts';

export type { Stored } from '../../../support/document-server/bson-values.ts';

/** One step of the server's log: a document before and after a write. A delete that found none is one as well. */
export interface Change {
  /** Of which document: see {@link ReplicaSetParts.subjectOf}. */
  readonly subject: string;
  /** `_id` of the document; undefined: there is none. */
  readonly id: unknown;
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

export interface ReplicaSetParts {
  readonly nowMs: () => number;
  /** The time another writer has between an upsert's look and its insert. */
  readonly hesitate: () => Promise<void>;
  /** The order in which an unordered command's statements are done: any. */
  readonly shuffle: <T>(items: readonly T[]) => readonly T[];
  readonly operationsMax: number;
  /** Beside that on `_id`. */
  readonly uniqueIndexes?: readonly UniqueIndex[];
  /** What a document is called, or one that fulfils a filter's equalities; default: its `_id`, which is text then. */
  readonly subjectOf?: (document: Stored) => string;
  readonly onChange?: (change: Change) => void;
}

/** Greater than any of ours. */
const FOREIGN_MARKS = { 'payments-0': 1_000_000n, ts: 4_000_000_000_000n };

/**
 * One collection of a server like DocumentDB (test/support/document-server/), on several machines:
 *
 * - What is acknowledged is durable, with everything before it, and never taken back. What ended in an error may be
 *   there, and may be gone after a failover. A read returns only what is durable and will not be rolled back; shortly
 *   after a failover it may be an older state (`asOfMs`).
 *   https://docs.aws.amazon.com/documentdb/latest/developerguide/how-it-works.html ("Write durability", "Read isolation",
 *   "Read consistency")
 * - DocumentDB has no `wtimeout` and sends no write concern error (same page). MongoDB does, and so does this server: an
 *   error after which nobody knows is what a failover of either looks like. Writes of others meet what is not durable
 *   yet, as in MongoDB; its reads with concern `local`, which see it too, are left out, for no DocumentDB has them.
 */
export class ReplicaSet {
  readonly #parts: ReplicaSetParts;
  readonly #server: DocumentServer;
  readonly #changes = new Map<string, Change[]>();
  #pending: Change[] = [];
  #term = 1;
  #foreignCount = 0;

  constructor(parts: ReplicaSetParts) {
    this.#parts = parts;
    this.#server = new DocumentServer({
      operationsMax: parts.operationsMax,
      shuffle: parts.shuffle,
      uniqueIndexes: () => parts.uniqueIndexes ?? [],
      namesOtherIndexFirst: true,
      onChange: (change) => this.#note(change),
    });
  }

  /** One unordered command. @throws ServerError where the command as a whole ends in an error */
  write(kind: CommandKind, statements: readonly Statement[], faults: CommandFaults): Promise<WriteReply> {
    const term = this.#term;
    return this.#server.write(kind, statements, {
      refuseStatement: faults.failStatement,
      betweenFindAndInsert: async (statement, described) => {
        await this.#parts.hesitate();
        if (this.#term !== term) throw new ServerError(INTERRUPTED_BY_FAILOVER);
        if (!this.#isThere(described) && faults.insertFirst(statement)) this.insertForeign(described);
      },
      onNothingDeleted: (statement) => this.#noteNothingDeleted(statement),
      beforeReply: () => {
        if (faults.failWriteConcern(statements)) throw new ServerError(WRITE_CONCERN_TIMEOUT);
        this.catchUp();
      },
    });
  }

  /** Where the document is there, but newer than the deletion, nothing is deleted for good. */
  #noteNothingDeleted(statement: Statement): void {
    const described = documentOf(equalitiesOf(statement['q']));
    if (this.#isThere(described)) return;
    this.#note({ statement, before: undefined, after: undefined }, this.#subjectOf(described));
  }

  /** Whether any document has these values, whatever else a filter says. */
  #isThere = (described: Stored): boolean => this.#server.collection.find(described) !== undefined;

  #subjectOf = (document: Stored): string => this.#parts.subjectOf?.(document) ?? String(document.get('_id'));

  #note(
    { statement, before, after }: Pick<Change, 'statement' | 'before' | 'after'>,
    subject = this.#subjectOf(after ?? before ?? new Map()),
  ): void {
    const left = before === undefined || after === undefined ? subject : this.#subjectOf(before);
    if (left !== subject) this.#note({ statement: undefined, before, after: undefined }, left);
    const change: Change = {
      subject,
      id: (after ?? before)?.get('_id'),
      statement,
      before,
      after,
      atMs: this.#parts.nowMs(),
      durableAtMs: undefined,
      isUndone: false,
    };
    this.#changes.set(subject, [...(this.#changes.get(subject) ?? []), change]);
    this.#pending.push(change);
    this.#parts.onChange?.(change);
  }

  /** A document of that key which says nothing of our partitions: another topic's, as it were. */
  insertForeign(described: Stored): void {
    this.#foreignCount += 1;
    const id = described.get('_id') ?? `foreign ${this.#foreignCount}`;
    const after = new Map([['_id', id], ...described, ['foreign', this.#foreignCount], ['_k', FOREIGN_MARKS]] as const);
    const before = this.#server.collection.get(id);
    this.#server.collection.put(after);
    this.#note({ statement: undefined, before, after });
  }

  /** Somebody else's document is gone again. */
  removeForeign(described: Stored): void {
    const found = this.#server.collection.find(described);
    // What we wrote into it since is not somebody else's to take away.
    if (found?.get('_k') !== FOREIGN_MARKS) return;
    this.#server.collection.remove(found.get('_id'));
    this.#note({ statement: undefined, before: found, after: undefined });
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
      if (change.before !== undefined) this.#server.collection.put(change.before);
      else if (change.after !== undefined) this.#server.collection.remove(change.id);
    }
    return gone;
  }

  /** Reads what is durable. @param asOfMs and was durable by then */
  findVersions(ids: readonly unknown[], asOfMs: number): readonly StoredVersions[] {
    return this.#durableAt(asOfMs).flatMap((stored) =>
      ids.some((id) => isEqual(id, stored.get('_id'))) ? [versionsOf(stored)] : [],
    );
  }

  findVersionsOf(filter: unknown, asOfMs: number): StoredVersions | undefined {
    const found = this.#durableAt(asOfMs).find((stored) => matches(stored, filter));
    return found && versionsOf(found);
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
    this.documents().find((stored) => this.#subjectOf(stored) === subject);

  /** Several, where nothing unique names them. */
  documentsOf = (subject: string): readonly Stored[] =>
    this.documents().filter((stored) => this.#subjectOf(stored) === subject);

  documents = (): readonly Stored[] => this.#server.collection.all();
}

const versionsOf = (stored: Stored): StoredVersions => ({
  id: stored.get('_id'),
  versions: stored.get('_k'),
  isDeleted: stored.has('_deletedAt'),
});
