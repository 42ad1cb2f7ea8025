import type { CommandKind, Statement, WriteReply } from '../../../functions/documentdb-sink/target/document-store.ts';
import { isEqual, typeOf } from './bson-order.ts';
import { entriesOf, type Stored } from './bson-values.ts';
import { Collection } from './collection.ts';
import { equalitiesOf } from './filter.ts';
import type { UniqueIndex } from './unique-index.ts';
import { documentOf, operate } from './update-operators.ts';
import {
  BAD_VALUE,
  DOLLAR_PREFIXED_FIELD_NAME,
  DUPLICATE_KEY,
  IMMUTABLE_FIELD,
  INTERRUPTED_BY_FAILOVER,
  INVALID_ID_FIELD,
  INVALID_LENGTH,
  ServerError,
} from './write-error.ts';

/** What goes wrong with one command, and what others do meanwhile. Without them nothing goes wrong. */
export interface CommandHooks {
  /** The command is refused with this code as it stands; nothing is written. */
  refuseCommand?(statements: readonly Statement[]): number | undefined;
  /** The server gives this statement up with such a code, and does nothing. */
  refuseStatement?(statement: Statement): number | undefined;
  /**
   * Between an upsert's look and its insert others may write: it is not one step.
   * @param described the document that the filter's equalities make
   */
  betweenFindAndInsert?(statement: Statement, described: Stored): void | Promise<void>;
  /** A deletion found no document that fulfils its filter. */
  onNothingDeleted?(statement: Statement): void;
  /** All is done; whatever is thrown here comes instead of the reply. */
  beforeReply?(statements: readonly Statement[]): void | Promise<void>;
}

export interface WriteChange {
  readonly statement: Statement;
  readonly before: Stored | undefined;
  readonly after: Stored | undefined;
}

export interface ServerParts {
  readonly operationsMax?: number;
  /** Beside that on `_id`. */
  readonly uniqueIndexes?: () => readonly UniqueIndex[];
  /** The order in which an unordered command's statements are done: any. Default: as they stand. */
  readonly shuffle?: <T>(items: readonly T[]) => readonly T[];
  /** Of an inserted document without one. */
  readonly newId?: () => unknown;
  /** Which of two indexes an E11000 names is the server's affair; default: `_id_`. */
  readonly namesOtherIndexFirst?: boolean;
  readonly onChange?: (change: WriteChange) => void;
}

/**
 * One collection of a server like DocumentDB: the commands `insert`, `update` and `delete` with the filters and operators
 * that the sink sends. Written from MongoDB's manual, apart from the code that it tests.
 *
 * - An upsert that finds nothing inserts in a second step: two of them can meet, and one gets E11000. So does one whose
 *   filter leaves out the document that is there. Everything else is one step for one document.
 *   https://www.mongodb.com/docs/manual/reference/method/db.collection.updateOne/ ("Upsert with Duplicate Values")
 * - Each statement is of one document at most.
 */
export class DocumentServer {
  readonly collection = new Collection();
  readonly #parts: ServerParts;
  #madeUpCount = 0;

  constructor(parts: ServerParts = {}) {
    this.#parts = parts;
  }

  /** One unordered command. @throws ServerError where the command as a whole is refused */
  async write(kind: CommandKind, statements: readonly Statement[], hooks: CommandHooks = {}): Promise<WriteReply> {
    const { operationsMax = 100_000, shuffle = (items) => items } = this.#parts;
    if (statements.length > operationsMax) throw new ServerError(INVALID_LENGTH);
    const refusal = hooks.refuseCommand?.(statements);
    if (refusal !== undefined) throw new ServerError(refusal);
    const writeErrors: { index: number; code: number; duplicateIndex: string | undefined }[] = [];
    let count = 0;
    for (const [index, statement] of shuffle([...statements.entries()])) {
      const code = hooks.refuseStatement?.(statement);
      const result = code === undefined ? await this.#do(kind, statement, hooks) : new ServerError(code);
      if (typeof result === 'number') count += result;
      else writeErrors.push({ index, code: result.code, duplicateIndex: result.duplicateIndex });
    }
    await hooks.beforeReply?.(statements);
    return { count, writeErrors };
  }

  /** How many documents it found or made; or why it did nothing. */
  async #do(kind: CommandKind, statement: Statement, hooks: CommandHooks): Promise<number | ServerError> {
    try {
      if (kind === 'delete') return this.#delete(statement, hooks);
      if (kind === 'insert') return this.#insert(statement, statement['document'] as Stored, BAD_VALUE);
      return await this.#update(statement, hooks);
    } catch (error) {
      // A failover ends the command, and not a statement alone.
      if (error instanceof ServerError && error.code !== INTERRUPTED_BY_FAILOVER) return error;
      throw error;
    }
  }

  #delete(statement: Statement, { onNothingDeleted }: CommandHooks): number {
    const found = this.collection.find(statement['q']);
    if (found === undefined) {
      onNothingDeleted?.(statement);
      return 0;
    }
    this.collection.remove(found.get('_id'));
    this.#parts.onChange?.({ statement, before: found, after: undefined });
    return 1;
  }

  async #update(statement: Statement, hooks: CommandHooks): Promise<number> {
    const found = this.collection.find(statement['q']);
    if (found !== undefined) return this.#store(statement, found, changed(found, statement['u'] as Stored, false));
    if (statement['upsert'] !== true) return 0;
    const described = documentOf(equalitiesOf(statement['q']));
    if (hooks.betweenFindAndInsert !== undefined) await hooks.betweenFindAndInsert(statement, described);
    return this.#insert(statement, changed(described, statement['u'] as Stored, true), INVALID_ID_FIELD);
  }

  #insert(statement: Statement, document: Stored, codeOfBadId: number): number {
    const id = document.has('_id') ? document.get('_id') : this.#newId();
    refuseId(id, codeOfBadId);
    const whole = new Map([['_id', id], ...document]);
    if (this.collection.get(id) === undefined) return this.#store(statement, undefined, whole);
    throw new ServerError(DUPLICATE_KEY, (this.#parts.namesOtherIndexFirst && this.#heldIndexOf(whole)) || '_id_');
  }

  #newId(): unknown {
    if (this.#parts.newId !== undefined) return this.#parts.newId();
    this.#madeUpCount += 1;
    return `made up ${this.#madeUpCount - 1}`;
  }

  #store(statement: Statement, before: Stored | undefined, after: Stored): number {
    const held = this.#heldIndexOf(after);
    if (held !== undefined) throw new ServerError(DUPLICATE_KEY, held);
    this.collection.put(after);
    this.#parts.onChange?.({ statement, before, after });
    return 1;
  }

  #heldIndexOf(document: Stored): string | undefined {
    const indexes = this.#parts.uniqueIndexes?.() ?? [];
    return this.collection.heldIndexOf(document, document.get('_id'), indexes)?.name;
  }
}

/** Operators change what is there; a replacement leaves the `_id` that is stored, with its type, and is inserted as it is. */
function changed(before: Stored, update: Stored, isInsert: boolean): Stored {
  const [first = ''] = update.keys();
  if (first.startsWith('$')) return operate(before, update, isInsert);
  if (!before.has('_id')) return update;
  const id = before.get('_id');
  if (update.has('_id') && !isEqual(id, update.get('_id'))) throw new ServerError(IMMUTABLE_FIELD);
  return new Map([['_id', id], ...update, ...(isInsert ? [] : ([['_id', id]] as const))]);
}

/**
 * "may be of any type other than an array or regex. If the _id contains subfields, the subfield names cannot begin with a
 * ($) symbol": https://www.mongodb.com/docs/manual/core/document/#the-_id-field
 */
function refuseId(id: unknown, code: number): void {
  const type = typeOf(id);
  if (type === 'array' || type === 'regex') throw new ServerError(code);
  if (type !== 'object') return;
  const names = entriesOf(id).map(([name]) => name);
  if (names.some((name) => name.startsWith('$'))) throw new ServerError(DOLLAR_PREFIXED_FIELD_NAME);
}
