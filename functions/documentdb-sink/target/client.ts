import { type Document, MongoServerSelectionError } from 'mongodb';
import type { IndexDescription } from '../guard/indexes.ts';
import type { StoredVersions } from '../guard/standing.ts';
import { END_DOCUMENTS } from '../limits.ts';
import type { Namespace } from '../plan/namespace.ts';
import { duplicateIndexOf } from './classify.ts';
import { type Connection, type ConnectionOptions, connect } from './connection/connect.ts';
import type { CommandKind, DocumentStore, Statement, WriteReply } from './document-store.ts';
import { updatesOf } from './statements.ts';
import { ensureTombstoneIndex } from './tombstone-index.ts';

const AUTHENTICATION_FAILED = 18;

/** Codes of a server that is not, or is no longer, the primary. */
const NOT_PRIMARY: ReadonlySet<unknown> = new Set([189, 10_058, 10_107, 11_602, 13_435, 13_436]);

/**
 * A driver that has lost every host never resolves the configured address again, but a new client does. With
 * `directConnection`, the driver stays connected to its first server even after that server is no longer the primary.
 */
function isOutOfUse(error: unknown, { client }: Connection): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  if (error instanceof MongoServerSelectionError || code === AUTHENTICATION_FAILED) return true;
  return client.options.directConnection && NOT_PRIMARY.has(code);
}

/**
 * The target behind the MongoDB driver, with one client per environment, created by the first call. If the credentials
 * are refused or no server can be found, the client is dropped and the secret is read again. The server's own commands
 * are sent instead of `bulkWrite`: they accept an abort signal, and their reply has a result for each statement
 * (decision 0003).
 */
export function createDocumentStore(options: ConnectionOptions): DocumentStore {
  let current: Promise<Connection> | undefined;

  async function use<T>(signal: AbortSignal, work: (connection: Connection) => Promise<T>): Promise<T> {
    current ??= connect(options, signal);
    const used = current;
    const drop = () => {
      if (current === used) current = undefined;
    };
    let connection: Connection;
    try {
      connection = await used;
    } catch (error) {
      drop();
      throw error;
    }
    try {
      return await work(connection);
    } catch (error) {
      if (isOutOfUse(error, connection)) {
        drop();
        void connection.client.close().catch(() => undefined);
      }
      throw error;
    }
  }

  return {
    limits: (signal) => use(signal, async ({ limits }) => limits),
    write: (namespace, kind, statements, signal) =>
      use(signal, async ({ database }) => {
        const command = {
          [kind]: namespace.collection,
          ...statementsOf(kind, statements),
          ordered: false,
          writeConcern: { w: 'majority' },
        };
        return toWriteReply(await database(namespace.database).command(command, { signal }), namespace);
      }),
    findVersions: (namespace, ids, signal) =>
      use(signal, async (connection) => {
        // The batch size exceeds the number of possible results by one, so the server returns everything in the first
        // batch and closes the cursor.
        const options = { ...READING_VERSIONS, batchSize: ids.length + 1, signal };
        const cursor = collectionOf(connection, namespace).find({ _id: { $in: ids } } as Document, options);
        return (await cursor.toArray()).map(toStoredVersions);
      }),
    findVersionsOf: (namespace, filter, signal) =>
      use(signal, async (connection) => {
        const options = { ...READING_VERSIONS, limit: 1, signal };
        const [found] = await collectionOf(connection, namespace).find(filter, options).toArray();
        return found && toStoredVersions(found);
      }),
    listIndexes: (namespace, signal) =>
      use(signal, async (connection) => (await indexesOf(connection, namespace, signal)).map(toIndexDescription)),
    ensureTtlIndex: (namespace, ttlSeconds, signal) =>
      use(signal, async (connection) => {
        const { collection } = namespace;
        await ensureTombstoneIndex(namespace, ttlSeconds, {
          listIndexes: () => indexesOf(connection, namespace, signal),
          readEnds: () => endsOf(connection, namespace, signal),
          createIndex: (index) =>
            connection
              .database(namespace.database)
              .command({ createIndexes: collection, indexes: [index] }, { signal }),
        });
      }),
  };
}

function statementsOf(kind: CommandKind, statements: readonly Statement[]): object {
  switch (kind) {
    case 'update':
      return { updates: updatesOf(statements) };
    case 'delete':
      return { deletes: statements };
    case 'insert':
      return { documents: statements.map(({ document }) => document) };
  }
}

const READING_VERSIONS = {
  projection: { _k: 1, _deletedAt: 1 },
  readPreference: 'primary',
  useBigInt64: true,
} as const;

/** More than the number of indexes that a collection can have (64), so the first batch holds all of them. */
const INDEXES_READ_MAX = 1_000;

async function indexesOf(
  { database }: Connection,
  namespace: Namespace,
  signal: AbortSignal,
): Promise<readonly Document[]> {
  const command = { listIndexes: namespace.collection, cursor: { batchSize: INDEXES_READ_MAX } };
  const reply = await database(namespace.database).command(command, { signal }).catch(ignoring(NAMESPACE_NOT_FOUND));
  return reply?.['cursor']?.firstBatch ?? [];
}

/** The first and the last documents by `_id`, which has an index. */
async function endsOf(connection: Connection, namespace: Namespace, signal: AbortSignal): Promise<readonly Document[]> {
  const limits = { limit: END_DOCUMENTS, batchSize: END_DOCUMENTS, signal };
  const read = (direction: 1 | -1) =>
    collectionOf(connection, namespace)
      .find({}, { ...READING_VERSIONS, ...limits, sort: { _id: direction } })
      .toArray();
  return [...(await read(1)), ...(await read(-1))];
}

const collectionOf = ({ database }: Connection, { database: name, collection }: Namespace) =>
  database(name).collection<Document>(collection);

const toStoredVersions = ({ _id, _k, _deletedAt }: Document): StoredVersions => ({
  id: _id,
  versions: _k,
  isDeleted: _deletedAt !== undefined,
});

/**
 * A missing count never counts as success. Only the code and the index of an error are kept, because the message quotes
 * the document.
 */
const toWriteReply = ({ n, writeErrors }: Document, namespace: Namespace): WriteReply => ({
  count: typeof n === 'number' ? n : -1,
  writeErrors: (Array.isArray(writeErrors) ? writeErrors : []).map((error) => ({
    index: Number(error?.index),
    code: Number(error?.code),
    duplicateIndex: duplicateIndexOf(error ?? {}, namespace),
  })),
});

/** https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml */
const NAMESPACE_NOT_FOUND = 26;

const ignoring =
  (code: number) =>
  (error: unknown): undefined => {
    if ((error as { code?: unknown } | null)?.code !== code) throw error;
  };

const toIndexDescription = ({ name, key, unique, sparse, partialFilterExpression }: Document): IndexDescription => ({
  name: String(name),
  fields: Object.keys(key ?? {}),
  isUnique: unique === true,
  isSparse: sparse === true,
  isPartial: partialFilterExpression !== undefined,
});
