import type { MongoClientOptions } from 'mongodb';
import type { ConnectionSecret } from './secret.ts';

/** The address of the cluster and the credentials. Never logged. */
export interface ServerAddress {
  /** A connection string. */
  readonly uri: string;
  /** Options that the connection string leaves open. */
  readonly options: Pick<
    MongoClientOptions,
    'auth' | 'authMechanism' | 'authSource' | 'replicaSet' | 'directConnection'
  >;
}

/** Called for each new client. @throws FatalError if there is no address: no record is to blame */
export type ReadAddress = (signal: AbortSignal) => Promise<ServerAddress>;

/** DocumentDB refuses SCRAM-SHA-256. https://docs.aws.amazon.com/documentdb/latest/developerguide/connect_programmatically.html */
const PASSWORD_MECHANISM = 'SCRAM-SHA-1';

/** @param replicaSet `none` if the endpoint is not a replica set */
export const addressOfSecret = (
  { host, port, username, password }: ConnectionSecret,
  replicaSet: string,
): ServerAddress => ({
  uri: `mongodb://${hostText(host)}:${port}/`,
  options: {
    ...membership(replicaSet),
    auth: { username, password },
    authMechanism: PASSWORD_MECHANISM,
    authSource: 'admin',
  },
});

/**
 * The user is the function's own role in `$external`. The primary user cannot be a role.
 * https://docs.aws.amazon.com/documentdb/latest/developerguide/iam-identity-auth.html
 */
export const addressByRole = (host: string, port: number, replicaSet: string): ServerAddress => ({
  uri: `mongodb://${hostText(host)}:${port}/`,
  options: { ...membership(replicaSet), authMechanism: 'MONGODB-AWS', authSource: '$external' },
});

/**
 * A `connection.uri` without placeholders. Its own options apply. If it names a user but no mechanism, DocumentDB's
 * mechanism applies.
 */
export const addressOfUri = (uri: string): ServerAddress => {
  const saysHow = /[?&]authMechanism=/i.test(uri);
  return { uri, options: namesUser(uri) && !saysHow ? { authMechanism: PASSWORD_MECHANISM } : {} };
};

/** False only if the connection string switches TLS off, for a cluster whose parameter group does the same. */
export const usesTls = (uri: string): boolean => !/[?&](?:tls|ssl)=false(?:&|$)/i.test(uri);

const membership = (replicaSet: string) => (replicaSet === 'none' ? { directConnection: true } : { replicaSet });

const hostText = (host: string): string => (host.includes(':') ? `[${host}]` : host);

const namesUser = (uri: string): boolean => /^mongodb(?:\+srv)?:\/\/[^/?]*@/.test(uri);
