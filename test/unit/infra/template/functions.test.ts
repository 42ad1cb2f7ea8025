import { describe, expect, it } from 'vitest';
import { documentdbSettings } from '../../../../functions/documentdb-sink/settings.ts';
import { kinesisSettings } from '../../../../functions/kinesis-sink/settings/settings.ts';
import { templateParts } from '../../../../infra/template/template.ts';
import { settingsFromEnvironment } from '../../../../shared/settings/parse-settings.ts';
import {
  aStageFile,
  SECRET_ARN,
  STREAM_ARN,
  STREAM_ROLE_ARN,
  type StageFileChanges,
} from '../../../support/a-stage-file.ts';

interface DeclaredFunction {
  readonly handler: string;
  readonly role: string;
  readonly memorySize: number;
  readonly timeout: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly tracing?: string;
  readonly package: unknown;
  readonly vpc?: unknown;
}

const functionsOf = (changes: StageFileChanges = {}) =>
  templateParts('msk-sinks', 'dev', aStageFile(changes)).functions as {
    readonly kinesisSink: DeclaredFunction;
    readonly documentdbSink: DeclaredFunction;
  };

const deployed = {
  stage: 'dev',
  serviceName: 'msk-sinks',
  triggerMode: 'provisioned',
  deadLetterBucket: 'msk-sinks-dev-111111111111-dead-letters',
  metrics: 'full',
};

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: all environment variables together. */
const ENVIRONMENT_BYTES_MAX = 4096;
const bytesOf = (environment: Readonly<Record<string, string>>) => Buffer.byteLength(JSON.stringify(environment));

describe('the settings of a whole stage', () => {
  it('reach both functions: level of the log, metrics, traces', () => {
    const changed = functionsOf({ logLevel: 'WARN', metrics: 'essential', tracing: true });
    for (const { environment, tracing } of Object.values(changed)) {
      expect(environment).toMatchObject({ POWERTOOLS_LOG_LEVEL: 'WARN', MSK_SINKS_METRICS: 'essential' });
      expect(tracing).toBe('Active');
    }
  });

  it('write one line a batch, publish every metric and trace nothing where the stage file says nothing', () => {
    for (const { environment, tracing } of Object.values(functionsOf())) {
      expect(environment).toMatchObject({ POWERTOOLS_LOG_LEVEL: 'INFO', MSK_SINKS_METRICS: 'full' });
      expect(tracing).toBeUndefined();
    }
  });
});

describe('what the deployment writes into the environment is what the function reads', () => {
  it('of kinesisSink, with defaults', () => {
    expect(settingsFromEnvironment(kinesisSettings, functionsOf().kinesisSink.environment)).toEqual({
      ...deployed,
      streamArn: STREAM_ARN,
      roleArn: STREAM_ROLE_ARN,
      externalId: 'msk-sinks-dev',
      sessionName: 'msk-sinks-{stage}-{id}',
      ordering: 'key',
      aggregation: 'off',
      partitionKey: 'key',
      envelope: 'none',
      onPoison: 'deadLetter',
      recordKiBMax: 1024,
      requestsInFlightMax: 4,
      requestTimeoutMs: 10_000,
    });
  });

  it('of documentdbSink, with defaults', () => {
    expect(settingsFromEnvironment(documentdbSettings, functionsOf().documentdbSink.environment)).toEqual({
      ...deployed,
      secretArn: SECRET_ARN,
      authentication: 'password',
      port: 27_017,
      database: 'shop',
      onPoison: 'deadLetter',
      caBundle: 'region',
      replicaSet: 'rs0',
      poolSizeMax: 3,
      idStrategy: 'key',
      deletes: 'tombstone',
      tombstoneTtlSeconds: 2_592_000,
    });
  });

  it('of kinesisSink, with every setting written', () => {
    const kinesisSink = {
      onPoison: 'block',
      tombstone: 'skip',
      recordKiBMax: 4096,
      requestsInFlightMax: 16,
      requestTimeoutMs: 60_000,
      externalId: 'x/y+z=,.@:-_1',
      sessionName: 'doka-{stage}-{uuid}',
      ordering: 'partition',
      aggregation: 'bucket',
      partitionKey: 'jsonPointer',
      partitionKeyPointer: '/customer/a~1b $',
      partitionKeyPrefix: 'eu"\\$west',
      envelope: 'json',
    };
    const { environment } = functionsOf({ kinesisSink }).kinesisSink;
    expect(settingsFromEnvironment(kinesisSettings, environment)).toMatchObject(kinesisSink);
  });

  it('of documentdbSink, with every setting written', () => {
    const documentdbSink = {
      onPoison: 'skip',
      collection: 'orders.v1',
      caBundle: '/opt/ca bundle.pem',
      replicaSet: 'none',
      poolSizeMax: 50,
      deletes: 'hard',
      tombstoneTtlSeconds: 3_600,
    };
    const { environment } = functionsOf({ documentdbSink }).documentdbSink;
    expect(settingsFromEnvironment(documentdbSettings, environment)).toMatchObject(documentdbSink);
  });

  it('keeps plain strings, which alone `serverless invoke local` can give to a function', () => {
    for (const { environment } of Object.values(functionsOf())) {
      for (const value of Object.values(environment)) expect(value).toBeTypeOf('string');
    }
  });

  it("stays under Lambda's limit with the longest values there can be", () => {
    const arnName = 'n'.repeat(255);
    const { kinesisSink, documentdbSink } = functionsOf({
      kinesisSink: {
        streamArn: `${STREAM_ARN.replace('orders', '')}${arnName}`,
        roleArn: `${STREAM_ROLE_ARN.replace('orders-stream-writer', '')}${arnName}`,
        externalId: 'x'.repeat(1224),
        sessionName: 's'.repeat(64),
        partitionKey: 'jsonPointer',
        partitionKeyPointer: `/${'p'.repeat(255)}`,
        partitionKeyPrefix: 'p'.repeat(128),
        ordering: 'partition',
        aggregation: 'bucket',
      },
      documentdbSink: {
        secretArn: `arn:aws:secretsmanager:eu-west-1:111111111111:secret:${arnName}`,
        database: 'd'.repeat(63),
        collection: 'c'.repeat(120),
        caBundle: `/${'p'.repeat(1023)}`,
        replicaSet: 'r'.repeat(64),
      },
    });
    expect(bytesOf(kinesisSink.environment)).toBeLessThan(ENVIRONMENT_BYTES_MAX);
    expect(bytesOf(documentdbSink.environment)).toBeLessThan(ENVIRONMENT_BYTES_MAX);
  });
});

describe('the functions', () => {
  it('have a bundle, a role and a package each', () => {
    const { kinesisSink, documentdbSink } = functionsOf();
    expect(kinesisSink).toMatchObject({
      handler: 'dist/kinesis-sink/index.handler',
      role: 'KinesisSinkRole',
      package: { patterns: ['dist/kinesis-sink/**'] },
    });
    expect(documentdbSink).toMatchObject({
      handler: 'dist/documentdb-sink/index.handler',
      role: 'DocumentdbSinkRole',
      package: { patterns: ['dist/documentdb-sink/**'] },
    });
  });

  it('have the memory and the time of the defaults, or of the stage file', () => {
    expect(functionsOf()).toMatchObject({
      kinesisSink: { memorySize: 512, timeout: 120 },
      documentdbSink: { memorySize: 1024, timeout: 120 },
    });
    const changed = functionsOf({
      kinesisSink: { memoryMb: 256, timeoutSeconds: 840 },
      documentdbSink: { memoryMb: 2048, timeoutSeconds: 60 },
    });
    expect(changed).toMatchObject({
      kinesisSink: { memorySize: 256, timeout: 840 },
      documentdbSink: { memorySize: 2048, timeout: 60 },
    });
  });

  it('say where in the source an error comes from', () => {
    for (const { environment } of Object.values(functionsOf())) {
      expect(environment).toHaveProperty('NODE_OPTIONS', expect.stringMatching(/^--enable-source-maps\b/));
    }
  });

  it("have the heap that Lambda's runtime gives them, but for a smaller young generation of documentdbSink", () => {
    const { kinesisSink, documentdbSink } = functionsOf({ documentdbSink: { memoryMb: 512 } });
    expect(kinesisSink?.environment).toHaveProperty('NODE_OPTIONS', '--enable-source-maps');
    expect(documentdbSink?.environment).toHaveProperty(
      'NODE_OPTIONS',
      '--enable-source-maps --max-semi-space-size=32 --max-old-space-size=461',
    );
  });

  it('are in a VPC where DocumentDB is one, and nowhere else', () => {
    const { kinesisSink, documentdbSink } = functionsOf();
    expect(documentdbSink.vpc).toEqual({
      subnetIds: ['subnet-0aaaaaaaaaaaaaaaa', 'subnet-0bbbbbbbbbbbbbbbb'],
      securityGroupIds: ['sg-0cccccccccccccccc'],
    });
    expect(kinesisSink).not.toHaveProperty('vpc');
  });
});

describe('the template', () => {
  it('has the region and the log retention of the stage file', () => {
    const { region, logRetentionDays } = templateParts('msk-sinks', 'dev', aStageFile({ logRetentionDays: 7 }));
    expect({ region, logRetentionDays }).toEqual({ region: 'eu-west-1', logRetentionDays: 7 });
  });

  it('reserves concurrency, and puts kinesisSink into a VPC, if the stage file says so', () => {
    const vpc = { subnetIds: ['subnet-0aaaaaaaaaaaaaaaa'], securityGroupIds: ['sg-0cccccccccccccccc'] };
    const { kinesisSink, documentdbSink } = functionsOf({ kinesisSink: { reservedConcurrency: 5, ...vpc } });
    expect(kinesisSink).toMatchObject({ reservedConcurrency: 5, vpc });
    expect(documentdbSink).not.toHaveProperty('reservedConcurrency');
  });

  it.each(['kinesisSink', 'documentdbSink'])('can leave out %s with all its resources', (name) => {
    const file = Object.fromEntries(Object.entries(aStageFile()).filter(([each]) => each !== name));
    const { functions, resources } = templateParts('msk-sinks', 'dev', file);
    expect(functions).not.toHaveProperty(name);
    expect(Object.keys(functions)).toHaveLength(1);
    expect(JSON.stringify(resources)).not.toMatch(new RegExp(name, 'i'));
    expect(resources.Resources).toHaveProperty('DeadLetterBucket');
  });

  it('has the tags and the deployment bucket of the stage file', () => {
    const tags = { team: 'data' };
    expect(templateParts('msk-sinks', 'dev', aStageFile({ tags, deploymentBucket: 'packages' }))).toMatchObject({
      tags,
      deploymentBucket: { name: 'packages' },
    });
    expect(templateParts('msk-sinks', 'dev', aStageFile())).toMatchObject({
      tags: {},
      deploymentBucket: { blockPublicAccess: true, versioning: true },
    });
  });

  it("has the stack's protection of the stage file, and nothing to leave the stack as it is", () => {
    const protectionOf = (changes = {}) => templateParts('msk-sinks', 'dev', aStageFile(changes)).terminationProtection;
    expect([protectionOf({ terminationProtection: true }), protectionOf({ terminationProtection: false })]).toEqual([
      true,
      false,
    ]);
    expect(protectionOf()).toBeUndefined();
  });

  it('encrypts both log groups with the key of the stage file, if there is one', () => {
    const logKmsKeyArn = 'arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-3333-4444-555555555555';
    const encrypted = { Properties: { KmsKeyId: logKmsKeyArn } };
    expect(templateParts('msk-sinks', 'dev', aStageFile({ logKmsKeyArn })).resources.extensions).toEqual({
      KinesisSinkLogGroup: encrypted,
      DocumentdbSinkLogGroup: encrypted,
    });
    expect(templateParts('msk-sinks', 'dev', aStageFile()).resources).not.toHaveProperty('extensions');
  });
});
