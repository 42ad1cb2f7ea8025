import type { DeployedFunction, Deployment } from './deployment.ts';
import { consumerGroupOf } from './mappings.ts';

interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: unknown;
}

/** A role for each function, with what it needs and no more, under a name that other accounts can trust. */
export const rolesOf = (deployment: Deployment): Readonly<Record<string, object>> =>
  Object.fromEntries(deployment.functions.map((each) => [`${each.id}Role`, roleOf(deployment, each)]));

const roleOf = (deployment: Deployment, each: DeployedFunction): object => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName: each.roleName,
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    Policies: [
      {
        PolicyName: 'main',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            ...logStatements(deployment, each),
            ...kafkaStatements(deployment, each),
            ...networkStatements(each),
            ...deadLetterStatements(deployment),
            ...targetStatements(deployment, each),
          ],
        },
      },
    ],
  },
});

const allow = (actions: readonly string[], resource: unknown): Statement => ({
  Effect: 'Allow',
  Action: actions,
  Resource: resource,
});

const logStatements = ({ service, stage }: Deployment, each: DeployedFunction): readonly Statement[] => [
  allow(['logs:CreateLogStream', 'logs:PutLogEvents'], {
    'Fn::Sub': `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/${service}-${stage}-${each.name}:*`,
  }),
];

/** https://docs.aws.amazon.com/lambda/latest/dg/with-msk-permissions.html */
function kafkaStatements(deployment: Deployment, each: DeployedFunction): readonly Statement[] {
  const { clusterArn, topics } = deployment.file.trigger;
  const under = (kind: string, name: string) => `${clusterArn.replace(':cluster/', `:${kind}/`)}/${name}`;
  return [
    allow(['kafka:DescribeClusterV2', 'kafka:GetBootstrapBrokers'], [clusterArn]),
    allow(['kafka-cluster:Connect'], [clusterArn]),
    allow(
      ['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'],
      topics.map((topic) => under('topic', topic)),
    ),
    allow(
      ['kafka-cluster:DescribeGroup', 'kafka-cluster:AlterGroup'],
      topics.map((topic) => under('group', consumerGroupOf(deployment, each, topic))),
    ),
  ];
}

/** The pollers' network interfaces, and the function's own where it is in a VPC. EC2 knows no narrower resource. */
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

/** The functions' own letters, and what the mapping gives up. */
const deadLetterStatements = ({ deadLetterBucket }: Deployment): readonly Statement[] => [
  allow(['s3:PutObject'], { 'Fn::Sub': `arn:\${AWS::Partition}:s3:::${deadLetterBucket}/*` }),
  allow(['s3:ListBucket'], { 'Fn::Sub': `arn:\${AWS::Partition}:s3:::${deadLetterBucket}` }),
];

function targetStatements({ file }: Deployment, each: DeployedFunction): readonly Statement[] {
  if (each.name === 'documentdbSink') {
    return [allow(['secretsmanager:GetSecretValue'], [completeSecretArn(file.documentdbSink.secretArn)])];
  }
  const { roleArn, streamArn } = file.kinesisSink;
  return roleArn === undefined ? [allow(['kinesis:PutRecords'], [streamArn])] : [allow(['sts:AssumeRole'], [roleArn])];
}

/**
 * Secrets Manager ends a secret's ARN with six random characters, and calls may leave them out; policies must not.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
 */
const completeSecretArn = (secretArn: string): string =>
  /-[A-Za-z0-9]{6}$/.test(secretArn) ? secretArn : `${secretArn}-??????`;
