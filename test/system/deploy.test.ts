// `serverless deploy --stage dev` for real, against an AWS on this machine with two accounts, over TLS, every request
// signed and every policy evaluated, by somebody with the permissions that docs/first-deploy.md names: the templates, the
// deployed functions, a change, a removal, and all of it a second time. The tests build on each other, in this order.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { askWith } from '../../cli/doctor/ask.ts';
import { findRetries } from '../../cli/doctor/retries/run.ts';
import { scratchOf } from '../../cli/doctor/retries/scratch.ts';
import { examine } from '../../cli/doctor/run.ts';
import { readStageFile } from '../../infra/stage-file/read-stage-file.ts';
import { systemClock } from '../../shared/time/clock.ts';
import {
  ACCOUNT_A,
  BUCKET,
  CLUSTER,
  DATABASE,
  type DevStage,
  EXTERNAL_ID,
  eventFile,
  openDevStage,
  REGION,
  STACK,
  STREAM_ARN,
  STREAM_ROLE_ARN,
} from '../support/deploy/dev-stage.ts';
import { buildProbe, createRoleProbe, type RoleProbe } from '../support/deploy/role-probe.ts';
import { endpointsOf } from '../support/engines-of-run.ts';

const CLUSTER_ARN = `arn:aws:kafka:${REGION}:${ACCOUNT_A}:cluster/${CLUSTER}`;
/** The shortest there may be: a function without access to its target uses it up. */
const TIMEOUT_SECONDS = 15;
const NOTHING_FAILED = { batchItemFailures: [] };
const DENIED = /\(AccessDenied(Exception)?\)/;
/** The letter of the one record in deploy-orders.json that is no document. */
const LETTER_KEY = `dead-letters/documentdbSink/orders/0/${'43'.padStart(20, '0')}-`;
const THE_LETTER = [expect.stringMatching(new RegExp(`^${LETTER_KEY}[0-9a-f]{16}[.]json$`))];

const functions = [
  { name: 'kinesisSink', role: 'msk-sinks-dev-kinesis', memoryMb: 512, bisectBatch: false },
  { name: 'documentdbSink', role: 'msk-sinks-dev-documentdb', memoryMb: 1024, bisectBatch: true },
] as const;

let stage: DevStage;
const aws: DevStage['accountA']['aws'] = (...command) => stage.accountA.aws(...command);

const devFile = () => join(stage.folder, 'project', 'config', 'dev.yml');
const neverStopped = new AbortController();

beforeAll(async () => {
  stage = await openDevStage(await endpointsOf(inject('runFolder')));
  await stage.serverless('deploy', '--stage', 'dev');
});
afterAll(() => stage?.close());

describe.each(functions)('$name, once deployed', ({ name, role, memoryMb, bisectBatch }) => {
  it('has its runtime, its size, its role, its network and its tags', async () => {
    const found = await aws('lambda get-function', { 'function-name': `${STACK}-${name}` });
    const network = {
      kinesisSink: { SubnetIds: [], SecurityGroupIds: [] },
      documentdbSink: {
        SubnetIds: ['subnet-0aaaaaaaaaaaaaaaa', 'subnet-0bbbbbbbbbbbbbbbb'],
        SecurityGroupIds: ['sg-0cccccccccccccccc'],
      },
    };
    expect(found).toMatchObject({
      Configuration: {
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        MemorySize: memoryMb,
        Timeout: 120,
        Role: `arn:aws:iam::${ACCOUNT_A}:role/${role}`,
        VpcConfig: network[name],
      },
      Tags: { team: 'data', STAGE: 'dev' },
    });
  });

  it('has the settings of the stage file in its environment', async () => {
    const own = { 'function-name': `${STACK}-${name}`, query: 'Environment.Variables' };
    const settings = {
      kinesisSink: {
        MSK_SINKS_STREAM_ARN: STREAM_ARN,
        MSK_SINKS_ROLE_ARN: STREAM_ROLE_ARN,
        MSK_SINKS_EXTERNAL_ID: EXTERNAL_ID,
      },
      documentdbSink: { MSK_SINKS_SECRET_ARN: stage.secretArn, MSK_SINKS_DATABASE: DATABASE },
    };
    expect(await aws('lambda get-function-configuration', own)).toMatchObject({
      MSK_SINKS_STAGE: 'dev',
      MSK_SINKS_TRIGGER_MODE: 'provisioned',
      MSK_SINKS_DEAD_LETTER_BUCKET: BUCKET,
      ...settings[name],
    });
  });

  it('keeps its log lines for 30 days', async () => {
    const group = `/aws/lambda/${STACK}-${name}`;
    const query = 'logGroups[].[logGroupName, retentionInDays]';
    const groups = await aws('logs describe-log-groups', { 'log-group-name-prefix': group, query });
    expect(groups).toEqual([[group, 30]]);
  });

  it('is fed by one mapping, with every property of it', async () => {
    const { UUID, LastModified, EventSourceMappingArn, ...mapping } = await stage.mappingOf(name);
    expect(mapping).toEqual({
      EventSourceArn: CLUSTER_ARN,
      FunctionArn: `arn:aws:lambda:${REGION}:${ACCOUNT_A}:function:${STACK}-${name}`,
      Topics: ['orders'],
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: `${STACK}-${name}-orders` },
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 1000,
      MaximumBatchingWindowInSeconds: 1,
      ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 3, PollerGroupName: `${STACK}-${name}` },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: bisectBatch,
      MaximumRetryAttempts: 10_000,
      DestinationConfig: { OnFailure: { Destination: `arn:aws:s3:::${BUCKET}` } },
      MetricsConfig: { Metrics: ['EventCount', 'ErrorCount', 'KafkaMetrics'] },
      LoggingConfig: { SystemLogLevel: 'WARN' },
      State: 'Enabled',
      StateTransitionReason: 'USER_INITIATED',
      LastProcessingResult: 'No records processed',
    });
    expect(await aws('lambda list-tags', { resource: EventSourceMappingArn })).toMatchObject({
      Tags: { team: 'data' },
    });
  });

  it('has a role for Lambda alone, with one policy of what it needs', async () => {
    const own = { 'role-name': role };
    const [trust, names, attached, statements] = await Promise.all([
      aws('iam get-role', { ...own, query: 'Role.AssumeRolePolicyDocument.Statement' }),
      aws('iam list-role-policies', { ...own, query: 'PolicyNames' }),
      aws('iam list-attached-role-policies', { ...own, query: 'AttachedPolicies' }),
      aws('iam get-role-policy', { ...own, 'policy-name': 'main', query: 'PolicyDocument.Statement' }),
    ]);
    expect(trust).toEqual([allow('sts:AssumeRole', { Principal: { Service: 'lambda.amazonaws.com' } })]);
    expect({ names, attached }).toEqual({ names: ['main'], attached: [] });
    const ofKafka = (kind: string, what: string) => [`arn:aws:kafka:${REGION}:${ACCOUNT_A}:${kind}/${CLUSTER}/${what}`];
    const logs = `arn:aws:logs:${REGION}:${ACCOUNT_A}:log-group:/aws/lambda/${STACK}-${name}:*`;
    const target = {
      kinesisSink: allow(['sts:AssumeRole'], { Resource: [STREAM_ROLE_ARN] }),
      documentdbSink: allow(['secretsmanager:GetSecretValue'], {
        Resource: [stage.secretArn, `${stage.secretArn}-??????`],
      }),
    };
    expect(statements).toEqual([
      allow(['logs:CreateLogStream', 'logs:PutLogEvents'], { Resource: logs }),
      allow(['kafka:DescribeClusterV2', 'kafka:GetBootstrapBrokers'], { Resource: [CLUSTER_ARN] }),
      allow(['kafka-cluster:Connect', 'kafka-cluster:DescribeClusterDynamicConfiguration'], {
        Resource: [CLUSTER_ARN],
      }),
      allow(['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'], { Resource: ofKafka('topic', 'orders') }),
      allow(['kafka-cluster:DescribeGroup', 'kafka-cluster:AlterGroup'], {
        Resource: ofKafka('group', `${STACK}-${name}-orders`),
      }),
      allow(name === 'documentdbSink' ? [...POLLER_NETWORK, ...FUNCTION_NETWORK] : POLLER_NETWORK, { Resource: '*' }),
      allow(['s3:PutObject'], { Resource: `arn:aws:s3:::${BUCKET}/*`, ...IN_ACCOUNT }),
      allow(['s3:ListBucket'], { Resource: `arn:aws:s3:::${BUCKET}`, ...IN_ACCOUNT }),
      target[name],
    ]);
  });
});

const allow = (Action: string | readonly string[], rest: object) => ({ Effect: 'Allow', Action, ...rest });
const IN_ACCOUNT = { Condition: { StringEquals: { 's3:ResourceAccount': ACCOUNT_A } } };
const POLLER_NETWORK = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeVpcs',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeSubnets',
  'ec2:DescribeSecurityGroups',
];
const FUNCTION_NETWORK = ['ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses'];

describe('the dead-letter bucket', () => {
  const get = (what: string, query: string) => aws(`s3api get-${what}`, { bucket: BUCKET, query });

  it('is private, encrypted and versioned, belongs to its account alone, and has the tags', async () => {
    const [access, encryption, versioning, ownership, tags] = await Promise.all([
      get('public-access-block', 'values(PublicAccessBlockConfiguration)'),
      get('bucket-encryption', 'ServerSideEncryptionConfiguration.Rules[].ApplyServerSideEncryptionByDefault'),
      get('bucket-versioning', 'Status'),
      get('bucket-ownership-controls', 'OwnershipControls.Rules'),
      get('bucket-tagging', "TagSet[?Key=='team'].Value"),
    ]);
    expect({ access, encryption, versioning, ownership, tags }).toEqual({
      access: [true, true, true, true],
      encryption: [{ SSEAlgorithm: 'AES256' }],
      versioning: 'Enabled',
      ownership: [{ ObjectOwnership: 'BucketOwnerEnforced' }],
      tags: ['data'],
    });
  });

  it('deletes dead letters after a year, and overwritten ones after 30 days', async () => {
    expect(await get('bucket-lifecycle-configuration', 'Rules')).toEqual([
      {
        ID: 'expire-dead-letters',
        Status: 'Enabled',
        Filter: { Prefix: '' },
        Expiration: { Days: 365 },
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      },
    ]);
  });

  it('refuses whatever comes without TLS', async () => {
    const policy = JSON.parse(String(await get('bucket-policy', 'Policy')));
    expect(policy.Statement).toEqual([
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ]);
  });
});

describe('the deployed stack', () => {
  it('has outputs for roles, bucket and mappings', async () => {
    const query = 'Stacks[0].Outputs[].[OutputKey, OutputValue]';
    const outputs = await aws('cloudformation describe-stacks', { 'stack-name': STACK, query });
    expect(Object.fromEntries(outputs as [string, string][])).toMatchObject({
      DeadLetterBucketName: BUCKET,
      KinesisSinkRoleArn: `arn:aws:iam::${ACCOUNT_A}:role/msk-sinks-dev-kinesis`,
      DocumentdbSinkRoleArn: `arn:aws:iam::${ACCOUNT_A}:role/msk-sinks-dev-documentdb`,
      KinesisSinkMappingOrdersUuid: (await stage.mappingOf('kinesisSink')).UUID,
      DocumentdbSinkMappingOrdersUuid: (await stage.mappingOf('documentdbSink')).UUID,
    });
  });
});

describe('the doctor', () => {
  it('finds nothing wrong with the deployed stage but what the local AWS does not have', async () => {
    const text = await readFile(devFile(), 'utf8');
    const findings = await examine({
      deployment: readStageFile('msk-sinks', 'dev', parse(text)),
      ask: askWith(stage.accountA.attempt, REGION),
      askStreamAccount: askWith(stage.accountB.attempt, REGION),
      nowMs: Date.now(),
    });
    const failed = findings.filter(({ status }) => status === 'failed').map(({ title }) => title);
    expect(failed).toEqual(['cluster', 'topic orders', "documentdbSink's subnets"]);
    expect(findings.filter(({ status }) => status === 'ok').map(({ title }) => title)).toEqual(
      expect.arrayContaining([
        ...['credentials', 'the role in account B', 'stream', 'kinesisSink: settings', 'stack'],
        ...['kinesisSink: stream', 'documentdbSink: connection', 'documentdbSink: delete'],
      ]),
    );
  });

  it('finds out the retries with a stack of its own, which it removes', async () => {
    const deployment = readStageFile('msk-sinks', 'dev', parse(await readFile(devFile(), 'utf8')));
    const scratch = scratchOf(deployment, '0a1b2c3d');
    const ask = askWith(stage.accountA.attempt, REGION);
    const inKafka: string[] = [];
    const done = (what: string) => () => Promise.resolve(void inKafka.push(what));
    const kafka = {
      ...{ createTopic: done('topic created'), produce: done('produced'), close: done('closed') },
      ...{ deleteGroup: done('group deleted'), deleteTopic: done('topic deleted') },
    };
    // The local AWS reads no Kafka: the function is invoked here as Lambda would, once there is one.
    const deliver = async (...offsets: readonly number[]) => {
      const event = join(stage.folder, 'scratch-event.json');
      const records = {
        [`${scratch.name}-0`]: offsets.map((offset) => ({ topic: scratch.name, partition: 0, offset })),
      };
      await writeFile(event, JSON.stringify({ eventSource: 'aws:kafka', records }));
      const options = { 'function-name': scratch.functionName, payload: `fileb://${event}` };
      await ask('lambda invoke', options, join(stage.folder, 'scratch-answer.json'));
    };
    const clock = { ...systemClock, waitUntil: () => deliver(0, 1, 2, 3, 4, 5).then(() => deliver(2)) };
    const lines: string[] = [];
    const parts = { scratch, ask, kafka, clock, print: (line: string) => lines.push(line), stop: neverStopped.signal };

    expect((await findRetries(parts)).reading, lines.join('\n')).toBe('listedOnly');
    expect(inKafka).toEqual(['topic created', 'produced', 'group deleted', 'topic deleted']);
    expect(await ask('cloudformation describe-stacks', { 'stack-name': scratch.name })).toEqual({ kind: 'missing' });
    expect(await ask('lambda get-function', { 'function-name': scratch.functionName })).toEqual({ kind: 'missing' });
  });
});

describe('the deployed functions, invoked with an event of MSK', () => {
  it('put every record into the stream of the other account, each key in its order', async () => {
    const invoke = ['invoke', '--stage', 'dev', '-f', 'kinesisSink', '--path', eventFile('deploy-orders.json')];
    expect(JSON.parse((await stage.serverless(...invoke)).stdout)).toEqual(NOTHING_FAILED);
    expect(await stage.streamed()).toEqual({
      'order-71': ['placed', 'paid'],
      'order-72': ['placed', 'not JSON'],
      'order-73': ['placed', ''],
    });
  });

  it('write the documents, delete what is deleted, and make a dead letter of the record that is none', async () => {
    expect(await stage.invoke('documentdbSink', 'deploy-orders.json')).toEqual(NOTHING_FAILED);
    expect(await stage.stored()).toEqual({ 'order-71': 'paid', 'order-72': 'placed' });
    expect(await stage.deadLetters()).toEqual([
      expect.objectContaining({
        ...{ function: 'documentdbSink', topic: 'orders', partition: 0, offset: 43 },
        code: 'payload_invalid',
        valueBase64: Buffer.from('not JSON').toString('base64'),
        target: `${DATABASE}.orders`,
      }),
    ]);
  });
});

describe('with the deployed roles', () => {
  const streamRole = { roleArn: STREAM_ROLE_ARN, externalId: EXTERNAL_ID };
  let asKinesisSink: RoleProbe;
  let asDocumentdbSink: RoleProbe;

  beforeAll(async () => {
    const folder = join(stage.folder, 'probe');
    const common = { account: ACCOUNT_A, folder, zip: await buildProbe(folder, stage.cli) };
    [asKinesisSink, asDocumentdbSink] = await Promise.all([
      createRoleProbe(stage.accountA, { ...common, roleName: 'msk-sinks-dev-kinesis' }),
      createRoleProbe(stage.accountA, { ...common, roleName: 'msk-sinks-dev-documentdb' }),
      stage.accountB.awsText('kinesis create-stream', { 'stream-name': 'payments', 'shard-count': '1' }),
    ]);
  });

  it('each function can do its own work', async () => {
    expect(await asKinesisSink({ assume: streamRole, putRecordsTo: STREAM_ARN })).toBe('allowed');
    expect(await asDocumentdbSink({ readSecret: stage.secretArn })).toBe('allowed');
  });

  it('kinesisSink cannot write to another stream of account B, nor to its own without the role there', async () => {
    const payments = STREAM_ARN.replace('/orders', '/payments');
    expect(await asKinesisSink({ assume: streamRole, putRecordsTo: payments })).toBe('AccessDeniedException');
    expect(await asKinesisSink({ putRecordsTo: STREAM_ARN })).toBe('AccessDeniedException');
  });

  it("kinesisSink cannot read DocumentDB's secret", async () => {
    expect(await asKinesisSink({ readSecret: stage.secretArn })).toBe('AccessDeniedException');
  });

  it("documentdbSink cannot take on account B's role", async () => {
    expect(await asDocumentdbSink({ assume: streamRole })).toBe('AccessDenied');
  });

  it("account B's role refuses a wrong external id, and anybody else of account A", async () => {
    expect(await asKinesisSink({ assume: { ...streamRole, externalId: 'another' } })).toBe('AccessDenied');
    const assume = { 'role-session-name': 'administrator', 'role-arn': STREAM_ROLE_ARN, 'external-id': EXTERNAL_ID };
    await expect(aws('sts assume-role', assume)).rejects.toThrow(DENIED);
  });
});

describe('whoever deploys', () => {
  it('may read no dead letter, and touch no other stage', async () => {
    const read = { bucket: BUCKET, key: LETTER_KEY };
    await expect(stage.deployer.aws('s3api get-object', read, join(stage.folder, 'letter'))).rejects.toThrow(DENIED);
    const other = { 'function-name': 'msk-sinks-prod-kinesisSink' };
    await expect(stage.deployer.aws('lambda get-function', other)).rejects.toThrow(DENIED);
    await expect(stage.deployer.aws('lambda delete-function', other)).rejects.toThrow(DENIED);
  });
});

describe('a changed setting', () => {
  it('is deployed in place: the same mappings, the same functions', async () => {
    const before = await Promise.all(functions.map(({ name }) => stage.mappingOf(name)));
    await stage.project.change('dev', {
      'trigger.batchRecordsMax': 500,
      'kinesisSink.timeoutSeconds': TIMEOUT_SECONDS,
    });
    await stage.serverless('deploy', '--stage', 'dev');
    const after = await Promise.all(functions.map(({ name }) => stage.mappingOf(name)));
    expect(after).toEqual(before.map((mapping) => ({ ...mapping, BatchSize: 500, LastModified: expect.anything() })));
    const query = `Functions[?starts_with(FunctionName, '${STACK}')].[FunctionName, Timeout]`;
    expect(Object.fromEntries((await aws('lambda list-functions', { query })) as [string, number][])).toEqual({
      [`${STACK}-kinesisSink`]: TIMEOUT_SECONDS,
      [`${STACK}-documentdbSink`]: 120,
    });
  });
});

describe('a wrong external id', () => {
  let answer: unknown;

  beforeAll(async () => {
    await stage.project.change('dev', { 'kinesisSink.externalId': 'wrong' });
    await stage.serverless('deploy', 'function', '--stage', 'dev', '-f', 'kinesisSink');
    answer = await stage.invoke('kinesisSink', 'deploy-again.json');
  });

  it('fails every record, and writes none', async () => {
    expect(answer).toEqual({
      batchItemFailures: [44, 45].map((offset) => ({ itemIdentifier: { partition: 'orders-0', offset } })),
    });
    expect(await stage.streamed()).not.toHaveProperty('order-74');
  });

  it("is what the function's log says", async () => {
    const lines = (await aws('logs filter-log-events', {
      'log-group-name': `/aws/lambda/${STACK}-kinesisSink`,
      'filter-pattern': 'records_unsettled',
      query: 'events[].message',
    })) as string[];
    expect(lines.map((line) => JSON.parse(line).details)).toEqual([
      [expect.stringMatching(/^STS refused AssumeRole of .*orders-stream-writer \(AccessDenied.*external ID/)],
    ]);
  });

  it('is repaired by the right one, deployed to that function alone', async () => {
    await stage.project.change('dev', { 'kinesisSink.externalId': EXTERNAL_ID });
    await stage.serverless('deploy', 'function', '--stage', 'dev', '-f', 'kinesisSink');
    expect(await stage.invoke('kinesisSink', 'deploy-again.json')).toEqual(NOTHING_FAILED);
    expect(await stage.streamed()).toMatchObject({ 'order-74': ['placed', 'shipped'] });
  });
});

describe('a deployed stage', () => {
  it('is described by `serverless info`', async () => {
    const { stdout, stderr } = await stage.serverless('info', '--stage', 'dev');
    const text = `${stdout}${stderr}`;
    for (const part of [STACK, REGION, `${STACK}-kinesisSink`, `${STACK}-documentdbSink`]) expect(text).toContain(part);
  });
});

const NOTHING_BUT_THE_BUCKET = {
  ...{ stacks: [], functions: [], mappings: [], roles: [], logGroups: [] },
  buckets: [BUCKET],
};

describe('`serverless remove`', () => {
  it('takes everything away but the bucket with its dead letters', async () => {
    await stage.serverless('remove', '--stage', 'dev');
    expect(await stage.remains()).toEqual(NOTHING_BUT_THE_BUCKET);
    expect(await stage.bucketKeys()).toEqual(THE_LETTER);
  });
});

describe('a second time, in the account where the bucket stayed', () => {
  it('deploys again, adopts the bucket, and keeps its dead letters', async () => {
    await stage.serverless('deploy', '--stage', 'dev');
    const adopted = await aws('cloudformation describe-stack-resources', {
      'stack-name': STACK,
      query: "StackResources[?LogicalResourceId=='DeadLetterBucket'].PhysicalResourceId",
    });
    expect(adopted).toEqual([BUCKET]);
    expect(await stage.bucketKeys()).toEqual(THE_LETTER);
  });

  it('works: account B knows the new role by its name, and an event that comes again changes no document', async () => {
    const before = await stage.stored();
    expect(await stage.invoke('documentdbSink', 'deploy-orders.json')).toEqual(NOTHING_FAILED);
    expect(await stage.stored()).toEqual(before);
    expect(await stage.invoke('kinesisSink', 'deploy-again.json')).toEqual(NOTHING_FAILED);
    expect(await stage.streamed()).toMatchObject({ 'order-74': ['placed', 'shipped', 'placed', 'shipped'] });
  });

  it('is removed again as the first time', async () => {
    await stage.serverless('remove', '--stage', 'dev');
    expect(await stage.remains()).toEqual(NOTHING_BUT_THE_BUCKET);
    expect(await stage.bucketKeys()).toEqual(THE_LETTER);
  });
});
