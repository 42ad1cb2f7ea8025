import { type LocalResources, resourceArns, secretNames } from './resources.ts';

/** A role: who may assume it, and its permissions. Names are unique within an account. */
export interface LocalRole {
  readonly account: string;
  readonly name: string;
  readonly trustPolicy: Policy;
  readonly policy: Policy;
}

export interface Policy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Readonly<Record<string, unknown>>[];
}

/** The three roles with the same permissions as in infra/: a permission missing here is missing in AWS. */
export function localRoles(resources: LocalResources): readonly LocalRole[] {
  const arns = resourceArns(resources);
  const deadLetters = allow('s3:PutObject', `arn:aws:s3:::${resources.deadLetterBucket}/*`);
  return [
    {
      account: resources.accountB,
      name: resources.streamRole,
      trustPolicy: policy({
        ...allow('sts:AssumeRole'),
        Principal: { AWS: arns.kinesisRole },
        Condition: { StringEquals: { 'sts:ExternalId': resources.externalId } },
      }),
      policy: policy(allow(['kinesis:PutRecords', 'kinesis:DescribeStreamSummary'], arns.stream)),
    },
    {
      account: resources.accountA,
      name: resources.kinesisRole,
      trustPolicy: executionTrust(resources),
      policy: policy(allow('sts:AssumeRole', arns.streamRole), deadLetters),
    },
    {
      account: resources.accountA,
      name: resources.documentdbRole,
      trustPolicy: executionTrust(resources),
      policy: policy(...secretNames(resources).map((name) => readSecret(resources, name)), deadLetters),
    },
  ];
}

const readSecret = ({ region, accountA }: LocalResources, name: string) =>
  allow('secretsmanager:GetSecretValue', `arn:aws:secretsmanager:${region}:${accountA}:secret:${name}-??????`);

/** In AWS the Lambda service assumes an execution role; here the account's administrator does. */
function executionTrust({ accountA }: LocalResources): Policy {
  return policy(
    { ...allow('sts:AssumeRole'), Principal: { Service: 'lambda.amazonaws.com' } },
    { ...allow('sts:AssumeRole'), Principal: { AWS: `arn:aws:iam::${accountA}:root` } },
  );
}

function policy(...statements: readonly Readonly<Record<string, unknown>>[]): Policy {
  return { Version: '2012-10-17', Statement: statements };
}

function allow(action: string | readonly string[], resource?: string): Readonly<Record<string, unknown>> {
  return { Effect: 'Allow', Action: action, ...(resource === undefined ? {} : { Resource: resource }) };
}
