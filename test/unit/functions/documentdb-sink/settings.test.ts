import { describe, expect, it } from 'vitest';
import { documentdbSettings } from '../../../../functions/documentdb-sink/settings.ts';
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
});
