import { createConnection } from 'node:net';
import { MongoClient, type MongoClientOptions } from 'mongodb';

export interface DocumentDbAddress {
  readonly host: string;
  readonly port: number;
  /** The CA file; TLS is used if set. */
  readonly caFile?: string;
}

export interface DocumentDbUser {
  readonly username: string;
  readonly password: string;
}

const ANSWER_TIMEOUT_MS = 3_000;

/** True if the server authenticates the user and answers. A closed port returns false without a client and without a wait. */
export async function isServing(address: DocumentDbAddress, user?: DocumentDbUser): Promise<boolean> {
  if (!(await accepts(address))) return false;
  const client = documentDbClient(address, user, {
    serverSelectionTimeoutMS: ANSWER_TIMEOUT_MS,
    connectTimeoutMS: ANSWER_TIMEOUT_MS,
    socketTimeoutMS: ANSWER_TIMEOUT_MS,
  });
  try {
    await client.db('admin').command({ ping: 1 });
    return true;
  } catch {
    return false;
  } finally {
    await client.close();
  }
}

export async function addUsers(
  address: DocumentDbAddress,
  users: readonly (DocumentDbUser & { readonly role: string })[],
): Promise<void> {
  const client = documentDbClient(address);
  try {
    for (const { username, password, role } of users) {
      // DocumentDB supports only SCRAM-SHA-1: https://docs.aws.amazon.com/documentdb/latest/developerguide/functional-differences.html
      await client
        .db('admin')
        .command({ createUser: username, pwd: password, roles: [role], mechanisms: ['SCRAM-SHA-1'] });
    }
  } finally {
    await client.close();
  }
}

/** A client with a function's options: TLS verified with the CA file, SCRAM-SHA-1, no retryable writes. */
export function documentDbClient(
  { host, port, caFile }: DocumentDbAddress,
  user?: DocumentDbUser,
  options: MongoClientOptions = {},
): MongoClient {
  return new MongoClient(`mongodb://${host}:${port}/`, {
    directConnection: true,
    retryWrites: false,
    ...(caFile === undefined ? {} : { tls: true, tlsCAFile: caFile }),
    ...(user === undefined ? {} : { auth: user, authMechanism: 'SCRAM-SHA-1', authSource: 'admin' }),
    ...options,
  });
}

function accepts({ host, port }: DocumentDbAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
