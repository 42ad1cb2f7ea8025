import { describe, expect, it } from 'vitest';
import { templateParts } from '../../../infra/template.ts';
import {
  aStageFile,
  CLUSTER_ARN,
  SECRET_ARN,
  STREAM_ARN,
  STREAM_ROLE_ARN,
  type StageFileChanges,
} from '../../support/a-stage-file.ts';

interface Role {
  readonly Properties: {
    readonly RoleName: string;
    readonly AssumeRolePolicyDocument: unknown;
    readonly Policies: readonly { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }[];
  };
}

interface Statement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: unknown;
}

const roleOf = (id: string, changes: StageFileChanges = {}) =>
  (templateParts('msk-sinks', 'dev', aStageFile(changes)).resources.Resources[id] as Role).Properties;

const statementsOf = (id: string, changes: StageFileChanges = {}) =>
  roleOf(id, changes).Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);

const allow = (Action: readonly string[], Resource: unknown) => ({ Effect: 'Allow', Action, Resource });
const under = (kind: string) => CLUSTER_ARN.replace(':cluster/', `:${kind}/`);
const bucket = `arn:\${AWS::Partition}:s3:::msk-sinks-dev-111111111111-dead-letters`;
const logGroup = (name: string) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/msk-sinks-dev-${name}:*`,
});
const interfaces = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeVpcs',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeSubnets',
  'ec2:DescribeSecurityGroups',
];

/** What the mapping and the logs take, whichever the function. */
const common = (name: string, ec2: readonly string[]) => [
  allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup(name)),
  allow(['kafka:DescribeClusterV2', 'kafka:GetBootstrapBrokers'], [CLUSTER_ARN]),
  allow(['kafka-cluster:Connect'], [CLUSTER_ARN]),
  allow(['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'], [`${under('topic')}/orders`]),
  allow(
    ['kafka-cluster:DescribeGroup', 'kafka-cluster:AlterGroup'],
    [`${under('group')}/msk-sinks-dev-${name}-orders`],
  ),
  allow(ec2, '*'),
  allow(['s3:PutObject'], { 'Fn::Sub': `${bucket}/*` }),
  allow(['s3:ListBucket'], { 'Fn::Sub': bucket }),
];

describe("a function's role", () => {
  it('of kinesisSink may read its topic, write dead letters, and assume the role of the stream', () => {
    expect(statementsOf('KinesisSinkRole')).toEqual([
      ...common('kinesisSink', interfaces),
      allow(['sts:AssumeRole'], [STREAM_ROLE_ARN]),
    ]);
  });

  it('of documentdbSink may read its topic, write dead letters, join the VPC, and read the secret', () => {
    expect(statementsOf('DocumentdbSinkRole')).toEqual([
      ...common('documentdbSink', [...interfaces, 'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses']),
      allow(['secretsmanager:GetSecretValue'], [SECRET_ARN]),
    ]);
  });

  it('may put records itself where no role is assumed', () => {
    const statements = statementsOf('KinesisSinkRole', { kinesisSink: { roleArn: undefined, externalId: undefined } });
    expect(statements.at(-1)).toEqual(allow(['kinesis:PutRecords'], [STREAM_ARN]));
    expect(statements.flatMap(({ Action }) => Action)).not.toContain('sts:AssumeRole');
  });

  it("of a secret named without the six characters that end its ARN still matches that secret's ARN, and no other", () => {
    const secretArn = SECRET_ARN.replace('-AbCdEf', '');
    expect(statementsOf('DocumentdbSinkRole', { documentdbSink: { secretArn } }).at(-1)).toEqual(
      allow(['secretsmanager:GetSecretValue'], [`${secretArn}-??????`]),
    );
  });

  it('covers every topic', () => {
    const resources = statementsOf('KinesisSinkRole', { trigger: { topics: ['orders', 'returns'] } }).map(
      ({ Resource }) => Resource,
    );
    expect(resources).toContainEqual([`${under('topic')}/orders`, `${under('topic')}/returns`]);
    expect(resources).toContainEqual([
      `${under('group')}/msk-sinks-dev-kinesisSink-orders`,
      `${under('group')}/msk-sinks-dev-kinesisSink-returns`,
    ]);
  });
});

describe.each(['KinesisSinkRole', 'DocumentdbSinkRole'])('%s', (id) => {
  it('names a whole service as resource for network interfaces alone', () => {
    const unbounded = statementsOf(id).filter(({ Resource }) => [Resource].flat().includes('*'));
    expect(unbounded.flatMap(({ Action }) => Action).filter((action) => !action.startsWith('ec2:'))).toEqual([]);
  });

  it('grants no action by a wildcard', () => {
    expect(
      statementsOf(id)
        .flatMap(({ Action }) => Action)
        .join(),
    ).not.toContain('*');
  });

  it('can be assumed by Lambda alone', () => {
    expect(roleOf(id).AssumeRolePolicyDocument).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    });
  });
});

it('have fixed names, for other accounts to trust', () => {
  expect(roleOf('KinesisSinkRole').RoleName).toBe('msk-sinks-dev-kinesis');
  expect(roleOf('DocumentdbSinkRole').RoleName).toBe('msk-sinks-dev-documentdb');
});
