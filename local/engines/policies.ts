import { type LocalResources, resourceArns, secretNames } from './resources.ts';

/** One role as it is made: who may take it on, and what it may do then. Names are unique within their account. */
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

/** The three roles, as small as infra/ makes them in AWS: whatever they lack here, a function would lack there. */
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
      policy: policy(allow('kinesis:PutRecords', arns.stream)),
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

/** In AWS the Lambda service takes on an execution role; here the account's administrator does it in its place. */
function executionTrust({ accountA }: LocalResources): Policy {
  return policy(
    { ...allow('sts:AssumeRole'), Principal: { Service: 'lambda.amazonaws.com' } },
    { ...allow('sts:AssumeRole'), Principal: { AWS: `arn:aws:iam::${accountA}:root` } },
  );
}

function policy(...statements: readonly Readonly<Record<string, unknown>>[]): Policy {
  return { Version: '2012-10-17', Statement: statements };
}

function allow(action: string, resource?: string): Readonly<Record<string, unknown>> {
  return { Effect: 'Allow', Action: action, ...(resource === undefined ? {} : { Resource: resource }) };
}
