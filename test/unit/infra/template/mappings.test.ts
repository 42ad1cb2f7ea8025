import { describe, expect, it } from 'vitest';
import { templateParts } from '../../../../infra/template/template.ts';
import { aStageFile, CLUSTER_ARN, type StageFileChanges } from '../../../support/a-stage-file.ts';

interface Mapping {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

const resourcesOf = (changes: StageFileChanges = {}) =>
  templateParts('msk-sinks', 'dev', aStageFile(changes)).resources.Resources;

const mappingsOf = (changes: StageFileChanges = {}) =>
  Object.entries(resourcesOf(changes)).filter(
    (entry): entry is [string, Mapping] => (entry[1] as Mapping).Type === 'AWS::Lambda::EventSourceMapping',
  );

const mappingOf = (id: string, changes: StageFileChanges = {}) => {
  const found = mappingsOf(changes).find(([logicalId]) => logicalId === id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found[1].Properties;
};

interface PollerConfig {
  readonly PollerGroupName: string;
}

const KEY = 'arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-3333-4444-555555555555';
const both = ['KinesisSinkMappingOrders', 'DocumentdbSinkMappingOrders'];

describe.each(both)('%s', (id) => {
  it('asks Lambda to read the response, which takes pollers of its own', () => {
    expect(mappingOf(id)).toMatchObject({
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 10 },
    });
  });

  it('repeats a batch 10,000 times, whatever its age', () => {
    expect(mappingOf(id)['MaximumRetryAttempts']).toBe(10_000);
    expect(mappingOf(id)).not.toHaveProperty('MaximumRecordAgeInSeconds');
  });

  it('gives up to the dead-letter bucket', () => {
    expect(mappingOf(id)['DestinationConfig']).toEqual({
      OnFailure: { Destination: { 'Fn::GetAtt': ['DeadLetterBucket', 'Arn'] } },
    });
    expect(resourcesOf()).toHaveProperty('DeadLetterBucket');
  });

  it('reads one topic of the cluster from its beginning, in batches of 1000 or a second', () => {
    expect(mappingOf(id)).toMatchObject({
      EventSourceArn: CLUSTER_ARN,
      Topics: ['orders'],
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 1000,
      MaximumBatchingWindowInSeconds: 1,
    });
  });

  it('counts and logs what it does', () => {
    expect(mappingOf(id)).toMatchObject({
      MetricsConfig: { Metrics: ['EventCount', 'ErrorCount', 'KafkaMetrics'] },
      LoggingConfig: { SystemLogLevel: 'WARN' },
    });
  });
});

describe('a mapping', () => {
  it('invokes its own function', () => {
    expect(both.map((id) => mappingOf(id)['FunctionName'])).toEqual([
      { 'Fn::GetAtt': ['KinesisSinkLambdaFunction', 'Arn'] },
      { 'Fn::GetAtt': ['DocumentdbSinkLambdaFunction', 'Arn'] },
    ]);
  });

  it('splits a failed batch for DocumentDB, and never for Kinesis, where splitting could change the order', () => {
    expect(mappingOf('KinesisSinkMappingOrders')['BisectBatchOnFunctionError']).toBe(false);
    expect(mappingOf('DocumentdbSinkMappingOrders')['BisectBatchOnFunctionError']).toBe(true);
  });

  it('has a consumer group of its own, which names service, stage, function and topic', () => {
    const groups = mappingsOf({ trigger: { topics: ['orders', 'returns'] } }).map(
      ([, { Properties }]) =>
        (Properties['AmazonManagedKafkaEventSourceConfig'] as Record<string, string>)['ConsumerGroupId'],
    );
    expect(groups).toEqual([
      'msk-sinks-dev-kinesisSink-orders',
      'msk-sinks-dev-kinesisSink-returns',
      'msk-sinks-dev-documentdbSink-orders',
      'msk-sinks-dev-documentdbSink-returns',
    ]);
  });

  it('exists for each topic and function, even if topic names differ only in case or in a dot', () => {
    const topics = ['orders', 'Orders', 'ord.ers', 'ord-ers', 'ord_ers', 'OrdErs', 'ordDoters', '11'];
    const mappings = mappingsOf({ trigger: { topics } });
    expect(mappings).toHaveLength(2 * topics.length);
    expect(mappings.map(([, { Properties }]) => Properties['Topics'])).toEqual(
      [...topics, ...topics].map((topic) => [topic]),
    );
    for (const [id] of mappings) expect(id).toMatch(/^[A-Za-z0-9]{1,255}$/);
  });

  it('has every setting of the trigger', () => {
    const trigger = {
      batchRecordsMax: 50,
      batchWindowSeconds: 0,
      startingPosition: 'LATEST',
      pollersMin: 2,
      pollersMax: 7,
      retryAttemptsMax: 3,
      recordAgeSecondsMax: 86_400,
    };
    expect(mappingOf('KinesisSinkMappingOrders', { trigger })).toMatchObject({
      BatchSize: 50,
      MaximumBatchingWindowInSeconds: 0,
      StartingPosition: 'LATEST',
      ProvisionedPollerConfig: { MinimumPollers: 2, MaximumPollers: 7 },
      MaximumRetryAttempts: 3,
      MaximumRecordAgeInSeconds: 86_400,
    });
  });
});

describe('without pollers of its own (onDemand)', () => {
  const onDemand = { trigger: { mode: 'onDemand' } };

  it.each(both)('%s has nothing that Lambda would refuse or ignore', (id) => {
    expect(Object.keys(mappingOf(id, onDemand)).toSorted()).toEqual([
      'AmazonManagedKafkaEventSourceConfig',
      'BatchSize',
      'DestinationConfig',
      'Enabled',
      'EventSourceArn',
      'FunctionName',
      'MaximumBatchingWindowInSeconds',
      'StartingPosition',
      'Topics',
    ]);
  });

  it.each(['provisioned', 'onDemand'])('both functions are told the mode of their mapping: %s', (mode) => {
    const { functions } = templateParts('msk-sinks', 'dev', aStageFile({ trigger: { mode } }));
    for (const each of Object.values(functions)) {
      expect(each).toMatchObject({ environment: { MSK_SINKS_TRIGGER_MODE: mode } });
    }
  });
});

/** https://docs.aws.amazon.com/lambda/latest/dg/msk-cluster-auth.html */
describe.each(both)('the way of %s to the cluster', (id) => {
  const secretArn = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:AmazonMSK_reader-AbCdEf';

  it('by iam takes no secret', () => {
    expect(mappingOf(id)).not.toHaveProperty('SourceAccessConfigurations');
  });

  it.each([
    ['saslScram512', 'SASL_SCRAM_512_AUTH'],
    ['mutualTls', 'CLIENT_CERTIFICATE_TLS_AUTH'],
  ])('by %s names its secret', (authentication, Type) => {
    expect(mappingOf(id, { cluster: { authentication, secretArn } })['SourceAccessConfigurations']).toEqual([
      { Type, URI: secretArn },
    ]);
  });

  it('in another account is the VPC connection', () => {
    const vpcConnectionArn =
      'arn:aws:kafka:eu-west-1:111111111111:vpc-connection/999999999999/orders-dev/11111111-2222-3333-4444-555555555555-1';
    const arn = CLUSTER_ARN.replace(':111111111111:', ':999999999999:');
    expect(mappingOf(id, { cluster: { arn, vpcConnectionArn } })['EventSourceArn']).toBe(vpcConnectionArn);
  });

  it('to MSK Serverless is its ARN', () => {
    const arn = CLUSTER_ARN.replace(/-1$/, '-s1');
    expect(mappingOf(id, { cluster: { arn } })['EventSourceArn']).toBe(arn);
  });
});

describe('a setting of one function', () => {
  const changes = {
    trigger: { topics: ['orders', 'returns'], batchRecordsMax: 50, startingPosition: 'LATEST' },
    kinesisSink: {
      trigger: { topics: ['orders'], batchRecordsMax: 5, consumerGroupId: 'doka-{stage}', mode: 'onDemand' },
    },
  };

  it('goes before that of both, and changes nothing for the other', () => {
    expect(mappingsOf(changes).map(([id]) => id)).toEqual([
      'KinesisSinkMappingOrders',
      'DocumentdbSinkMappingOrders',
      'DocumentdbSinkMappingReturns',
    ]);
    expect(mappingOf('KinesisSinkMappingOrders', changes)).toMatchObject({
      BatchSize: 5,
      StartingPosition: 'LATEST',
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'doka-dev' },
    });
    expect(mappingOf('DocumentdbSinkMappingReturns', changes)).toMatchObject({
      BatchSize: 50,
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'msk-sinks-dev-documentdbSink-returns' },
    });
  });

  it('of the mode tells mapping and function the same', () => {
    expect(mappingOf('KinesisSinkMappingOrders', changes)).not.toHaveProperty('ProvisionedPollerConfig');
    expect(mappingOf('DocumentdbSinkMappingOrders', changes)).toHaveProperty('ProvisionedPollerConfig');
    expect(templateParts('msk-sinks', 'dev', aStageFile(changes)).functions).toMatchObject({
      kinesisSink: { environment: { MSK_SINKS_TRIGGER_MODE: 'onDemand' } },
      documentdbSink: { environment: { MSK_SINKS_TRIGGER_MODE: 'provisioned' } },
    });
  });
});

describe('a mapping by the stage file', () => {
  it('starts at a time in seconds', () => {
    for (const startingTimestamp of ['2026-11-01T00:00:00Z', '2026-11-01', '2026-11-01T02:00:00+02:00']) {
      expect(
        mappingOf('KinesisSinkMappingOrders', { trigger: { startingPosition: 'AT_TIMESTAMP', startingTimestamp } }),
      ).toMatchObject({ StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: 1_793_491_200 });
    }
    expect(mappingOf('KinesisSinkMappingOrders')).not.toHaveProperty('StartingPositionTimestamp');
  });

  it('filters by patterns, each a JSON text', () => {
    const filter = [{ value: { type: ['order'] } }, { value: [{ 'anything-but': ['error'] }] }];
    expect(mappingOf('KinesisSinkMappingOrders', { trigger: { filter } })['FilterCriteria']).toEqual({
      Filters: [{ Pattern: '{"value":{"type":["order"]}}' }, { Pattern: '{"value":[{"anything-but":["error"]}]}' }],
    });
    const ofRaces = [{ value: JSON.parse('{"race": ["a"], "constructor": ["b"], "__proto__": ["c"]}') }];
    expect(mappingOf('KinesisSinkMappingOrders', { trigger: { filter: ofRaces } })['FilterCriteria']).toEqual({
      Filters: [{ Pattern: '{"value":{"race":["a"],"constructor":["b"],"__proto__":["c"]}}' }],
    });
    expect(mappingOf('KinesisSinkMappingOrders')).not.toHaveProperty('FilterCriteria');
  });

  it('passes a schema registry through unchanged', () => {
    const schemaRegistry = {
      SchemaRegistryURI: 'arn:aws:glue:eu-west-1:111111111111:registry/orders',
      EventRecordFormat: 'JSON',
      SchemaValidationConfigs: [{ Attribute: 'VALUE' }],
    };
    const { trigger } = { trigger: { schemaRegistry } };
    expect(mappingOf('DocumentdbSinkMappingOrders', { trigger })['AmazonManagedKafkaEventSourceConfig']).toEqual({
      ConsumerGroupId: 'msk-sinks-dev-documentdbSink-orders',
      SchemaRegistryConfig: schemaRegistry,
    });
  });

  it('is paused by enabled: false', () => {
    expect(mappingOf('KinesisSinkMappingOrders')['Enabled']).toBe(true);
    expect(mappingOf('KinesisSinkMappingOrders', { trigger: { enabled: false } })['Enabled']).toBe(false);
  });

  it('shares the pollers of its function, of a named group, or of none, which it says with an empty name', () => {
    const groupsOf = (trigger: object) =>
      both.map(
        (id) => (mappingOf(id, { trigger: { ...trigger } })['ProvisionedPollerConfig'] as PollerConfig).PollerGroupName,
      );
    expect(groupsOf({})).toEqual(['msk-sinks-dev-kinesisSink', 'msk-sinks-dev-documentdbSink']);
    expect(groupsOf({ pollerGroup: 'team' })).toEqual(['team', 'team']);
    expect(groupsOf({ pollerGroup: 'none' })).toEqual(['', '']);
  });

  it.each([
    'kafka://orders-failed',
    'arn:aws:sqs:eu-west-1:111111111111:orders-failed',
    'arn:aws:sns:eu-west-1:111111111111:orders-failed',
  ])('sends failed batches to %s', (onFailure) => {
    expect(mappingOf('KinesisSinkMappingOrders', { trigger: { onFailure } })['DestinationConfig']).toEqual({
      OnFailure: { Destination: onFailure },
    });
  });

  it('encrypts the patterns of its filter with a key', () => {
    const trigger = { filter: [{ value: { type: ['order'] } }], filterKmsKeyArn: KEY };
    expect(mappingOf('KinesisSinkMappingOrders', { trigger })['KmsKeyArn']).toBe(KEY);
    expect(mappingOf('KinesisSinkMappingOrders')).not.toHaveProperty('KmsKeyArn');
  });

  it('counts and logs according to its settings', () => {
    const trigger = { metrics: ['KafkaMetrics'], systemLogLevel: 'DEBUG' };
    expect(mappingOf('KinesisSinkMappingOrders', { trigger })).toMatchObject({
      MetricsConfig: { Metrics: ['KafkaMetrics'] },
      LoggingConfig: { SystemLogLevel: 'DEBUG' },
    });
    expect(mappingOf('KinesisSinkMappingOrders', { trigger: { metrics: [] } })).not.toHaveProperty('MetricsConfig');
  });
});
