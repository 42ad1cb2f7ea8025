import type { MongoClientOptions } from 'mongodb';
import type { ConnectionSecret } from './secret.ts';

/** Where the cluster is and who we are there. Holds credentials: never logged. */
export interface ServerAddress {
  /** A connection string. */
  readonly uri: string;
  /** What the connection string leaves to be said. */
  readonly options: Pick<
    MongoClientOptions,
    'auth' | 'authMechanism' | 'authSource' | 'replicaSet' | 'directConnection'
  >;
}

/** Asked anew for each client. @throws FatalError where it cannot be had: no record is to blame */
export type ReadAddress = (signal: AbortSignal) => Promise<ServerAddress>;

/** DocumentDB refuses SCRAM-SHA-256. https://docs.aws.amazon.com/documentdb/latest/developerguide/connect_programmatically.html */
const PASSWORD_MECHANISM = 'SCRAM-SHA-1';

/** @param replicaSet `none` where the endpoint is no replica set */
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
 * The function's own role is the user, `authSource` is `$external`; the primary user cannot be one.
 * https://docs.aws.amazon.com/documentdb/latest/developerguide/iam-identity-auth.html
 */
export const addressByRole = (host: string, port: number, replicaSet: string): ServerAddress => ({
  uri: `mongodb://${hostText(host)}:${port}/`,
  options: { ...membership(replicaSet), authMechanism: 'MONGODB-AWS', authSource: '$external' },
});

/** A `connection.uri` without placeholders. Its own options hold; where it names a user and no mechanism, DocumentDB's. */
export const addressOfUri = (uri: string): ServerAddress => {
  const saysHow = /[?&]authMechanism=/i.test(uri);
  return { uri, options: namesUser(uri) && !saysHow ? { authMechanism: PASSWORD_MECHANISM } : {} };
};

/** Off only where a connection string says so: a cluster whose parameter group switched it off. */
export const usesTls = (uri: string): boolean => !/[?&](?:tls|ssl)=false(?:&|$)/i.test(uri);

const membership = (replicaSet: string) => (replicaSet === 'none' ? { directConnection: true } : { replicaSet });

const hostText = (host: string): string => (host.includes(':') ? `[${host}]` : host);

const namesUser = (uri: string): boolean => /^mongodb(?:\+srv)?:\/\/[^/?]*@/.test(uri);
