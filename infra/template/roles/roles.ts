import { glueSides } from '../../../functions/documentdb-sink/connector/create-record-mapper.ts';
import { textsWithPlaceholders } from '../../../functions/documentdb-sink/connector/texts-with-placeholders.ts';
import { sourcesOf } from '../../../functions/documentdb-sink/target/connection/config-providers.ts';
import { isServerless } from '../../stage-file/cluster-settings.ts';
import type { NamedConnector } from '../../stage-file/named-connector.ts';
import type { StageFile } from '../../stage-file/stage-file.ts';
import type { DeployedFunction, Deployment } from '../deployment.ts';
import { tagged } from '../tags.ts';
import { allow, inCluster, policyDocumentOf, type Statement } from './statements.ts';
import { type Rights, rightsOf } from './topic-policies.ts';

/**
 * A least-privilege role for each function, with a stable name that other accounts can trust.
 *
 * The trust has no `aws:SourceAccount`: no page of AWS says that Lambda sends the key when a mapping's pollers assume the role, and
 * without the key no record would be read. Nobody of another account can pass this role to a function of theirs:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 */
export const rolesOf = (deployment: Deployment): Readonly<Record<string, object>> =>
  Object.fromEntries(
    deployment.functions.flatMap((each) => {
      const { inline, outside } = rightsOfRole(deployment, each);
      const policies = outside.map((statements, index) => [`${each.id}TopicsPolicy${index + 1}`, statements] as const);
      const names = policies.map(([logicalId]) => logicalId);
      return [
        [`${each.id}Role`, roleOf(deployment, each, inline, names)],
        ...policies.map(([logicalId, statements]) => [logicalId, policyOf(statements)] as const),
      ];
    }),
  );

/** CloudFormation names the policy: the stack, the logical id, a random part. */
const policyOf = (statements: readonly Statement[]): object => ({
  Type: 'AWS::IAM::ManagedPolicy',
  Properties: { PolicyDocument: policyDocumentOf(statements) },
});

const roleOf = (
  { file: { permissionsBoundaryArn, tags } }: Deployment,
  each: DeployedFunction,
  statements: readonly Statement[],
  policies: readonly string[],
): object => {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: each.roleName,
      ...(permissionsBoundaryArn !== undefined && { PermissionsBoundary: permissionsBoundaryArn }),
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
      Policies: [{ PolicyName: 'main', PolicyDocument: policyDocumentOf(statements) }],
      ...(policies.length > 0 && { ManagedPolicyArns: policies.map((logicalId) => ({ Ref: logicalId })) }),
      ...tagged(tags),
    },
  };
};

function rightsOfRole(deployment: Deployment, each: DeployedFunction): Rights {
  const { file } = deployment;
  const { arn, authentication } = file.cluster;
  const before = [...logStatements(each), ...traceStatements(file), ...clusterStatements(file)];
  const after = [
    ...registryStatements(each),
    ...networkStatements(each),
    ...deadLetterStatements(deployment),
    ...failureStatements(file, each),
    ...filterKeyStatements(each),
    ...targetStatements(deployment, each),
  ];
  if (authentication !== 'iam')
    return { inline: [...before, ...secretStatements(file.cluster), ...after], outside: [] };
  return rightsOf(arn, each.mappings, { before: [...before, connectStatement(arn)], after });
}

/** A bucket's name can be guessed: the grant does not hold for a bucket of that name in another account. */
const allowInAccount = (actions: readonly string[], resource: unknown): Statement => ({
  ...allow(actions, resource),
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
  Condition: { StringEquals: { 's3:ResourceAccount': { Ref: 'AWS::AccountId' } } },
});

const logStatements = ({ functionName }: DeployedFunction): readonly Statement[] => [
  allow(['logs:CreateLogStream', 'logs:PutLogEvents'], {
    'Fn::Sub': `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/${functionName}:*`,
  }),
];

/** X-Ray supports no narrower resource. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-tracing.html */
const traceStatements = ({ tracing }: StageFile): readonly Statement[] =>
  tracing ? [allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*')] : [];

/** https://docs.aws.amazon.com/lambda/latest/dg/with-msk-permissions.html */
const clusterStatements = ({ cluster }: StageFile): readonly Statement[] => [
  allow(['kafka:DescribeClusterV2', 'kafka:GetBootstrapBrokers'], [cluster.arn]),
  ...(cluster.vpcConnectionArn === undefined
    ? []
    : [allow(['kafka:DescribeVpcConnection'], [cluster.vpcConnectionArn])]),
];

/**
 * Older lists of Lambda also have DescribeClusterDynamicConfiguration, which only reads. MSK Serverless does not know the action:
 * https://docs.aws.amazon.com/msk/latest/developerguide/kafka-actions.html
 */
const connectStatement = (clusterArn: string): Statement =>
  allow(
    [
      'kafka-cluster:Connect',
      ...(isServerless(clusterArn) ? [] : ['kafka-cluster:DescribeClusterDynamicConfiguration']),
    ],
    [clusterArn],
  );

/** With a secret, Kafka's ACLs grant its user the rights to read. */
const secretStatements = ({ arn, authentication, secretArn, secretKmsKeyArn }: StageFile['cluster']) => [
  ...(authentication === 'saslScram512' ? [allow(['kafka:ListScramSecrets'], [arn])] : []),
  ...readSecret(secretArn, secretKmsKeyArn),
];

/** A Glue registry, or the secrets of a Confluent one. https://docs.aws.amazon.com/lambda/latest/dg/services-consume-kafka-events.html */
function registryStatements({
  trigger: { schemaRegistry, schemaRegistryKmsKeyArn },
}: DeployedFunction): readonly Statement[] {
  if (schemaRegistry === undefined) return [];
  const { SchemaRegistryURI: uri, AccessConfigs: accessConfigs } = schemaRegistry;
  if (uri.includes(':glue:')) {
    return [allow(['glue:GetRegistry'], [uri]), readSchemas];
  }
  const secrets = Array.isArray(accessConfigs) ? accessConfigs.map(({ URI }) => URI) : [];
  return [
    ...secrets.flatMap((secret) => readSecret(secret, undefined)),
    ...(schemaRegistryKmsKeyArn === undefined ? [] : [allow(['kms:Decrypt'], [schemaRegistryKmsKeyArn])]),
  ];
}

/**
 * Glue looks a schema up by the id of its version, which names no registry: no narrower resource works.
 * https://docs.aws.amazon.com/glue/latest/dg/schema-registry-gs.html, https://github.com/awslabs/aws-glue-schema-registry/issues/68
 */
const readSchemas = allow(['glue:GetSchemaVersion'], '*');

/** The network interfaces of the pollers and of a function in a VPC. EC2 supports no narrower resource. */
const networkStatements = (each: DeployedFunction): readonly Statement[] => [
  allow(
    [
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeVpcs',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeSubnets',
      'ec2:DescribeSecurityGroups',
      ...(each.vpc ? ['ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses'] : []),
    ],
    '*',
  ),
];

/** For the function's dead letters and the mapping's failed batches. */
const deadLetterStatements = ({ deadLetterBucket, file: { deadLetters } }: Deployment): readonly Statement[] => [
  allowInAccount(['s3:PutObject'], { 'Fn::Sub': `arn:\${AWS::Partition}:s3:::${deadLetterBucket}/*` }),
  allowInAccount(['s3:ListBucket'], { 'Fn::Sub': `arn:\${AWS::Partition}:s3:::${deadLetterBucket}` }),
  ...(deadLetters.kmsKeyArn === undefined ? [] : [allow(['kms:GenerateDataKey'], [deadLetters.kmsKeyArn])]),
];

/**
 * For the mapping's failed batches where they do not go to the bucket.
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html, .../kafka-on-failure-destination.html
 */
function failureStatements({ cluster }: StageFile, { trigger }: DeployedFunction): readonly Statement[] {
  const { onFailure, onFailureKmsKeyArn } = trigger;
  const key =
    onFailureKmsKeyArn === undefined ? [] : [allow(['kms:GenerateDataKey', 'kms:Decrypt'], [onFailureKmsKeyArn])];
  if (onFailure.includes(':sqs:')) return [allow(['sqs:SendMessage'], [onFailure]), ...key];
  if (onFailure.includes(':sns:')) return [allow(['sns:Publish'], [onFailure]), ...key];
  const [, topic] = /^kafka:\/\/(.+)$/.exec(onFailure) ?? [];
  if (topic === undefined || cluster.authentication !== 'iam') return [];
  return [allow(['kafka-cluster:DescribeTopic', 'kafka-cluster:WriteData'], [inCluster(cluster.arn, 'topic', topic)])];
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-msk-permissions.html */
const filterKeyStatements = ({ trigger: { filterKmsKeyArn } }: DeployedFunction): readonly Statement[] =>
  filterKmsKeyArn === undefined ? [] : [allow(['kms:Decrypt'], [filterKmsKeyArn])];

function targetStatements({ file, connector }: Deployment, { name }: DeployedFunction): readonly Statement[] {
  if (name === 'documentdbSink') {
    const { secretArn, secretKmsKeyArn, caBundle } = file.documentdbSink ?? {};
    return [
      ...readSecret(secretArn, undefined),
      ...(connector === undefined ? [] : [...placeholderStatements(connector), ...glueStatements(connector)]),
      ...(secretKmsKeyArn === undefined ? [] : [allow(['kms:Decrypt'], [secretKmsKeyArn])]),
      ...readObject(caBundle),
    ];
  }
  const { roleArn, streamArn, kmsKeyArn } = file.kinesisSink ?? {};
  if (roleArn !== undefined) return [allow(['sts:AssumeRole'], [roleArn])];
  return [
    allow(['kinesis:PutRecords', 'kinesis:DescribeStreamSummary'], [streamArn]),
    ...(kmsKeyArn === undefined ? [] : [allow(['kms:GenerateDataKey'], [kmsKeyArn])]),
  ];
}

/** The secrets and parameters that the placeholders of the file name. */
function placeholderStatements({ connector }: NamedConnector): readonly Statement[] {
  const { secrets, parameters } = sourcesOf(textsWithPlaceholders(connector), connector.providers);
  const here = (service: string, resource: string) => ({
    'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`,
  });
  return [
    ...secrets.map((secret) =>
      secret.startsWith('arn:')
        ? allow(['secretsmanager:GetSecretValue'], secretArns(secret))
        : allow(['secretsmanager:GetSecretValue'], [here('secretsmanager', `secret:${secret}-??????`)]),
    ),
    ...parameters.map(withoutSelector).map((name) => {
      const arn = name.startsWith('arn:') ? name : here('ssm', `parameter/${name.replace(/^\//, '')}`);
      return allow(['ssm:GetParameter'], [arn]);
    }),
  ];
}

/**
 * A parameter's name or ARN may end with a version or a label, `:3`, which is no part of the resource.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
 */
const withoutSelector = (parameter: string): string =>
  parameter.replace(/^(arn:(?:[^:]*:){4}[^:]*|(?!arn:)[^:]*):[^:]*$/, '$1');

/** The role itself or another one reads the schemas. */
function glueStatements({ connector }: NamedConnector): readonly Statement[] {
  const roles = glueSides(connector).map((side) => connector.properties.text(`${side}.converter.assumeRoleArn`));
  const others = [...new Set(roles.filter((role) => role !== ''))];
  return [
    ...(roles.includes('') ? [readSchemas] : []),
    ...(others.length === 0 ? [] : [allow(['sts:AssumeRole'], others)]),
  ];
}

/** @param caBundle `s3://bucket/key`; any other value needs no permission */
function readObject(caBundle: string | undefined): readonly Statement[] {
  const [, object] = /^s3:\/\/(.+)$/.exec(caBundle ?? '') ?? [];
  return object === undefined
    ? []
    : [allowInAccount(['s3:GetObject'], [{ 'Fn::Sub': `arn:\${AWS::Partition}:s3:::${object}` }])];
}

const readSecret = (secretArn: string | undefined, kmsKeyArn: string | undefined): readonly Statement[] => [
  ...(secretArn === undefined ? [] : [allow(['secretsmanager:GetSecretValue'], secretArns(secretArn))]),
  ...(kmsKeyArn === undefined ? [] : [allow(['kms:Decrypt'], [kmsKeyArn])]),
];

/**
 * A secret's ARN ends with a dash and six random characters. API calls may omit them; policies must not. A name may end like
 * that by itself (`docdb-master`), so that such an ARN may be complete or not: the policy then names both.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
 */
const secretArns = (secretArn: string): readonly string[] => [
  ...(/-[A-Za-z0-9]{6}$/.test(secretArn) ? [secretArn] : []),
  `${secretArn}-??????`,
];
