import { describe, expect, it } from 'vitest';
import { DECIDED_BY_CONNECTOR, documentdbSettings } from '../../../../functions/documentdb-sink/settings.ts';
import { settingsFromEnvironment } from '../../../../shared/settings/parse-settings.ts';

const environment = {
  MSK_SINKS_STAGE: 'dev',
  MSK_SINKS_SERVICE_NAME: 'msk-sinks',
  MSK_SINKS_TRIGGER_MODE: 'provisioned',
  MSK_SINKS_DEAD_LETTER_BUCKET: 'letters',
  MSK_SINKS_SECRET_ARN: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:docdb/app-AbCdEf',
  MSK_SINKS_DATABASE: 'shop',
};

describe('the settings of documentdbSink', () => {
  it('have defaults for all but a few', () => {
    expect(settingsFromEnvironment(documentdbSettings, environment)).toEqual({
      stage: 'dev',
      serviceName: 'msk-sinks',
      triggerMode: 'provisioned',
      deadLetterBucket: 'letters',
      metrics: 'full',
      onPoison: 'deadLetter',
      authentication: 'password',
      port: 27_017,
      secretArn: environment.MSK_SINKS_SECRET_ARN,
      database: 'shop',
      caBundle: 'region',
      replicaSet: 'rs0',
      poolSizeMax: 3,
      idStrategy: 'key',
      deletes: 'tombstone',
      tombstoneTtlSeconds: 2_592_000,
    });
  });

  it.each([
    ['MSK_SINKS_DATABASE', 'a.b', 'database must be'],
    ['MSK_SINKS_COLLECTION', 'system.users', 'collection must be'],
    ['MSK_SINKS_COLLECTION', 'a$b', 'collection must be'],
    ['MSK_SINKS_SECRET_ARN', 'arn:aws:s3:::bucket', 'secretArn must be'],
    ['MSK_SINKS_REPLICA_SET', '', 'replicaSet must be'],
    ['MSK_SINKS_POOL_SIZE_MAX', '0', 'poolSizeMax must be a whole number of connections from 1 to 50'],
    ['MSK_SINKS_TOMBSTONE_TTL_SECONDS', '60', 'tombstoneTtlSeconds must be a whole number of seconds from 3600'],
    ['MSK_SINKS_DELETES', 'soft', 'deletes must be one of tombstone, hard'],
    ['MSK_SINKS_COLECTION', 'x', 'MSK_SINKS_COLECTION is not a setting'],
  ])('refuse %s=%s: %s', (name, value, problem) => {
    expect(() => settingsFromEnvironment(documentdbSettings, { ...environment, [name]: value })).toThrow(problem);
  });

  it.each([
    ['CONNECTOR', 'config/connectors/orders.properties'],
    ['CONNECTOR', 'c'.repeat(1_024)],
    ['AUTHENTICATION', 'iam'],
    ['HOST', 'docdb.cluster-x.eu-west-1.docdb.amazonaws.com'],
    ['HOST', 'h'.repeat(253)],
    ['PORT', '1'],
    ['PORT', '65535'],
    ['DATABASE', 'd'.repeat(63)],
    ['COLLECTION', 'orders.v-2_a'],
    ['COLLECTION', 'c'.repeat(120)],
    ['CA_BUNDLE', 'certificates/own.pem'],
    ['CA_BUNDLE', '/opt/own.pem'],
    ['CA_BUNDLE', 's3://own-bucket.eu/a/own.pem'],
    ['REPLICA_SET', 'none'],
    ['REPLICA_SET', 'r'.repeat(64)],
    ['POOL_SIZE_MAX', '50'],
    ['DELETES', 'hard'],
    ['TOMBSTONE_TTL_SECONDS', '2147483647'],
    ['ON_POISON', 'block'],
    ['ON_POISON', 'skip'],
    ['METRICS', 'essential'],
  ])('take MSK_SINKS_%s=%s', (name, value) => {
    const read = settingsFromEnvironment(documentdbSettings, { ...environment, [`MSK_SINKS_${name}`]: value });
    expect(Object.values(read).map(String)).toContain(value);
  });

  it.each([
    ['CONNECTOR', '/orders.properties'],
    ['CONNECTOR', 'c'.repeat(1_025)],
    ['CONNECTOR', 'a\0b'],
    ['AUTHENTICATION', 'none'],
    ['HOST', 'h'.repeat(254)],
    ['HOST', 'docdb/path'],
    ['HOST', 'a b'],
    ['PORT', '0'],
    ['PORT', '65536'],
    ['DATABASE', 'd'.repeat(64)],
    ['DATABASE', '.shop'],
    ['DATABASE', 'shop.'],
    ['COLLECTION', 'c'.repeat(121)],
    ['COLLECTION', '-orders'],
    ['COLLECTION', '.orders'],
    ['COLLECTION', 'orders$'],
    ['CA_BUNDLE', 's3://B/own.pem'],
    ['CA_BUNDLE', 's3://own-bucket/'],
    ['CA_BUNDLE', 's3://own-bucket'],
    ['CA_BUNDLE', 'p'.repeat(1_025)],
    ['CA_BUNDLE', 'a\0b'],
    ['REPLICA_SET', 'r'.repeat(65)],
    ['REPLICA_SET', '.rs0'],
    ['REPLICA_SET', 'rs0.'],
    ['POOL_SIZE_MAX', '51'],
    ['TOMBSTONE_TTL_SECONDS', '3599'],
    ['TOMBSTONE_TTL_SECONDS', '2147483648'],
    ['ID_STRATEGY', 'value'],
  ])('do not take MSK_SINKS_%s=%j', (name, value) => {
    const wrong = { ...environment, [`MSK_SINKS_${name}`]: value };
    expect(() => settingsFromEnvironment(documentdbSettings, wrong)).toThrow(/must (be|not)/);
  });
});

describe('a connector file', () => {
  it('replaces the settings of connection, documents and errors, each by a property', () => {
    expect(Object.fromEntries(DECIDED_BY_CONNECTOR)).toEqual({
      ...Object.fromEntries(
        ['authentication', 'secretArn', 'host', 'port', 'replicaSet'].map((name) => [name, 'connection.uri']),
      ),
      database: 'database',
      collection: 'collection',
      idStrategy: 'document.id.strategy',
      deletes: 'msksinks.deletes',
      tombstoneTtlSeconds: 'msksinks.deletes.tombstone.ttl.seconds',
      onPoison: 'errors.tolerance',
    });
  });
});
