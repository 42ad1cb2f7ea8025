import type {
  CommandKind,
  DocumentStore,
  Statement,
  WriteReply,
} from '../../../functions/documentdb-sink/target/document-store.ts';

/** What a server does with the documents of a case. */
export interface Script {
  /** It refuses to store these, by their `_id`. */
  readonly refusedIds: ReadonlySet<unknown>;
  /** What so many commands come to, as the driver says it. */
  readonly trouble: Error;
  readonly troubleCount: number;
}

const VALIDATION_FAILED = 121;

/** A server that stores what it is not told to refuse. */
export class ScriptedStore implements DocumentStore {
  readonly written = new Set<unknown>();
  readonly #script: Script;
  #commandCount = 0;

  constructor(script: Script) {
    this.#script = script;
  }

  limits = () => Promise.resolve({ documentBytesMax: 16 * 1024 * 1024, operationsMax: 100_000 });
  findVersions = () => Promise.resolve([]);
  findVersionsOf = () => Promise.resolve(undefined);
  listIndexes = () => Promise.resolve([]);
  ensureTtlIndex = () => Promise.resolve();

  write(_namespace: unknown, _kind: CommandKind, statements: readonly Statement[]): Promise<WriteReply> {
    const { trouble, troubleCount, refusedIds } = this.#script;
    this.#commandCount += 1;
    if (this.#commandCount <= troubleCount) return Promise.reject(trouble);
    const ids = statements.map(idOf);
    for (const id of ids) if (!refusedIds.has(id)) this.written.add(id);
    const writeErrors = ids
      .map((id, index) => ({ id, index, code: VALIDATION_FAILED, duplicateIndex: undefined }))
      .filter(({ id }) => refusedIds.has(id));
    return Promise.resolve({ count: ids.length - writeErrors.length, writeErrors });
  }
}

/** Of the document that a statement is about. */
function idOf({ q, document }: Statement): unknown {
  const filter = q ?? document;
  return filter instanceof Map ? filter.get('_id') : (filter as Readonly<Record<string, unknown>>)['_id'];
}

/** An error of the driver, by its class and code. */
export function driverError(name: string, code: number): Error {
  return Object.assign(new Error('the server of a case'), { name, code });
}
