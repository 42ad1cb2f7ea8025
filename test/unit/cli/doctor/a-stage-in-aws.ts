import { writeFileSync } from 'node:fs';
import { askWith, type CliResult, type RunCli } from '../../../../cli/doctor/ask.ts';
import type { Finding } from '../../../../cli/doctor/finding.ts';
import { examine } from '../../../../cli/doctor/run.ts';
import { readStageFile } from '../../../../infra/stage-file/read-stage-file.ts';
import type { ProbeFinding } from '../../../../shared/probe/probe.ts';
import { aStageFile, type StageFileChanges } from '../../../support/a-stage-file.ts';

/** The answers of the AWS CLI, by the words after `aws`. A text: the code of an error. */
export type Answers = Readonly<Record<string, unknown>>;

const TOPIC_ARN = 'arn:aws:sns:eu-west-1:111111111111:on-call';
const deployment = readStageFile('msk-sinks', 'dev', aStageFile({ alarms: { topicArn: TOPIC_ARN } }));
const [kinesisSink, documentdbSink] = deployment.functions;
const { file } = deployment;

const mapping = (functionName: string, group: string) => ({
  FunctionArn: `arn:aws:lambda:eu-west-1:111111111111:function:${functionName}`,
  Topics: ['orders'],
  State: 'Enabled',
  LastProcessingResult: 'OK',
  AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: group },
});

export const MAPPINGS = [
  mapping('msk-sinks-dev-kinesisSink', 'msk-sinks-dev-kinesisSink-orders'),
  mapping('msk-sinks-dev-documentdbSink', 'msk-sinks-dev-documentdbSink-orders'),
];

export const CLUSTER = {
  ClusterName: 'orders-dev',
  ClusterType: 'PROVISIONED',
  State: 'ACTIVE',
  Provisioned: {
    ClientAuthentication: { Sasl: { Iam: { Enabled: true } } },
    BrokerNodeGroupInfo: { SecurityGroups: ['sg-1'] },
  },
};

export const KEY_ARN = 'arn:aws:kms:eu-west-1:222222222222:key/k-1';

export const STREAM = {
  StreamStatus: 'ACTIVE',
  OpenShardCount: 4,
  MaxRecordSizeInKiB: 1024,
  EncryptionType: 'KMS',
  KeyId: KEY_ARN,
};

const configurationOf = (each: typeof kinesisSink) => ({
  State: 'Active',
  LastUpdateStatus: 'Successful',
  MemorySize: each?.memoryMb,
  Timeout: each?.timeoutSeconds,
  Environment: { Variables: each?.environment },
});

/** The trust of infra/stream-account.yml. */
export const trustOf = (writer: string, externalId: string | undefined) => ({
  Role: {
    AssumeRolePolicyDocument: {
      Statement: [
        {
          Condition: {
            ArnEquals: { 'aws:PrincipalArn': writer },
            ...(externalId !== undefined && { StringEquals: { 'sts:ExternalId': externalId } }),
          },
        },
      ],
    },
  },
});

export const WRITER = 'arn:aws:iam::111111111111:role/msk-sinks-dev-kinesis';

export const probed = (...findings: readonly ProbeFinding[]) => ({
  ...{ mskSinks: 'probe', batchItemFailures: [] },
  findings,
});

/** A stage without a fault. */
const GOOD: Answers = {
  'sts get-caller-identity': { Account: '111111111111', Arn: 'arn:aws:iam::111111111111:user/operator' },
  'kafka describe-cluster-v2': { ClusterInfo: CLUSTER },
  'kafka describe-topic': { PartitionCount: 12 },
  'ec2 describe-security-groups': {
    SecurityGroups: [
      { GroupId: 'sg-1', IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-1' }] }] },
    ],
  },
  'iam simulate-principal-policy': { EvaluationResults: [{ EvalDecision: 'allowed' }] },
  'iam get-role': trustOf(WRITER, file.kinesisSink?.externalId),
  'kms describe-key': { KeyMetadata: { Arn: KEY_ARN, KeyManager: 'CUSTOMER', KeyState: 'Enabled' } },
  'kinesis describe-stream-summary': { StreamDescriptionSummary: STREAM },
  'secretsmanager get-secret-value': {
    SecretString: '{"host":"docdb","port":27017,"username":"sink","password":"not-to-be-printed"}',
  },
  'ec2 describe-subnets': { Subnets: [{ VpcId: 'vpc-1' }, { VpcId: 'vpc-1' }] },
  'ec2 describe-vpc-attribute': { EnableDnsSupport: { Value: true } },
  'ec2 describe-vpc-endpoints': {
    VpcEndpoints: ['s3', 'secretsmanager'].map((name) => ({ ServiceName: `com.amazonaws.eu-west-1.${name}` })),
  },
  's3api get-public-access-block': {
    PublicAccessBlockConfiguration: {
      ...{ BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
    },
  },
  's3api head-object': { ContentLength: 4_000 },
  'lambda get-account-settings': {
    AccountLimit: { ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: 1_000 },
  },
  'cloudformation describe-stacks': { Stacks: [{ StackStatus: 'UPDATE_COMPLETE' }] },
  'lambda get-function-configuration msk-sinks-dev-kinesisSink': configurationOf(kinesisSink),
  'lambda get-function-configuration msk-sinks-dev-documentdbSink': configurationOf(documentdbSink),
  'lambda list-event-source-mappings': { EventSourceMappings: MAPPINGS },
  'cloudwatch get-metric-statistics': {
    Datapoints: [
      { Timestamp: '2026-11-28T23:55:00Z', Maximum: 3 },
      { Timestamp: '2026-11-28T23:50:00Z', Maximum: 900 },
    ],
  },
  'lambda get-function-concurrency': {},
  'lambda invoke': { StatusCode: 200 },
  'probe msk-sinks-dev-kinesisSink': probed({ title: 'stream', status: 'ok', found: 'ACTIVE' }),
  'probe msk-sinks-dev-documentdbSink': probed({ title: 'connection', status: 'ok', found: 'TLS and login succeed' }),
  'sns get-topic-attributes': { Attributes: { SubscriptionsConfirmed: '1' } },
  'cloudwatch describe-alarms': { MetricAlarms: [{ AlarmName: 'a', StateValue: 'OK' }], CompositeAlarms: [] },
};

const failure = (code: string): CliResult => ({
  exitCode: 254,
  stdout: '',
  stderr: `\nAn error occurred (${code}) when calling the Operation operation: a text of AWS\n`,
});

/** The AWS CLI before a stage without a fault, but for the changed answers. */
export const cliWith =
  (changes: Answers): RunCli =>
  (args) => {
    const command = args.slice(0, 2).join(' ');
    const answers = { ...GOOD, ...changes };
    const functionName = args[args.indexOf('--function-name') + 1];
    const action = args[args.indexOf('--action-names') + 1];
    const answer = answers[`${command} ${functionName}`] ?? answers[`${command} ${action}`] ?? answers[command];
    if (command === 'lambda invoke') writeFileSync(args[2] ?? '', JSON.stringify(answers[`probe ${functionName}`]));
    if (answer === undefined) throw new Error(`no answer to aws ${command}`);
    if (typeof answer === 'string') return Promise.resolve(failure(answer));
    return Promise.resolve({ exitCode: 0, stdout: JSON.stringify(answer), stderr: '' });
  };

export interface Broken {
  /** Of AWS. */
  readonly answers?: Answers;
  /** Of the stage file. */
  readonly stageFile?: StageFileChanges;
  readonly withoutStreamProfile?: boolean;
  readonly run?: RunCli;
  readonly progress?: (doneCount: number, count: number) => void;
}

/** What the doctor says of a stage with these faults. */
export function findingsOf({
  answers = {},
  stageFile = {},
  withoutStreamProfile,
  run,
  progress,
}: Broken = {}): Promise<readonly Finding[]> {
  const cli = run ?? cliWith(answers);
  const context = {
    deployment: readStageFile('msk-sinks', 'dev', aStageFile({ alarms: { topicArn: TOPIC_ARN }, ...stageFile })),
    ask: askWith(cli, 'eu-west-1'),
    askStreamAccount: withoutStreamProfile ? undefined : askWith(cli, 'eu-west-1', 'account-b'),
    nowMs: Date.UTC(2026, 10, 29),
  };
  return examine(context, progress);
}
