import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import {
  addressByRole,
  addressOfSecret,
  addressOfUri,
  type ServerAddress,
  usesTls,
} from '../../../../../../functions/documentdb-sink/target/connection/address.ts';

/** What the driver makes of it. */
const parsed = ({ uri, options }: ServerAddress) => {
  const { hosts, credentials, replicaSet, directConnection } = new MongoClient(uri, options).options;
  const { username, password, source, mechanism } = credentials ?? {};
  return { hosts: hosts.map(String), username, password, source, mechanism, replicaSet, directConnection };
};

const secret = { host: 'c.example', port: 27_018, username: 'us er', password: 'p@ss:/?#' };

describe('the address of the cluster', () => {
  it('has the credentials of a secret, with any characters, and the mechanism of DocumentDB', () => {
    expect(parsed(addressOfSecret(secret, 'rs0'))).toEqual({
      hosts: ['c.example:27018'],
      username: 'us er',
      password: 'p@ss:/?#',
      source: 'admin',
      mechanism: 'SCRAM-SHA-1',
      replicaSet: 'rs0',
      directConnection: false,
    });
  });

  it('is a direct connection if the endpoint is no replica set, with an IPv6 host in brackets', () => {
    expect(parsed(addressOfSecret({ ...secret, host: '::1' }, 'none'))).toMatchObject({
      hosts: ['[::1]:27018'],
      directConnection: true,
    });
  });

  it("has the function's role without a secret", () => {
    expect(parsed(addressByRole('c.example', 27_017, 'rs0'))).toMatchObject({
      source: '$external',
      mechanism: 'MONGODB-AWS',
      replicaSet: 'rs0',
    });
  });

  it('is the connection string unchanged, with a mechanism if it names a user and none', () => {
    expect(parsed(addressOfUri('mongodb://u:p%40@a.example:1,b.example:2/?replicaSet=rs1&authSource=other'))).toEqual({
      hosts: ['a.example:1', 'b.example:2'],
      username: 'u',
      password: 'p@',
      source: 'other',
      mechanism: 'SCRAM-SHA-1',
      replicaSet: 'rs1',
      directConnection: false,
    });
    expect(parsed(addressOfUri('mongodb://u:p@a/?authMechanism=SCRAM-SHA-256')).mechanism).toBe('SCRAM-SHA-256');
    expect(parsed(addressOfUri('mongodb://a.example/')).mechanism).toBeUndefined();
  });

  it.each([
    ['mongodb://a/', true],
    ['mongodb://a/?tls=true', true],
    ['mongodb://a/?tls=false', false],
    ['mongodb://a/?w=1&ssl=false&x=y', false],
    ['mongodb://a/?appName=tls=false', true],
  ])('%s uses TLS: %s', (uri, expected) => {
    expect(usesTls(uri)).toBe(expected);
  });
});
