import { type Db, type Document, MongoClient, type MongoClientOptions } from 'mongodb';
import { describeForeign, identify } from '../../../../shared/errors.ts';
import { forgetOldest } from '../../../../shared/forget-oldest.ts';
import type { Log, Meter } from '../../../../shared/telemetry/telemetry.ts';
import type { Clock } from '../../../../shared/time/clock.ts';
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
} from '../../limits.ts';
import type { ServerLimits } from '../document-store.ts';
import { FatalError } from '../fatal-error.ts';
import { type ReadAddress, type ServerAddress, usesTls } from './address.ts';
import { createCertificateWatch } from './certificate-watch.ts';
import type { ReadTlsContext } from './tls-context.ts';

export interface ConnectionOptions {
  readonly readAddress: ReadAddress;
  readonly readTlsContext: ReadTlsContext;
  readonly poolSizeMax: number;
  readonly appName: string;
  readonly clock: Pick<Clock, 'wallTimeMs'>;
  readonly log: Log;
  readonly meter: Meter;
  /** Passes each new client, with command monitoring enabled, to an observer before the client connects. */
  readonly onClient?: (client: MongoClient) => void;
}

export interface Connection {
  readonly client: MongoClient;
  /** The driver reads all options of the client anew for each database that is asked for. */
  readonly database: (name: string) => Db;
  readonly limits: ServerLimits;
}

/** @throws FatalError without an address or certificates; also the driver's errors */
export async function connect(options: ConnectionOptions, signal: AbortSignal): Promise<Connection> {
  const { readAddress, readTlsContext, log, onClient } = options;
  const [address, secureContext] = await Promise.all([readAddress(signal), readTlsContext(signal)]);
  const security = usesTls(address.uri)
    ? { tls: true, secureContext, rejectUnauthorized: true, checkServerIdentity: createCertificateWatch(options) }
    : {};
  const client = clientOf(address, { ...bounded(options), ...security });
  onClient?.(client);
  try {
    const admin = client.db('admin');
    const hello = await admin.command({ hello: 1 }, { signal }).catch(ignoring(COMMAND_NOT_FOUND));
    // Not every engine supports this command, and not every user may run it.
    const engine = await admin.command({ getEngineVersion: 1 }, { signal }).catch(() => undefined);
    const engineVersion = versionText(engine?.['version']);
    log.info('documentdb_connected', { engineVersion: engineVersion ?? 'unknown' });
    return { client, database: databasesOf(client), limits: { ...toLimits(hello), engineVersion } };
  } catch (error) {
    void client.close().catch(() => undefined);
    throw error;
  }
}

/** Records may name databases, so their number has no bound of its own. */
const DATABASES_MAX = 100;

function databasesOf(client: MongoClient): Connection['database'] {
  const known = new Map<string, Db>();
  return (name) => {
    const database = known.get(name) ?? client.db(name);
    known.set(name, database);
    forgetOldest(known, DATABASES_MAX);
    return database;
  };
}

function clientOf({ uri, options }: ServerAddress, ours: MongoClientOptions): MongoClient {
  try {
    return new MongoClient(uri, { ...options, ...ours });
  } catch (error) {
    // The driver's message quotes the connection string.
    const detail = `the driver rejects the connection string (${describeForeign(error)}): correct connection.uri or the secret that connection.uri refers to`;
    throw new FatalError('credentials_unavailable', detail, { scope: 'target' });
  }
}

/**
 * Options that override the connection string: bounds for an environment that lives for minutes, and no retry of a
 * write by the driver. Every statement carries a guard, so the sink itself may send a statement again on any engine
 * (docs/decisions/0009-retryable-writes.md).
 */
const bounded = ({ poolSizeMax, appName, onClient }: ConnectionOptions): MongoClientOptions => ({
  retryWrites: false,
  retryReads: true,
  readPreference: 'primary',
  writeConcern: { w: 'majority' },
  maxPoolSize: poolSizeMax,
  minPoolSize: 0,
  maxConnecting: Math.min(CONNECTING_MAX, poolSizeMax),
  maxIdleTimeMS: IDLE_MS_MAX,
  serverSelectionTimeoutMS: SERVER_SELECTION_TIMEOUT_MS,
  connectTimeoutMS: CONNECT_TIMEOUT_MS,
  socketTimeoutMS: SOCKET_TIMEOUT_MS,
  waitQueueTimeoutMS: WAIT_QUEUE_TIMEOUT_MS,
  heartbeatFrequencyMS: HEARTBEAT_EVERY_MS,
  serverMonitoringMode: 'poll',
  appName,
  monitorCommands: onClient !== undefined,
});

/** An engine that reports no limits has the documented ones. */
const toLimits = (hello: Document = {}): ServerLimits => ({
  documentBytesMax: positive(hello['maxBsonObjectSize']) ?? DOCUMENT_BYTES_MAX,
  operationsMax: positive(hello['maxWriteBatchSize']) ?? OPERATIONS_MAX,
});

const positive = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;

/**
 * The engine version as a bounded identifier.
 * https://docs.aws.amazon.com/documentdb/latest/developerguide/release-notes.html
 */
const versionText = (version: unknown): string | undefined => identify({ code: version }).code;

const COMMAND_NOT_FOUND = 59;

const ignoring =
  (code: number) =>
  (error: unknown): undefined => {
    if ((error as { code?: unknown } | null)?.code !== code) throw error;
  };
