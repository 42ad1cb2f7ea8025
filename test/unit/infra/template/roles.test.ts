import { describe, expect, it } from 'vitest';
import { templateParts } from '../../../../infra/template/template.ts';
import {
  aStageFile,
  CLUSTER_ARN,
  SECRET_ARN,
  STREAM_ARN,
  STREAM_ROLE_ARN,
  type StageFileChanges,
} from '../../../support/a-stage-file.ts';

interface Role {
  readonly Properties: {
    readonly RoleName: string;
    readonly AssumeRolePolicyDocument: unknown;
    readonly Policies: readonly {
      readonly PolicyName: string;
      readonly PolicyDocument: { readonly Statement: readonly Statement[] };
    }[];
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
const IN_ACCOUNT = { Condition: { StringEquals: { 's3:ResourceAccount': { Ref: 'AWS::AccountId' } } } };
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
  allow(['kafka-cluster:Connect', 'kafka-cluster:DescribeClusterDynamicConfiguration'], [CLUSTER_ARN]),
  allow(['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'], [`${under('topic')}/orders`]),
  allow(
    ['kafka-cluster:DescribeGroup', 'kafka-cluster:AlterGroup'],
    [`${under('group')}/msk-sinks-dev-${name}-orders`],
  ),
  allow(ec2, '*'),
  { ...allow(['s3:PutObject'], { 'Fn::Sub': `${bucket}/*` }), ...IN_ACCOUNT },
  { ...allow(['s3:ListBucket'], { 'Fn::Sub': bucket }), ...IN_ACCOUNT },
];

const BY_PASSWORD = {
  authentication: 'saslScram512',
  secretArn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:AmazonMSK_reader-AbCdEf',
};

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
      allow(['secretsmanager:GetSecretValue'], [SECRET_ARN, `${SECRET_ARN}-??????`]),
    ]);
  });

  it('may put records and look at the stream itself where no role is assumed', () => {
    const statements = statementsOf('KinesisSinkRole', { kinesisSink: { roleArn: undefined, externalId: undefined } });
    expect(statements.at(-1)).toEqual(allow(['kinesis:PutRecords', 'kinesis:DescribeStreamSummary'], [STREAM_ARN]));
    expect(statements.flatMap(({ Action }) => Action)).not.toContain('sts:AssumeRole');
  });

  it("of a secret named without the six characters that end its ARN still matches that secret's ARN, and no other", () => {
    const secretArn = SECRET_ARN.replace('-AbCdEf', '');
    expect(statementsOf('DocumentdbSinkRole', { documentdbSink: { secretArn } }).at(-1)).toEqual(
      allow(['secretsmanager:GetSecretValue'], [`${secretArn}-??????`]),
    );
  });

  it.each([
    ['docdb-master', true],
    ['docdb-Ab12Cd', true],
    ['docdb-master-key', false],
    ['docdb-masters', false],
    ['docdb-mast_r', false],
  ])('of a secret whose name is %s names the ARN both with and without six more characters: %s', (name, isEither) => {
    const secretArn = `arn:aws:secretsmanager:eu-west-1:111111111111:secret:${name}`;
    expect(statementsOf('DocumentdbSinkRole', { documentdbSink: { secretArn } }).at(-1)).toEqual(
      allow(['secretsmanager:GetSecretValue'], [...(isEither ? [secretArn] : []), `${secretArn}-??????`]),
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

  it.each<[string, StageFileChanges]>([
    ['its own rights alone', { documentdbSink: { caBundle: 'region' } }],
    ['a role of the cluster', { cluster: BY_PASSWORD }],
    ['a certificate', { cluster: { ...BY_PASSWORD, authentication: 'mutualTls' } }],
    ['a queue without a key', { trigger: { onFailure: 'arn:aws:sqs:eu-west-1:111111111111:failed' } }],
    ['a topic without a key', { trigger: { onFailure: 'arn:aws:sns:eu-west-1:111111111111:failed' } }],
    ['a topic of the cluster', { trigger: { onFailure: 'kafka://failed' } }],
    ['a registry without secrets', { trigger: { schemaRegistry: { SchemaRegistryURI: 'https://registry.example' } } }],
  ])('has statements alone, each of actions and of resources, with %s', (_what, changes) => {
    expect(roleOf(id, changes).Policies.map(({ PolicyName }) => PolicyName)).toEqual(['main']);
    const statements = statementsOf(id, changes);
    expect(statements.length).toBeGreaterThan(4);
    for (const { Effect, Action, Resource } of statements) {
      expect(Effect).toBe('Allow');
      for (const action of Action) expect(action).toMatch(/^[\w-]+:\w+$/);
      const resources = [Resource].flat();
      expect(resources.length).toBeGreaterThan(0);
      for (const each of resources)
        expect(JSON.stringify(each)).toMatch(/^"\*"$|^"arn:aws:|^\{"Fn::Sub":"arn:\$\{AWS::Partition\}:/);
    }
  });

  it('grants no action by a wildcard', () => {
    expect(
      statementsOf(id)
        .flatMap(({ Action }) => Action)
        .join(),
    ).not.toContain('*');
  });

  it('may use buckets of its own account alone, however their names are guessed', () => {
    const ofS3 = statementsOf(id, { documentdbSink: { caBundle: 's3://trust/ca.pem' } }).filter(({ Action }) =>
      Action.some((action) => action.startsWith('s3:')),
    );
    expect(ofS3).toHaveLength(id === 'DocumentdbSinkRole' ? 3 : 2);
    for (const statement of ofS3) expect(statement).toMatchObject(IN_ACCOUNT);
  });

  it('can be assumed by Lambda alone', () => {
    expect(roleOf(id).AssumeRolePolicyDocument).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    });
  });
});

describe('the roles', () => {
  it('have fixed names, which other accounts can trust', () => {
    expect(roleOf('KinesisSinkRole').RoleName).toBe('msk-sinks-dev-kinesis');
    expect(roleOf('DocumentdbSinkRole').RoleName).toBe('msk-sinks-dev-documentdb');
  });
});

/** https://docs.aws.amazon.com/lambda/latest/dg/with-msk-permissions.html */
describe.each(['KinesisSinkRole', 'DocumentdbSinkRole'])('%s, by the way to the cluster', (id) => {
  const secretArn = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:AmazonMSK_reader-AbCdEf';
  const secretKmsKeyArn = 'arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-3333-4444-555555555555';
  const actionsOf = (changes: StageFileChanges) => statementsOf(id, changes).flatMap(({ Action }) => Action);

  it('saslScram512 may read the secret and find it with the cluster, and nothing by IAM in Kafka', () => {
    const cluster = { authentication: 'saslScram512', secretArn, secretKmsKeyArn };
    const statements = statementsOf(id, { cluster });
    expect(statements).toContainEqual(allow(['kafka:ListScramSecrets'], [CLUSTER_ARN]));
    expect(statements).toContainEqual(allow(['secretsmanager:GetSecretValue'], [secretArn, `${secretArn}-??????`]));
    expect(statements).toContainEqual(allow(['kms:Decrypt'], [secretKmsKeyArn]));
    expect(actionsOf({ cluster }).join()).not.toContain('kafka-cluster');
  });

  it('mutualTls may read the secret', () => {
    const cluster = { authentication: 'mutualTls', secretArn };
    expect(statementsOf(id, { cluster })).toContainEqual(
      allow(['secretsmanager:GetSecretValue'], [secretArn, `${secretArn}-??????`]),
    );
    expect(actionsOf({ cluster })).not.toContain('kafka:ListScramSecrets');
    expect(actionsOf({ cluster })).not.toContain('kms:Decrypt');
    expect(actionsOf({ cluster }).join()).not.toContain('kafka-cluster');
  });

  it('of another account may describe the connection, and read the topics of that cluster', () => {
    const arn = CLUSTER_ARN.replace(':111111111111:', ':999999999999:');
    const vpcConnectionArn =
      'arn:aws:kafka:eu-west-1:111111111111:vpc-connection/999999999999/orders-dev/11111111-2222-3333-4444-555555555555-1';
    const statements = statementsOf(id, { cluster: { arn, vpcConnectionArn } });
    expect(statements).toContainEqual(allow(['kafka:DescribeVpcConnection'], [vpcConnectionArn]));
    expect(statements).toContainEqual(
      allow(['kafka-cluster:Connect', 'kafka-cluster:DescribeClusterDynamicConfiguration'], [arn]),
    );
    expect(actionsOf({})).not.toContain('kafka:DescribeVpcConnection');
  });

  it('of MSK Serverless asks for no action that Serverless does not know', () => {
    const arn = CLUSTER_ARN.replace(/-1$/, '-s1');
    expect(statementsOf(id, { cluster: { arn } })).toContainEqual(allow(['kafka-cluster:Connect'], [arn]));
  });

  it('with a registry of Glue may read that registry, and schemas by the ids of their versions', () => {
    const uri = 'arn:aws:glue:eu-west-1:111111111111:registry/orders';
    const statements = statementsOf(id, { trigger: { schemaRegistry: { SchemaRegistryURI: uri } } });
    expect(statements).toContainEqual(allow(['glue:GetRegistry'], [uri]));
    expect(statements).toContainEqual(allow(['glue:GetSchemaVersion'], '*'));
  });

  it('with a Confluent registry may read its secrets', () => {
    const schemaRegistry = {
      SchemaRegistryURI: 'https://registry.example',
      AccessConfigs: [{ Type: 'BASIC_AUTH', URI: secretArn }],
    };
    const statements = statementsOf(id, { trigger: { schemaRegistry } });
    expect(statements).toContainEqual(allow(['secretsmanager:GetSecretValue'], [secretArn, `${secretArn}-??????`]));
    expect(actionsOf({ trigger: { schemaRegistry } }).join()).not.toMatch(/glue|kms/);
    const trigger = { schemaRegistry, schemaRegistryKmsKeyArn: secretKmsKeyArn };
    expect(statementsOf(id, { trigger })).toContainEqual(allow(['kms:Decrypt'], [secretKmsKeyArn]));
  });

  it('may use the key of the dead-letter bucket, where there is one', () => {
    expect(statementsOf(id, { deadLetters: { kmsKeyArn: secretKmsKeyArn } })).toContainEqual(
      allow(['kms:GenerateDataKey'], [secretKmsKeyArn]),
    );
    expect(actionsOf({}).filter((action) => action.startsWith('kms:'))).toEqual([]);
  });

  it('may send traces where the stage file asks for traces, and else not', () => {
    const traces = allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*');
    expect(statementsOf(id, { tracing: true })).toContainEqual(traces);
    expect(statementsOf(id, { tracing: false })).not.toContainEqual(traces);
  });

  it('is limited by a permissions boundary, and tagged, where the stage file says so', () => {
    const permissionsBoundaryArn = 'arn:aws:iam::111111111111:policy/boundary';
    expect(roleOf(id, { permissionsBoundaryArn, tags: { team: 'data' } })).toMatchObject({
      PermissionsBoundary: permissionsBoundaryArn,
      Tags: [{ Key: 'team', Value: 'data' }],
    });
    expect(roleOf(id)).not.toHaveProperty('PermissionsBoundary');
    expect(roleOf(id)).not.toHaveProperty('Tags');
  });
});

describe('a role', () => {
  it('may use the key of a stream that it writes to itself, and of the secret that it reads', () => {
    const key = 'arn:aws:kms:eu-west-1:222222222222:key/11111111-2222-3333-4444-555555555555';
    const kinesisSink = { roleArn: undefined, externalId: undefined, kmsKeyArn: key };
    expect(statementsOf('KinesisSinkRole', { kinesisSink }).at(-1)).toEqual(allow(['kms:GenerateDataKey'], [key]));
    expect(statementsOf('DocumentdbSinkRole', { documentdbSink: { secretKmsKeyArn: key } }).at(-1)).toEqual(
      allow(['kms:Decrypt'], [key]),
    );
  });

  it.each([
    ['arn:aws:sqs:eu-west-1:111111111111:failed', ['sqs:SendMessage']],
    ['arn:aws:sns:eu-west-1:111111111111:failed', ['sns:Publish']],
  ])('may send failed batches to %s, with its key', (onFailure, actions) => {
    const key = 'arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-3333-4444-555555555555';
    const statements = statementsOf('KinesisSinkRole', { trigger: { onFailure, onFailureKmsKeyArn: key } });
    expect(statements).toContainEqual(allow(actions, [onFailure]));
    expect(statements).toContainEqual(allow(['kms:GenerateDataKey', 'kms:Decrypt'], [key]));
  });

  it('may write failed batches to a topic where IAM grants that', () => {
    const trigger = { onFailure: 'kafka://failed' };
    const write = allow(['kafka-cluster:DescribeTopic', 'kafka-cluster:WriteData'], [`${under('topic')}/failed`]);
    expect(statementsOf('KinesisSinkRole', { trigger })).toContainEqual(write);
    const secretArn = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:AmazonMSK_reader-AbCdEf';
    const cluster = { authentication: 'saslScram512', secretArn };
    expect(statementsOf('KinesisSinkRole', { trigger, cluster })).not.toContainEqual(write);
    expect(JSON.stringify(statementsOf('KinesisSinkRole'))).not.toContain('WriteData');
  });

  it("may decrypt its filter's patterns", () => {
    const key = 'arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-3333-4444-555555555555';
    const trigger = { filter: [{ value: { type: ['order'] } }], filterKmsKeyArn: key };
    expect(statementsOf('DocumentdbSinkRole', { trigger })).toContainEqual(allow(['kms:Decrypt'], [key]));
  });

  it('of kinesisSink in a VPC may use network interfaces', () => {
    const kinesisSink = { subnetIds: ['subnet-0aaaaaaaaaaaaaaaa'], securityGroupIds: ['sg-0cccccccccccccccc'] };
    expect(statementsOf('KinesisSinkRole', { kinesisSink })).toContainEqual(
      allow([...interfaces, 'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses'], '*'),
    );
  });

  it.each([
    ['kinesisSink', 'DocumentdbSinkRole'],
    ['documentdbSink', 'KinesisSinkRole'],
  ])('without %s is %s only', (left, id) => {
    const file = Object.fromEntries(Object.entries(aStageFile()).filter(([name]) => name !== left));
    const { Resources } = templateParts('msk-sinks', 'dev', file).resources;
    expect(Object.keys(Resources).filter((name) => name.endsWith('Role'))).toEqual([id]);
  });
});
