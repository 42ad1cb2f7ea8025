import { describe, expect, it } from 'vitest';
import { parseDoctorOptions } from '../../../../cli/doctor/options.ts';
import { tableOf } from '../../../../cli/doctor/print.ts';
import { type Broken, CLUSTER, findingsOf, MAPPINGS, probed, STREAM, trustOf, WRITER } from './a-stage-in-aws.ts';

const stream = (changes: object): Broken => ({
  answers: { 'kinesis describe-stream-summary': { StreamDescriptionSummary: { ...STREAM, ...changes } } },
});
const cluster = (changes: object): Broken => ({
  answers: { 'kafka describe-cluster-v2': { ClusterInfo: { ...CLUSTER, ...changes } } },
});
const mappings = (...all: readonly object[]): Broken => ({
  answers: { 'lambda list-event-source-mappings': { EventSourceMappings: all } },
});
const [ofKinesis = {}, ofDocumentdb = {}] = MAPPINGS;

type Row = readonly [
  name: string,
  broken: Broken,
  title: string,
  status: 'warning' | 'failed',
  found: RegExp,
  remedy: RegExp,
];

/** One fault at a time. */
const FAULTS: readonly Row[] = [
  [
    'credentials of another account',
    { answers: { 'sts get-caller-identity': { Account: '999999999999', Arn: 'x' } } },
    ...(['credentials', 'failed', /of account 999999999999/, /sign in to 111111111111/] as const),
  ],
  [
    'no such cluster',
    { answers: { 'kafka describe-cluster-v2': 'NotFoundException' } },
    'cluster',
    'failed',
    /does not exist/,
    /cluster\.arn/,
  ],
  ['a cluster that is being made', cluster({ State: 'CREATING' }), 'cluster', 'failed', /CREATING/, /wait/],
  [
    'another authentication',
    cluster({ Provisioned: { ClientAuthentication: { Sasl: { Scram: { Enabled: true } } } } }),
    ...(['authentication', 'failed', /iam is not enabled, but saslScram512/, /cluster\.authentication/] as const),
  ],
  [
    'a security group that does not let itself in',
    { answers: { 'ec2 describe-security-groups': { SecurityGroups: [{ GroupId: 'sg-1', IpPermissions: [] }] } } },
    ...([
      "cluster's security groups",
      'failed',
      /port 9098/,
      /--group-id sg-1 --protocol tcp --port 9098 --source-group sg-1/,
    ] as const),
  ],
  [
    'a security group that lets itself in on another port',
    {
      answers: {
        'ec2 describe-security-groups': {
          SecurityGroups: [
            {
              GroupId: 'sg-1',
              IpPermissions: [
                { IpProtocol: 'tcp', FromPort: 9092, ToPort: 9096, UserIdGroupPairs: [{ GroupId: 'sg-1' }] },
                { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-2' }] },
              ],
            },
          ],
        },
      },
    },
    ...(["cluster's security groups", 'failed', /none of sg-1/, /authorize-security-group-ingress/] as const),
  ],
  [
    'no such topic',
    { answers: { 'kafka describe-topic': 'NotFoundException' } },
    'topic orders',
    'failed',
    /does not exist/,
    /create the topic/,
  ],
  [
    'more pollers than partitions',
    { answers: { 'kafka describe-topic': { PartitionCount: 1 } } },
    'topic orders',
    'warning',
    /1 partitions for at most/,
    /pollersMax to 1/,
  ],
  [
    'a role that may not assume',
    {
      answers: {
        'iam simulate-principal-policy sts:AssumeRole': { EvaluationResults: [{ EvalDecision: 'implicitDeny' }] },
      },
    },
    ...(["the function's role", 'failed', /implicitDeny/, /permissionsBoundaryArn/] as const),
  ],
  [
    'no role in account B',
    { answers: { 'iam get-role': 'NoSuchEntity' } },
    'the role in account B',
    'failed',
    /does not exist/,
    /stream-account\.yml/,
  ],
  [
    'a role that trusts another',
    { answers: { 'iam get-role': trustOf('arn:aws:iam::111111111111:role/another', 'msk-sinks-dev') } },
    ...(['the role in account B', 'failed', /does not name .*msk-sinks-dev-kinesis/, /WriterRoleArn=/] as const),
  ],
  [
    'another external id',
    { answers: { 'iam get-role': trustOf(WRITER, 'other') } },
    'the role in account B',
    'failed',
    /another external id/,
    /both accounts/,
  ],
  [
    'no external id in account B',
    { answers: { 'iam get-role': trustOf(WRITER, undefined) } },
    'the role in account B',
    'warning',
    /without an external id/,
    /ExternalId/,
  ],
  [
    'no external id in the stage file',
    { stageFile: { kinesisSink: { externalId: undefined } } },
    ...(['the role in account B', 'failed', /asks for an external id/, /kinesisSink\.externalId/] as const),
  ],
  [
    'no such stream',
    { answers: { 'kinesis describe-stream-summary': 'ResourceNotFoundException' } },
    'stream',
    'failed',
    /does not exist/,
    /streamArn/,
  ],
  ['a stream that is being deleted', stream({ StreamStatus: 'DELETING' }), 'stream', 'failed', /DELETING/, /ACTIVE/],
  [
    'records larger than the stream takes',
    { stageFile: { kinesisSink: { recordKiBMax: 2048 } } },
    ...([
      'record size',
      'failed',
      /recordKiBMax is 2048, but the stream takes 1024 KiB/,
      /MaxRecordSizeInKiB/,
    ] as const),
  ],
  [
    'a stream that ignores keys',
    stream({ RecordDistributionStrategy: 'AUTO' }),
    'distribution',
    'failed',
    /AUTO/,
    /ordering: none/,
  ],
  [
    'a stream without encryption',
    stream({ EncryptionType: 'NONE' }),
    'encryption',
    'warning',
    /not encrypted/,
    /start-stream-encryption/,
  ],
  [
    'no such secret',
    { answers: { 'secretsmanager get-secret-value': 'ResourceNotFoundException' } },
    "DocumentDB's secret",
    'failed',
    /does not exist/,
    /secretArn/,
  ],
  [
    'a secret that is no JSON',
    { answers: { 'secretsmanager get-secret-value': { SecretString: 'p' } } },
    "DocumentDB's secret",
    'failed',
    /lacks JSON/,
    /as JSON/,
  ],
  [
    'a secret without a password',
    { answers: { 'secretsmanager get-secret-value': { SecretString: '{"host":"h","username":"u"}' } } },
    ...(["DocumentDB's secret", 'failed', /lacks password/, /as JSON/] as const),
  ],
  [
    'a CA bundle that is not there',
    { stageFile: { documentdbSink: { caBundle: 's3://trust/ca.pem' } }, answers: { 's3api head-object': '404' } },
    ...(['CA bundle', 'failed', /s3:\/\/trust\/ca\.pem does not exist/, /upload/] as const),
  ],
  [
    'no such subnet',
    { answers: { 'ec2 describe-subnets': 'InvalidSubnetID.NotFound' } },
    "documentdbSink's subnets",
    'failed',
    /does not exist/,
    /subnetIds/,
  ],
  [
    'subnets of two VPCs',
    { answers: { 'ec2 describe-subnets': { Subnets: [{ VpcId: 'vpc-1' }, { VpcId: 'vpc-2' }] } } },
    ...(["documentdbSink's subnets", 'failed', /2 VPCs/, /one VPC/] as const),
  ],
  [
    'a VPC without DNS',
    { answers: { 'ec2 describe-vpc-attribute': { EnableDnsSupport: { Value: false } } } },
    'DNS of the VPC',
    'failed',
    /not enabled/,
    /--vpc-id vpc-1/,
  ],
  [
    'no endpoints',
    { answers: { 'ec2 describe-vpc-endpoints': { VpcEndpoints: [] } } },
    'endpoints of the VPC',
    'warning',
    /none for s3, secretsmanager/,
    /endpoints\.yml/,
  ],
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

describe('the doctor', () => {
  it('finds nothing to do on a good stage', async () => {
    const findings = await findingsOf();
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(findings.length).toBeGreaterThan(20);
  });

  it.each(FAULTS)('names %s in its row, with what to do', async (_name, broken, title, status, found, remedy) => {
    const row = (await findingsOf(broken)).find((each) => each.title === title);
    expect(row).toMatchObject({ status, found: expect.stringMatching(found), remedy: expect.stringMatching(remedy) });
  });

  it.each(FAULTS)('calls no other row failed because of %s', async (_name, broken, title) => {
    const failed = (await findingsOf(broken)).filter((each) => each.status === 'failed' && each.title !== title);
    expect(failed).toEqual([]);
  });

  it("names a key that serves only the stream's account, where the function writes without a role", async () => {
    const kinesisSink = { roleArn: undefined, externalId: undefined };
    const { answers = {} } = stream({ KeyId: 'alias/aws/kinesis' });
    const row = (await findingsOf({ stageFile: { kinesisSink }, answers })).find(({ title }) => title === 'encryption');
    expect(row).toMatchObject({ status: 'failed', found: expect.stringContaining("stream's own account alone") });
  });

  it('names the right that the credentials lack, and goes on', async () => {
    const findings = await findingsOf({ answers: { 'lambda list-event-source-mappings': 'AccessDeniedException' } });
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([
      {
        title: 'mappings',
        status: 'warning',
        found: 'not checked: these credentials lack lambda:ListEventSourceMappings',
        remedy: 'allow lambda:ListEventSourceMappings, or ask somebody who has it',
      },
    ]);
  });

  it.each([
    ['Unable to locate credentials. You can configure credentials by running "aws configure".', 'no credentials'],
    ['Could not connect to the endpoint URL: "https://sts.eu-west-1.amazonaws.com/"', 'AWS is not reachable'],
    ['The config profile (dev) could not be found', 'the profile does not exist'],
    ['something that nobody has seen before', 'the AWS CLI failed without a code'],
  ])('makes a table without credentials, and asks nothing else: %s', async (stderr, words) => {
    let count = 0;
    const run = () => {
      count += 1;
      return Promise.resolve({ exitCode: 255, stdout: '', stderr });
    };
    const table = tableOf(await findingsOf({ run }), false);
    expect(table).toContain(`FAILED   credentials      ${words}`);
    expect(table).toContain('0 ok, 1 warnings, 1 failed');
    expect(count).toBe(1);
  });

  it('says how to get the AWS CLI where it is missing', async () => {
    const run = () => Promise.resolve({ exitCode: undefined, stdout: '', stderr: '' });
    const [row] = await findingsOf({ run });
    expect(row).toMatchObject({
      found: 'the AWS CLI is not installed',
      remedy: expect.stringContaining('https://aws.amazon.com/cli/'),
    });
  });

  it("leaves the stream's account alone without a profile of it", async () => {
    const findings = await findingsOf({ withoutStreamProfile: true });
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([
      expect.objectContaining({ title: 'the role in account B', remedy: expect.stringContaining('--stream-profile') }),
      expect.objectContaining({ title: 'stream', remedy: expect.stringContaining('--stream-profile') }),
    ]);
  });

  it('says how far a group is behind, by the newest measurement', async () => {
    const rows = (await findingsOf()).filter(({ title }) => title.includes('group of'));
    expect(rows.map(({ found }) => found)).toEqual([
      'msk-sinks-dev-kinesisSink-orders, at most 3 records of a partition behind',
      'msk-sinks-dev-documentdbSink-orders, at most 3 records of a partition behind',
    ]);
  });

  it('tells its progress, check by check', async () => {
    const told: string[] = [];
    await findingsOf({ progress: (done, count) => told.push(`${done}/${count}`) });
    expect(told[0]).toMatch(/^1\//);
    expect(told.at(-1)).toBe(`${told.length}/${told.length}`);
  });

  it('prints no value of the secret', async () => {
    expect(JSON.stringify(await findingsOf())).not.toContain('not-to-be-printed');
  });
});

describe('the arguments of the doctor', () => {
  it('are a stage, a profile of the other account, and the form', () => {
    expect(parseDoctorOptions(['--stage', 'dev', '--stream-profile', 'b', '--json'])).toEqual({
      ...{ stage: 'dev', streamProfile: 'b', json: true, retries: undefined },
    });
  });

  it('are, for the retries, the brokers or a dry run', () => {
    expect(parseDoctorOptions(['--stage', 'dev', '--retries', '--dry-run'])).toMatchObject({
      retries: { dryRun: true, brokers: undefined },
    });
    expect(parseDoctorOptions(['--stage', 'dev', '--retries', '--bootstrap', 'b:1', '--login', 'iam'])).toMatchObject({
      retries: { dryRun: false, brokers: { bootstrapServers: 'b:1', login: { kind: 'iam' } } },
    });
    expect(() => parseDoctorOptions(['--stage', 'dev', '--dry-run'])).toThrow('belong to --retries');
  });

  it.each([[[]], [['--stage']], [['--stages', 'dev']]])('explain themselves when they are %j', (args) => {
    expect(() => parseDoctorOptions(args)).toThrow(/npm run doctor -- --stage STAGE/);
  });
});
