import { type Broken, MAPPINGS, probed } from '../a-stage-in-aws.ts';
import type { Fault } from './fault.ts';

const mappings = (...all: readonly object[]): Broken => ({
  answers: { 'lambda list-event-source-mappings': { EventSourceMappings: all } },
});
const [ofKinesis = {}, ofDocumentdb = {}] = MAPPINGS;

/** What was deployed, and what watches it. */
export const FAULTS_OF_THE_DEPLOYMENT: readonly Fault[] = [
  [
    'no bucket',
    { answers: { 's3api get-public-access-block': 'NoSuchBucket' } },
    'dead-letter bucket',
    'warning',
    /does not exist/,
    /deploy/,
  ],
  [
    'a bucket that can be made public',
    { answers: { 's3api get-public-access-block': { PublicAccessBlockConfiguration: { BlockPublicAcls: true } } } },
    ...(['dead-letter bucket', 'failed', /can be made public/, /restore/] as const),
  ],
  [
    'too little concurrency',
    {
      answers: {
        'lambda get-account-settings': {
          AccountLimit: { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 },
        },
      },
    },
    ...(['concurrency', 'failed', /10 of 10 are not reserved/, /request-service-quota-increase/] as const),
  ],
  [
    'more reserved concurrency than the account can spare',
    {
      stageFile: { kinesisSink: { reservedConcurrency: 40 } },
      answers: {
        'lambda get-account-settings': {
          AccountLimit: { ConcurrentExecutions: 200, UnreservedConcurrentExecutions: 120 },
        },
        'lambda get-function-concurrency': { ReservedConcurrentExecutions: 10 },
      },
    },
    ...([
      'kinesisSink: reserved concurrency',
      'failed',
      /is 40, but the account can reserve 30/,
      /L-B99A9384/,
    ] as const),
  ],
  [
    'less reserved concurrency than pollers',
    { stageFile: { kinesisSink: { reservedConcurrency: 1 } } },
    ...([
      'kinesisSink: reserved concurrency',
      'warning',
      /1 for up to \d+ pollers/,
      /raise reservedConcurrency/,
    ] as const),
  ],
  [
    'more memory than a new account allows',
    {
      stageFile: { documentdbSink: { memoryMb: 4096 } },
      answers: { 'lambda get-function-configuration msk-sinks-dev-documentdbSink': 'ResourceNotFoundException' },
    },
    ...(['documentdbSink: memory', 'warning', /not checked: memoryMb is 4096/, /lower memoryMb/] as const),
  ],
  [
    'a mapping with another group than the stage file',
    mappings({ ...ofKinesis, AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'older' } }, ofDocumentdb),
    ...(['kinesisSink: group of orders', 'warning', /commits to older/, /trigger\.consumerGroupId to older/] as const),
  ],
  [
    'a group whose lag nobody measures',
    { answers: { 'cloudwatch get-metric-statistics': { Datapoints: [] } } },
    ...([
      'kinesisSink: group of orders',
      'warning',
      /msk-sinks-dev-kinesisSink-orders; its offsets are not checked/,
      /--describe --group msk-sinks-dev-kinesisSink-orders/,
    ] as const),
  ],
  [
    'a key that is disabled',
    { answers: { 'kms describe-key': { KeyMetadata: { KeyManager: 'CUSTOMER', KeyState: 'Disabled' } } } },
    ...(['encryption', 'failed', /is Disabled/, /aws kms enable-key/] as const),
  ],
  [
    'no such key',
    { answers: { 'kms describe-key': 'NotFoundException' } },
    'encryption',
    'failed',
    /does not exist/,
    /key/,
  ],
  [
    'a key that the writer may not use',
    {
      answers: {
        'iam simulate-principal-policy kms:GenerateDataKey': { EvaluationResults: [{ EvalDecision: 'implicitDeny' }] },
      },
    },
    ...(['the right to the key', 'failed', /may not use arn:aws:kms/, /KmsKeyArn=arn:aws:kms/] as const),
  ],
  [
    'no stack',
    { answers: { 'cloudformation describe-stacks': 'ValidationError' } },
    'stack',
    'warning',
    /not deployed/,
    /serverless deploy --stage dev/,
  ],
  [
    'a stack that was rolled back',
    { answers: { 'cloudformation describe-stacks': { Stacks: [{ StackStatus: 'ROLLBACK_COMPLETE' }] } } },
    'stack',
    'failed',
    /ROLLBACK_COMPLETE/,
    /remove/,
  ],
  [
    'a function that could not be made',
    {
      answers: {
        'lambda get-function-configuration msk-sinks-dev-kinesisSink': { State: 'Failed', StateReason: 'no network' },
      },
    },
    ...(['kinesisSink', 'failed', /Failed: no network/, /deploy again/] as const),
  ],
  [
    'settings that are not deployed',
    { stageFile: { kinesisSink: { memoryMb: 1024 } } },
    'kinesisSink: settings',
    'warning',
    /differs: memoryMb/,
    /deploy/,
  ],
  [
    'a mapping that is disabled',
    mappings({ ...ofKinesis, State: 'Disabled' }, ofDocumentdb),
    'kinesisSink: mapping of orders',
    'failed',
    /Disabled/,
    /deploy again/,
  ],
  [
    'a mapping that cannot read',
    mappings(ofKinesis, { ...ofDocumentdb, LastProcessingResult: 'PROBLEM: Cluster failed to authorize Lambda.' }),
    ...(['documentdbSink: mapping of orders', 'failed', /failed to authorize/, /first-deploy\.md/] as const),
  ],
  [
    'a consumer group that another function reads with',
    mappings(ofKinesis, ofDocumentdb, {
      ...ofKinesis,
      FunctionArn: 'arn:aws:lambda:eu-west-1:111111111111:function:other',
    }),
    ...(['kinesisSink: mapping of orders', 'failed', /also reads for .*function:other/, /consumerGroupId/] as const),
  ],
  [
    'a function that cannot log in',
    {
      answers: {
        'probe msk-sinks-dev-documentdbSink': probed({ title: 'connection', status: 'failed', found: 'access denied' }),
      },
    },
    ...(['documentdbSink: connection', 'failed', /access denied/, /operations\.md/] as const),
  ],
  [
    'a business key without its index',
    {
      answers: {
        'probe msk-sinks-dev-documentdbSink': probed({
          ...{
            title: 'index for orders',
            status: 'warning',
            found: 'has no unique index on sku',
            remedy: 'mongosh: x',
          },
        }),
      },
    },
    ...(['documentdbSink: index for orders', 'warning', /no unique index on sku/, /^mongosh: x$/] as const),
  ],
  [
    'a function that throws',
    { answers: { 'lambda invoke msk-sinks-dev-kinesisSink': { StatusCode: 200, FunctionError: 'Unhandled' } } },
    ...(['kinesisSink: its own view', 'failed', /threw/, /serverless logs --stage dev -f kinesisSink/] as const),
  ],
  [
    'an older version of the functions',
    { answers: { 'probe msk-sinks-dev-kinesisSink': { batchItemFailures: [] } } },
    ...(['kinesisSink: its own view', 'warning', /knows no probe/, /deploy/] as const),
  ],
  ['no topic for alarms', { stageFile: { alarms: {} } }, 'alarms', 'warning', /the stage has none/, /alarms\.topicArn/],
  [
    'no such topic for alarms',
    { answers: { 'sns get-topic-attributes': 'NotFound' } },
    "alarms' topic",
    'failed',
    /does not exist/,
    /create the topic/,
  ],
  [
    'nobody who takes the alarms',
    { answers: { 'sns get-topic-attributes': { Attributes: { SubscriptionsConfirmed: '0' } } } },
    "alarms' topic",
    'warning',
    /no confirmed subscriber/,
    /subscribe/,
  ],
  [
    'a raised alarm',
    { answers: { 'cloudwatch describe-alarms': { MetricAlarms: [{ AlarmName: 'Stands', StateValue: 'ALARM' }] } } },
    ...(['alarms', 'failed', /raised: Stands/, /operations\.md/] as const),
  ],
];
