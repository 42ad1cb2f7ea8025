// The local AWS over TLS, and what its start script adds to the emulator.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalAws, startLocalAws } from '../../../../../local/engines/aws/aws.ts';
import type { Credentials } from '../../../../../local/engines/endpoints.ts';
import { INSTALL_ROOT } from '../../../../../local/engines/engines.ts';
import { type AwsCli, startAwsCli } from '../../../../support/deploy/aws-cli.ts';
import { type AwsAccess, createDeployer, type Deployer, deployerWith } from '../../../../support/deploy/deployer.ts';

const ACCOUNT = '111111111111';
const REGION = 'eu-west-1';

let folder: string;
let local: LocalAws;
let cli: AwsCli;
let access: AwsAccess;
let deployer: Deployer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aws-'));
  const progress = (line: string) => process.stderr.write(`${line}\n`);
  cli = await startAwsCli(progress);
  local = await startLocalAws({ installRoot: INSTALL_ROOT, folder, region: REGION, tls: true, progress });
  const { endpointUrl, caFile = '' } = local;
  access = { endpointUrl, caFile, region: REGION, cli, home: folder };
  deployer = await createDeployer(access, ACCOUNT);
});
afterAll(async () => {
  cli?.close();
  await local?.stop();
  await rm(folder, { recursive: true, force: true });
});

type Resources = Readonly<Record<string, object>>;

async function deploy(stack: string, resources: Resources): Promise<void> {
  const template = join(folder, `${stack}.json`);
  await writeFile(template, JSON.stringify({ Resources: resources }));
  await deployer.awsText('cloudformation deploy', { 'stack-name': stack, 'template-file': template });
}

/**
 * The command `cloudformation deploy` of this version knows nothing of imports, and names a change set by the second: two
 * of one stack within a second are one too many.
 */
async function update(stack: string, resources: Resources, options: { readonly imports: boolean }): Promise<void> {
  const changeSet = { 'stack-name': stack, 'change-set-name': `change-${randomUUID()}` };
  const template = { 'template-body': JSON.stringify({ Resources: resources }) };
  const flags = options.imports ? { 'import-existing-resources': [] } : {};
  await deployer.awsText('cloudformation create-change-set', { ...changeSet, ...template, ...flags });
  await deployer.awsText('cloudformation wait change-set-create-complete', changeSet);
  await deployer.awsText('cloudformation execute-change-set', changeSet);
  await deployer.awsText('cloudformation wait stack-update-complete', { 'stack-name': stack });
}

describe('TLS', () => {
  it('is all it speaks, with a certificate that only its own authority vouches for', async () => {
    expect(local.endpointUrl).toMatch(/^https:/);
    await expect(fetch(local.endpointUrl)).rejects.toMatchObject({
      cause: { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    });
    await expect(fetch(local.endpointUrl.replace('https:', 'http:'))).rejects.toThrow();
  });

  it('is what the policies of its requests see', async () => {
    const policy = {
      Statement: [{ Effect: 'Deny', Action: 'kinesis:ListStreams', Resource: '*', Condition: overTls }],
    };
    await putUserPolicy(policy);
    await expect(deployer.awsText('kinesis list-streams')).rejects.toThrow(/explicit deny/);
    await putUserPolicy({ Statement: [{ ...policy.Statement[0], Condition: withoutTls }] });
    expect(await deployer.aws('kinesis list-streams')).toMatchObject({ StreamNames: [] });
  });

  const overTls = { Bool: { 'aws:SecureTransport': 'true' } };
  const withoutTls = { Bool: { 'aws:SecureTransport': 'false' } };
  const putUserPolicy = (policy: object) =>
    deployer.awsText('iam put-user-policy', {
      ...{ 'user-name': 'administrator', 'policy-name': 'tls' },
      'policy-document': JSON.stringify({ Version: '2012-10-17', ...policy }),
    });
});

describe('the session of a role', () => {
  it('is the role to a policy that asks for aws:PrincipalArn', async () => {
    await createRole('caller', { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } });
    const policy = { 'policy-arn': 'arn:aws:iam::aws:policy/AdministratorAccess' };
    await deployer.awsText('iam attach-role-policy', { 'role-name': 'caller', ...policy });
    const conditionOn = (arn: string) => ({ Condition: { ArnEquals: { 'aws:PrincipalArn': arn } } });
    const everybody = { Principal: { AWS: '*' } };
    await createRole('for-the-caller', { ...everybody, ...conditionOn(`arn:aws:iam::${ACCOUNT}:role/caller`) });
    await createRole('for-another', { ...everybody, ...conditionOn(`arn:aws:iam::${ACCOUNT}:role/another`) });
    const caller = deployerWith(access, await sessionOf(deployer, 'caller'));
    await expect(sessionOf(caller, 'for-the-caller')).resolves.toHaveProperty('sessionToken');
    await expect(sessionOf(caller, 'for-another')).rejects.toThrow(/\(AccessDenied\)/);
  });

  const createRole = (name: string, trust: object) =>
    deployer.awsText('iam create-role', {
      'role-name': name,
      'assume-role-policy-document': JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', ...trust }],
      }),
    });

  async function sessionOf(who: Deployer, role: string): Promise<Credentials> {
    const own = { 'role-arn': `arn:aws:iam::${ACCOUNT}:role/${role}`, 'role-session-name': 'test' };
    const query = '[Credentials.AccessKeyId, Credentials.SecretAccessKey, Credentials.SessionToken]';
    const [accessKeyId = '', secretAccessKey = '', sessionToken = ''] = (await who.aws('sts assume-role', {
      ...own,
      query,
    })) as string[];
    return { accessKeyId, secretAccessKey, sessionToken };
  }
});

describe('a mapping of a Kafka topic', () => {
  const cluster = `arn:aws:kafka:${REGION}:${ACCOUNT}:cluster/orders/11111111-2222-3333-4444-555555555555-1`;
  const mapping = (changes: object) => ({
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        FunctionName: 'sink',
        EventSourceArn: cluster,
        Topics: ['orders'],
        StartingPosition: 'AT_TIMESTAMP',
        StartingPositionTimestamp: 1_795_340_000,
        ...changes,
      },
    },
  });
  const secret = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:AmazonMSK_orders-AbCdEf`;
  const kept = {
    AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'group' },
    SourceAccessConfigurations: [{ Type: 'SASL_SCRAM_512_AUTH', URI: secret }],
    FilterCriteria: { Filters: [{ Pattern: '{"value":{"status":["paid"]}}' }] },
    ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 4 },
    MaximumRecordAgeInSeconds: 3_600,
  };
  const found = () => deployer.aws('lambda list-event-source-mappings', { query: 'EventSourceMappings[0]' });

  it('keeps what CloudFormation says of it, and in an update loses what is no longer said', async () => {
    await deploy('mapping', mapping({ ...kept, Enabled: false, BatchSize: 10 }));
    const first = await found();
    expect(first).toMatchObject({ ...kept, Topics: ['orders'], BatchSize: 10, State: 'Disabled' });
    expect(first).toHaveProperty('StartingPositionTimestamp');
    const { FilterCriteria, MaximumRecordAgeInSeconds, ...rest } = kept;
    await update('mapping', mapping({ ...rest, Enabled: true, BatchSize: 20 }), { imports: false });
    const second = await found();
    expect(second).toMatchObject({ UUID: (first as { UUID: string }).UUID, ...rest, BatchSize: 20, State: 'Enabled' });
    expect(second).not.toHaveProperty('FilterCriteria');
    expect(second).not.toHaveProperty('MaximumRecordAgeInSeconds');
  });
});

describe('a bucket that a stack left behind, with its policy', () => {
  const queue = { Queue: { Type: 'AWS::SQS::Queue' } };
  const bucketAlone = {
    Bucket: { Type: 'AWS::S3::Bucket', DeletionPolicy: 'Retain', Properties: { BucketName: 'left-behind' } },
  };
  const policyOf = (bucket: unknown) => ({
    Policy: {
      Type: 'AWS::S3::BucketPolicy',
      DeletionPolicy: 'Retain',
      DependsOn: ['Bucket'],
      Properties: {
        Bucket: bucket,
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::left-behind/*' }],
        },
      },
    },
  });
  const reasonOfTheLastFailure = () =>
    deployer.aws('cloudformation describe-stack-events', {
      'stack-name': 'second',
      query: "StackEvents[?ends_with(ResourceStatus, '_FAILED')] | [0].ResourceStatusReason",
    });
  const both = { ...queue, ...bucketAlone, ...policyOf('left-behind') };

  beforeAll(async () => {
    await deploy('first', { ...bucketAlone, ...policyOf('left-behind') });
    await deployer.awsText('cloudformation delete-stack', { 'stack-name': 'first' });
    await deployer.awsText('cloudformation wait stack-delete-complete', { 'stack-name': 'first' });
    await deploy('second', queue);
  });

  it('is not made again by another one', async () => {
    await expect(update('second', both, { imports: false })).rejects.toThrow(/UPDATE_ROLLBACK_COMPLETE/);
    expect(await reasonOfTheLastFailure()).toMatch(/^Validation failed with 1 error/);
  });

  it('is not adopted where the template names the bucket of the policy by a function', async () => {
    const byReference = { ...queue, ...bucketAlone, ...policyOf({ Ref: 'Bucket' }) };
    await expect(update('second', byReference, { imports: true })).rejects.toThrow(/UPDATE_ROLLBACK_COMPLETE/);
    expect(await reasonOfTheLastFailure()).toBe('The bucket policy already exists on bucket left-behind.');
  });

  it('is adopted where it names both as text', async () => {
    await update('second', both, { imports: true });
    const resources = { 'stack-name': 'second', query: 'StackResources[].LogicalResourceId' };
    expect(await deployer.aws('cloudformation describe-stack-resources', resources)).toEqual([
      'Queue',
      'Bucket',
      'Policy',
    ]);
  });
});
