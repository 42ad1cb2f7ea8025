// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what CloudFormation substitutes looks like a placeholder of a template string.
import { describe, expect, it } from 'vitest';
import type { Mapping } from '../../../../../local/msk-trigger/mapping/mapping.ts';
import { readMappings } from '../../../../../local/msk-trigger/mapping/read-mappings.ts';
import { aTemplate, CLUSTER_ARN, PACKAGED } from '../mappings.ts';

function read(properties: object): Mapping | undefined {
  return readMappings(aTemplate({ OrdersMapping: properties }))[0];
}

function without(...names: readonly (keyof typeof PACKAGED)[]): object {
  return Object.fromEntries(Object.entries(PACKAGED).filter(([name]) => !names.some((other) => other === name)));
}

const ON_DEMAND = without(
  'ProvisionedPollerConfig',
  'FunctionResponseTypes',
  'BisectBatchOnFunctionError',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
);

describe('a packaged template', () => {
  it('yields its Kafka mappings, and no other', () => {
    const other = { ...PACKAGED, AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'another' } };
    const mappings = readMappings(aTemplate({ OrdersMapping: PACKAGED, OtherMapping: other }));
    expect(mappings.map((mapping) => mapping.logicalId)).toEqual(['OrdersMapping', 'OtherMapping']);
  });

  it('is read property by property', () => {
    expect(read(PACKAGED)).toEqual({
      logicalId: 'OrdersMapping',
      functionLogicalId: 'KinesisSinkLambdaFunction',
      isEnabled: true,
      eventSourceArn: CLUSTER_ARN,
      topic: 'orders',
      consumerGroupId: 'msk-sinks-prod-kinesis',
      startingPosition: { kind: 'TRIM_HORIZON' },
      filters: [],
      batchRecordsMax: 500,
      windowMs: 1_000,
      pollers: { min: 1, max: 12 },
      reportsItemFailures: true,
      retriesMax: 5,
      recordAgeMaxMs: 86_400_000,
      bisects: true,
      destination: { kind: 's3', bucketArn: 'arn:aws:s3:::letters-prod' },
    });
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/msk-esm-parameters.html
  it('gets the documented defaults', () => {
    const { FunctionName, EventSourceArn, Topics, StartingPosition } = PACKAGED;
    expect(read({ FunctionName, EventSourceArn, Topics, StartingPosition })).toMatchObject({
      isEnabled: true,
      consumerGroupId: 'mapping-OrdersMapping',
      batchRecordsMax: 100,
      windowMs: 500,
      pollers: undefined,
      reportsItemFailures: false,
      retriesMax: Number.POSITIVE_INFINITY,
      recordAgeMaxMs: Number.POSITIVE_INFINITY,
      bisects: false,
      destination: undefined,
    });
  });

  it('may say -1 for "without end", and 0 for no window', () => {
    const properties = { MaximumRetryAttempts: -1, MaximumRecordAgeInSeconds: -1, MaximumBatchingWindowInSeconds: 0 };
    expect(read({ ...PACKAGED, ...properties })).toMatchObject({
      retriesMax: Number.POSITIVE_INFINITY,
      recordAgeMaxMs: Number.POSITIVE_INFINITY,
      windowMs: 0,
    });
  });

  it.each([
    [{ StartingPosition: 'LATEST', KmsKeyArn: 'k', Tags: [] }, { startingPosition: { kind: 'LATEST' } }],
    [{ FunctionResponseTypes: [] }, { reportsItemFailures: false }],
    [{ ProvisionedPollerConfig: { MinimumPollers: 2, MaximumPollers: 2 } }, { pollers: { min: 2, max: 2 } }],
    [{ ProvisionedPollerConfig: { MinimumPollers: 150 } }, { pollers: { min: 150, max: 200 } }],
  ])('may say %j', (properties, expected) => {
    expect(read({ ...PACKAGED, ...properties })).toMatchObject(expected);
  });

  it('may start at a time, given in seconds', () => {
    const startingPosition = { kind: 'AT_TIMESTAMP', timestampMs: 1_700_000_000_000 };
    const properties = { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: 1_700_000_000 };
    expect(read({ ...PACKAGED, ...properties })).toMatchObject({ startingPosition });
  });

  it.each([
    [{ 'Fn::GetAtt': ['Unnamed', 'Arn'] }, { kind: 's3', bucketArn: 'arn:aws:s3:::unnamed' }],
    [{ 'Fn::GetAtt': 'DeadLetterBucket.Arn' }, { kind: 's3', bucketArn: 'arn:aws:s3:::letters-prod' }],
    ['arn:aws:sqs:eu-west-1:1:letters', { kind: 'sqs', queueArn: 'arn:aws:sqs:eu-west-1:1:letters' }],
    ['arn:aws:sns:eu-west-1:1:letters', { kind: 'sns', topicArn: 'arn:aws:sns:eu-west-1:1:letters' }],
    ['kafka://orders-dlt', { kind: 'kafka', topic: 'orders-dlt' }],
  ])('may have the destination %j', (destination, expected) => {
    const DestinationConfig = { OnFailure: { Destination: destination } };
    expect(read({ ...PACKAGED, DestinationConfig })?.destination).toEqual(expected);
  });

  it('may have numbers, flags and the topic of parameters', () => {
    const Parameters = { Topic: { Default: 'returns' }, Size: { Default: 7 }, Enabled: { Default: 'false' } };
    const mapping = {
      ...PACKAGED,
      Topics: [{ Ref: 'Topic' }],
      BatchSize: { Ref: 'Size' },
      Enabled: { Ref: 'Enabled' },
    };
    const template = { ...Object(aTemplate({ OrdersMapping: mapping })), Parameters };
    expect(readMappings(template)[0]).toMatchObject({ topic: 'returns', batchRecordsMax: 7, isEnabled: false });
  });

  it('may refer to a parameter, or to what only a resolver of the caller knows', () => {
    expect(read({ ...PACKAGED, EventSourceArn: { Ref: 'ClusterArn' } })?.eventSourceArn).toBe(CLUSTER_ARN);
    const imported = aTemplate({ OrdersMapping: { ...PACKAGED, EventSourceArn: { 'Fn::ImportValue': 'cluster' } } });
    const resolve = (intrinsic: object) => ('Fn::ImportValue' in intrinsic ? 'arn:imported' : 'arn:aws:s3:::letters');
    expect(readMappings(imported, resolve)[0]?.eventSourceArn).toBe('arn:imported');
  });
});

describe("a mapping's schema registry", () => {
  const RIGHT = {
    SchemaRegistryURI: 'http://registry:8081',
    EventRecordFormat: 'SOURCE',
    SchemaValidationConfigs: [{ Attribute: 'VALUE' }, { Attribute: 'KEY' }],
  };
  const withRegistry = (changes: object, properties: object = PACKAGED) => {
    const SchemaRegistryConfig = { ...RIGHT, ...changes };
    return read({ ...properties, AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'g', SchemaRegistryConfig } });
  };

  it('is read with its format and the attributes that it validates', () => {
    expect(withRegistry({})?.schemaRegistry).toEqual({
      ...{ url: 'http://registry:8081', format: 'SOURCE', validated: ['key', 'value'] },
    });
    expect(withRegistry({ SchemaValidationConfigs: undefined })?.schemaRegistry?.validated).toEqual([]);
    expect(read(PACKAGED)?.schemaRegistry).toBeUndefined();
  });

  it.each([
    [
      { SchemaRegistryURI: 'arn:aws:glue:eu-west-1:1:registry/r' },
      'is a registry of AWS Glue, which does not run on this',
    ],
    [{ SchemaRegistryURI: undefined }, 'SchemaRegistryURI: is missing'],
    [{ SchemaRegistryURI: 'registry' }, 'is neither a URL nor the ARN'],
    [{ EventRecordFormat: 'AVRO' }, 'EventRecordFormat: is AVRO; write JSON or SOURCE'],
    [{ SchemaValidationConfigs: [{ Attribute: 'HEADERS' }] }, 'must be a list of { Attribute: KEY }'],
    [{ AccessConfigs: [{ Type: 'BASIC_AUTH', URI: 'arn' }] }, 'AccessConfigs: names secrets of AWS'],
  ])('is refused with %j', (changes, problem) => {
    expect(() => withRegistry(changes)).toThrow(problem);
  });

  it('may be another one, whatever the template names', () => {
    const SchemaRegistryConfig = {
      ...RIGHT,
      SchemaRegistryURI: 'arn:aws:glue:r',
      AccessConfigs: [{ Type: 'BASIC_AUTH' }],
    };
    const config = { ConsumerGroupId: 'g', SchemaRegistryConfig };
    const template = aTemplate({ M: { ...PACKAGED, AmazonManagedKafkaEventSourceConfig: config } });
    expect(readMappings(template, undefined, 'http://local:8081')[0]?.schemaRegistry?.url).toBe('http://local:8081');
  });

  it('is refused on demand', () => {
    expect(() => withRegistry({}, ON_DEMAND)).toThrow('SchemaRegistryConfig: needs ProvisionedPollerConfig');
  });
});

describe("a mapping's function", () => {
  const resources = {
    Sink: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: { 'Fn::Sub': 'sink-${Stage}' } } },
    Other: { Type: 'AWS::Lambda::Function', Properties: {} },
    Live: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: { Ref: 'Sink' }, Name: 'live' } },
    Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { 'Fn::GetAtt': 'Sink.Arn' } } },
  };
  const functionOf = (FunctionName: unknown) => {
    const mapping = { Type: 'AWS::Lambda::EventSourceMapping', Properties: { ...PACKAGED, FunctionName } };
    const DeadLetterBucket = { Type: 'AWS::S3::Bucket' };
    const Parameters = { Stage: { Type: 'String', Default: 'dev' } };
    return readMappings({ Parameters, Resources: { Mapping: mapping, DeadLetterBucket, ...resources } })[0]
      ?.functionLogicalId;
  };

  it.each([
    { 'Fn::GetAtt': ['Sink', 'Arn'] },
    { 'Fn::GetAtt': 'Sink.Arn' },
    { Ref: 'Sink' },
    { Ref: 'Live' },
    { Ref: 'Version' },
    'sink-dev',
    'arn:aws:lambda:eu-west-1:000000000000:function:sink-dev:live',
    { 'Fn::Sub': '${Sink.Arn}' },
    { 'Fn::Join': [':', ['arn:aws:lambda', { Ref: 'AWS::Region' }, '1:function', { Ref: 'Sink' }]] },
  ])('may be named by %j', (name) => {
    expect(functionOf(name)).toBe('Sink');
  });

  it.each(['sink-prod', 'Sink', { Ref: 'Stage' }, { Ref: 'DeadLetterBucket' }])('is not named by %j', (name) => {
    expect(() => functionOf(name)).toThrow('is no function of the template');
  });
});

describe('what Lambda would refuse', () => {
  // https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html: features of provisioned mode
  it.each([
    ['FunctionResponseTypes', ['ReportBatchItemFailures']],
    ['MaximumRetryAttempts', 5],
    ['MaximumRecordAgeInSeconds', 60],
    ['BisectBatchOnFunctionError', true],
  ])('is %s without ProvisionedPollerConfig', (name, value) => {
    expect(() => read({ ...ON_DEMAND, [name]: value })).toThrow(`OrdersMapping.${name}: needs ProvisionedPollerConfig`);
    expect(() => read(ON_DEMAND)).not.toThrow();
  });

  it('is a Kafka destination without ProvisionedPollerConfig', () => {
    const DestinationConfig = { OnFailure: { Destination: 'kafka://orders-dlt' } };
    expect(() => read({ ...ON_DEMAND, DestinationConfig })).toThrow(
      'OrdersMapping.DestinationConfig.OnFailure.Destination: must not be a Kafka topic without ProvisionedPollerConfig',
    );
  });

  it.each([
    ['BatchSize', 0, 'must be 1..10000'],
    ['BatchSize', 10_001, 'must be 1..10000'],
    ['BatchSize', 1.5, 'must be 1..10000'],
    ['MaximumBatchingWindowInSeconds', 301, 'must be 0..300'],
    ['MaximumBatchingWindowInSeconds', -1, 'must be 0..300'],
    ['MaximumRetryAttempts', -2, 'must be -1 or 0..10000'],
    ['MaximumRetryAttempts', 10_001, 'must be -1 or 0..10000'],
    ['MaximumRecordAgeInSeconds', 59, 'must be -1 or 60..604800'],
    ['MaximumRecordAgeInSeconds', 604_801, 'must be -1 or 60..604800'],
    ['Topics', ['orders', 'returns'], 'has 2 topics, but a mapping reads exactly one'],
    ['Topics', [], 'is missing; write a list of one topic'],
    ['StartingPosition', undefined, 'is missing; write TRIM_HORIZON, LATEST or AT_TIMESTAMP'],
    ['StartingPosition', 'EARLIEST', 'is EARLIEST; write TRIM_HORIZON'],
    ['FunctionResponseTypes', ['ReportBatchItemFailure'], 'must be a list that contains only ReportBatchItemFailures'],
    [
      'ProvisionedPollerConfig',
      { MinimumPollers: 3, MaximumPollers: 2 },
      'MinimumPollers 3 is more than MaximumPollers 2',
    ],
    [
      'FunctionName',
      { 'Fn::GetAtt': ['SlowLambdaFunction', 'Arn'] },
      'has Timeout 900; a function behind Kafka may have at most 840 s',
    ],
    ['FunctionName', { 'Fn::GetAtt': ['DeadLetterBucket', 'Arn'] }, 'is no function of the template'],
    ['FunctionResponseTypes', ['ReportBatchItemFailures', 'Other'], 'must be a list that contains only'],
    ['FunctionName', undefined, 'is missing; write Fn::GetAtt of the function'],
    ['EventSourceArn', undefined, 'is missing; write the ARN of the MSK cluster'],
    ['DestinationConfig', { OnSuccess: { Destination: 'x' } }, 'is not supported for Kafka: remove it'],
    ['AmazonManagedKafkaEventSourceConfig', { ConsumerGroupId: 'a b' }, 'must have 1 to 200 characters'],
    ['AmazonManagedKafkaEventSourceConfig', { ConsumerGroupId: 'a'.repeat(201) }, 'must have 1 to 200 characters'],
    ['SelfManagedKafkaEventSourceConfig', {}, 'is for self-managed Kafka'],
    ['BatchSizes', 5, 'is not a property of a mapping for MSK'],
    ['SelfManagedEventSource', {}, 'is for self-managed Kafka'],
    ['FilterCriteria', { Filters: [{ Pattern: '{"key":["a"]}' }] }, 'Lambda filters Kafka records by their value'],
    ['EventSourceArn', { 'Fn::ImportValue': 'cluster' }, 'is known only in AWS'],
  ])('is %s: %j', (name, value, problem) => {
    expect(() => read({ ...PACKAGED, [name]: value })).toThrow(problem);
    expect(() => read({ ...PACKAGED, [name]: value })).toThrow(`OrdersMapping.${name}`);
  });

  it('is AT_TIMESTAMP without its timestamp', () => {
    expect(() => read({ ...PACKAGED, StartingPosition: 'AT_TIMESTAMP' })).toThrow(
      'OrdersMapping.StartingPositionTimestamp: is missing',
    );
  });

  it.each([
    ['arn:aws:sqs:eu-west-1:1:letters.fifo', 'FIFO'],
    ['kafka://orders', "is the mapping's own topic"],
    ['letters', 'must be the ARN of a bucket, queue or topic, or kafka://<topic>'],
  ])('is the destination %s', (destination, problem) => {
    expect(() => read({ ...PACKAGED, DestinationConfig: { OnFailure: { Destination: destination } } })).toThrow(
      problem,
    );
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/kafka-consumer-group-id.html
  it('is one consumer group for two mappings', () => {
    expect(() => readMappings(aTemplate({ OrdersMapping: PACKAGED, OtherMapping: PACKAGED }))).toThrow(
      'OtherMapping.AmazonManagedKafkaEventSourceConfig.ConsumerGroupId: "msk-sinks-prod-kinesis" is also the group of OrdersMapping',
    );
  });

  it('is told all at once', () => {
    const properties = { ...PACKAGED, BatchSize: 0, MaximumBatchingWindowInSeconds: 301 };
    expect(() => read(properties)).toThrow('OrdersMapping.BatchSize');
    expect(() => read(properties)).toThrow('OrdersMapping.MaximumBatchingWindowInSeconds');
  });

  it('is a file that is no template', () => {
    expect(() => readMappings([])).toThrow('the template has no Resources');
  });
});
