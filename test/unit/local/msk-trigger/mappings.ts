import type { Mapping } from '../../../../local/msk-trigger/mapping/mapping.ts';

export const CLUSTER_ARN = 'arn:aws:kafka:eu-west-1:111111111111:cluster/orders/66666666-7777-8888-9999-000000000000-2';

/** A provisioned mapping with partial failures, small batches and no window. */
export function aMapping(changes: Partial<Mapping> = {}): Mapping {
  return {
    logicalId: 'OrdersMapping',
    functionLogicalId: 'KinesisSinkLambdaFunction',
    isEnabled: true,
    eventSourceArn: CLUSTER_ARN,
    topic: 'orders',
    consumerGroupId: 'msk-sinks-test',
    startingPosition: { kind: 'TRIM_HORIZON' },
    filters: [],
    batchRecordsMax: 4,
    windowMs: 0,
    pollers: { min: 1, max: 2 },
    reportsItemFailures: true,
    retriesMax: 10_000,
    recordAgeMaxMs: Number.POSITIVE_INFINITY,
    bisects: false,
    destination: undefined,
    ...changes,
  };
}

/** The mapping osls makes of the example of a whole serverless.yml, as properties of the resource. */
export const PACKAGED = {
  FunctionName: { 'Fn::GetAtt': ['KinesisSinkLambdaFunction', 'Arn'] },
  EventSourceArn: CLUSTER_ARN,
  Topics: ['orders'],
  StartingPosition: 'TRIM_HORIZON',
  AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'msk-sinks-prod-kinesis' },
  BatchSize: 500,
  MaximumBatchingWindowInSeconds: 1,
  ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 12, PollerGroupName: 'msk-sinks-prod' },
  FunctionResponseTypes: ['ReportBatchItemFailures'],
  BisectBatchOnFunctionError: true,
  MaximumRetryAttempts: 5,
  MaximumRecordAgeInSeconds: 86_400,
  DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['DeadLetterBucket', 'Arn'] } } },
  MetricsConfig: { Metrics: ['EventCount', 'ErrorCount', 'KafkaMetrics'] },
  LoggingConfig: { SystemLogLevel: 'WARN' },
} as const;

/** A template around mappings: their function, a bucket and a queue. */
export function aTemplate(mappings: Readonly<Record<string, object>>): unknown {
  const resources = Object.entries(mappings).map(([logicalId, properties]) => [
    logicalId,
    { Type: 'AWS::Lambda::EventSourceMapping', Properties: properties },
  ]);
  return {
    Parameters: { ClusterArn: { Type: 'String', Default: CLUSTER_ARN } },
    Resources: {
      KinesisSinkLambdaFunction: { Type: 'AWS::Lambda::Function', Properties: { Timeout: 120 } },
      SlowLambdaFunction: { Type: 'AWS::Lambda::Function', Properties: { Timeout: 900 } },
      DeadLetterBucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'letters-prod' } },
      Unnamed: { Type: 'AWS::S3::Bucket' },
      JobsMapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { EventSourceArn: 'arn:aws:sqs:eu-west-1:1:jobs' },
      },
      ...Object.fromEntries(resources),
    },
  };
}
