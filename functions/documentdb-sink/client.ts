import type { SecureContext } from 'node:tls';
import { type Document, MongoClient, type MongoClientOptions, MongoServerSelectionError } from 'mongodb';
import { duplicateIndexOf } from './classify.ts';
import type { CommandKind, DocumentStore, IndexDescription, ServerLimits, WriteReply } from './document-store.ts';
import {
  CONNECT_TIMEOUT_MS,
  CONNECTING_MAX,
  DOCUMENT_BYTES_MAX,
  HEARTBEAT_EVERY_MS,
  IDLE_MS_MAX,
  OPERATIONS_MAX,
  SERVER_SELECTION_TIMEOUT_MS,
  SOCKET_TIMEOUT_MS,
  WAIT_QUEUE_TIMEOUT_MS,
} from './limits.ts';
import type { ConnectionSecret, ReadSecret } from './secret.ts';
import type { StoredMarks } from './standing.ts';

export interface ClientOptions {
  readonly readSecret: ReadSecret;
  readonly readTrust: () => Promise<SecureContext>;
  /** `none` where the endpoint is no replica set. */
  readonly replicaSet: string;
  readonly poolSizeMax: number;
  readonly appName: string;
  /** Shows each new client, which then tells of its commands, to an observer before it connects. */
  readonly onClient?: (client: MongoClient) => void;
}

interface Connection {
  readonly client: MongoClient;
  readonly limits: ServerLimits;
}

const AUTHENTICATION_FAILED = 18;

/** A driver that has lost sight of every host never looks at the address it was given again: a new client does. */
const isOutOfUse = (error: unknown): boolean =>
  error instanceof MongoServerSelectionError || (error as { code?: unknown } | null)?.code === AUTHENTICATION_FAILED;

/**
 * The target through the MongoDB driver: one client per environment, made with the first call. It is dropped, and the
 * secret read again, when the credentials are refused or no server can be found. The server's own commands are sent as such,
 * rather than through `bulkWrite`: they take a signal, and say of each statement what became of it (decision 0003).
 */
export function createDocumentStore(options: ClientOptions): DocumentStore {
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
      if (isOutOfUse(error)) {
        drop();
        void connection.client.close(true).catch(() => undefined);
      }
      throw error;
    }
  }

  return {
    limits: (signal) => use(signal, async ({ limits }) => limits),
    write: (namespace, kind, statements, signal) =>
      use(signal, async ({ client }) => {
        const command = {
          [kind]: namespace.collection,
          [STATEMENTS[kind]]: kind === 'insert' ? statements.map(({ document }) => document) : statements,
          ordered: false,
          writeConcern: { w: 'majority' },
        };
        return toWriteReply(await client.db(namespace.database).command(command, { signal }));
      }),
    findMarks: (namespace, ids, signal) =>
      use(signal, async ({ client }) => {
        // One more than there can be: the first batch is then known to be the last.
        const options = { ...READING_MARKS, batchSize: ids.length + 1, signal };
        const cursor = collectionOf(client, namespace).find({ _id: { $in: ids } } as Document, options);
        return (await cursor.toArray()).map(toStoredMarks);
      }),
    findMarksOf: (namespace, filter, signal) =>
      use(signal, async ({ client }) => {
        const options = { ...READING_MARKS, limit: 1, batchSize: 2, signal };
        const [found] = await collectionOf(client, namespace).find(filter, options).toArray();
        return found && toStoredMarks(found);
      }),
    listIndexes: (namespace, signal) =>
      use(signal, async ({ client }) => {
        const { database, collection } = namespace;
        // More than a collection can have (64): the first batch is then all.
        const command = { listIndexes: collection, cursor: { batchSize: INDEXES_READ_MAX } };
        const reply = await client.db(database).command(command, { signal }).catch(ignoring(NAMESPACE_NOT_FOUND));
        return (reply?.['cursor']?.firstBatch ?? []).map(toIndexDescription);
      }),
    ensureTtlIndex: (namespace, ttlSeconds, signal) =>
      use(signal, async ({ client }) => {
        const index = {
          key: { _deletedAt: 1 },
          name: '_deletedAt_ttl',
          expireAfterSeconds: ttlSeconds,
          background: true,
        };
        const command = { createIndexes: namespace.collection, indexes: [index] };
        await client.db(namespace.database).command(command, { signal });
      }),
  };
}

const STATEMENTS: Readonly<Record<CommandKind, string>> = { update: 'updates', delete: 'deletes', insert: 'documents' };

const READING_MARKS = {
  projection: { _k: 1, _deletedAt: 1 },
  readPreference: 'primary',
  useBigInt64: true,
} as const;

const INDEXES_READ_MAX = 1_000;

const collectionOf = (client: MongoClient, { database, collection }: { database: string; collection: string }) =>
  client.db(database).collection<Document>(collection);

const toStoredMarks = ({ _id, _k, _deletedAt }: Document): StoredMarks => ({
  id: _id,
  marks: _k,
  isDeleted: _deletedAt !== undefined,
});

async function connect(options: ClientOptions, signal: AbortSignal): Promise<Connection> {
  const [secret, secureContext] = await Promise.all([options.readSecret(signal), options.readTrust()]);
  const client = new MongoClient(`mongodb://${hostOf(secret)}/`, clientOptions(secret, secureContext, options));
  options.onClient?.(client);
  try {
    const hello = await client.db('admin').command({ hello: 1 }, { signal }).catch(ignoring(COMMAND_NOT_FOUND));
    return { client, limits: toLimits(hello) };
  } catch (error) {
    void client.close(true).catch(() => undefined);
    throw error;
  }
}

const hostOf = ({ host, port }: ConnectionSecret): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

function clientOptions(
  secret: ConnectionSecret,
  secureContext: SecureContext,
  options: ClientOptions,
): MongoClientOptions {
  return {
    ...(options.replicaSet === 'none' ? { directConnection: true } : { replicaSet: options.replicaSet }),
    tls: true,
    secureContext,
    auth: { username: secret.username, password: secret.password },
    authMechanism: 'SCRAM-SHA-1',
    authSource: 'admin',
    retryWrites: false,
    retryReads: true,
    readPreference: 'primary',
    writeConcern: { w: 'majority' },
    maxPoolSize: options.poolSizeMax,
    minPoolSize: 0,
    maxConnecting: Math.min(CONNECTING_MAX, options.poolSizeMax),
    maxIdleTimeMS: IDLE_MS_MAX,
    serverSelectionTimeoutMS: SERVER_SELECTION_TIMEOUT_MS,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    socketTimeoutMS: SOCKET_TIMEOUT_MS,
    waitQueueTimeoutMS: WAIT_QUEUE_TIMEOUT_MS,
    heartbeatFrequencyMS: HEARTBEAT_EVERY_MS,
    serverMonitoringMode: 'poll',
    appName: options.appName,
    monitorCommands: options.onClient !== undefined,
  };
}

/** An engine that does not say has the documented limits. */
const toLimits = (hello: Document = {}): ServerLimits => ({
  documentBytesMax: positive(hello['maxBsonObjectSize']) ?? DOCUMENT_BYTES_MAX,
  operationsMax: positive(hello['maxWriteBatchSize']) ?? OPERATIONS_MAX,
});

const positive = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;

/** What is not said counts as not done. Of an error its code and index alone go on: its message quotes the document. */
const toWriteReply = ({ n, writeErrors }: Document): WriteReply => ({
  count: typeof n === 'number' ? n : -1,
  writeErrors: (Array.isArray(writeErrors) ? writeErrors : []).map((error) => ({
    index: Number(error?.index),
    code: Number(error?.code),
    duplicateIndex: duplicateIndexOf(error ?? {}),
  })),
});

const NAMESPACE_NOT_FOUND = 26;
const COMMAND_NOT_FOUND = 59;

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
