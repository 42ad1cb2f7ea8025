import * as v from 'valibot';
import { arn, choice, settings, text } from '../../shared/settings/parse-settings.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_SourceAccessConfiguration.html */
const ACCESS_URI_LENGTH_MAX = 200;

/** The MSK cluster, and how the pollers authenticate. https://docs.aws.amazon.com/lambda/latest/dg/msk-cluster-auth.html */
export const clusterSettings = settings({
  arn: v.pipe(
    arn('kafka', 'cluster/', 'The MSK cluster, provisioned or serverless.'),
    // The rights to topics and groups are made of the whole.
    v.check(
      (input) => !/:cluster\/[^/]*$/.test(input),
      'must end with the name and the id of the cluster, cluster/NAME/ID',
    ),
  ),
  vpcConnectionArn: v.optional(
    arn(
      'kafka',
      'vpc-connection/',
      'For a cluster in another account: the managed VPC connection to that cluster, in this account. The mappings read through this connection.',
    ),
  ),
  authentication: v.optional(
    choice(
      ['iam', 'saslScram512', 'mutualTls'],
      "How the pollers authenticate. iam: with the function's role. saslScram512, mutualTls: with the secret in secretArn.",
    ),
    'iam',
  ),
  secretArn: v.optional(
    v.pipe(
      arn(
        'secretsmanager',
        'secret:',
        "The secret with the pollers' user name and password (saslScram512), or certificate and private key (mutualTls).",
      ),
      v.maxLength(ACCESS_URI_LENGTH_MAX, `must have at most ${ACCESS_URI_LENGTH_MAX} characters`),
    ),
  ),
  secretKmsKeyArn: v.optional(arn('kms', 'key/', 'The customer managed KMS key that encrypts the secret, if any.')),
});

/** A serverless cluster's ARN ends in `-s1`. https://docs.aws.amazon.com/msk/latest/developerguide/serverless.html */
export const isServerless = (clusterArn: string): boolean => /-s\d+$/.test(clusterArn);

/** A policy of this account or an AWS managed one. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
export const permissionsBoundary = text(
  'the ARN of a policy like arn:aws:iam::111111111111:policy/NAME',
  /^arn:aws(?:-[a-z]+)*:iam::(?:\d{12}|aws):policy\/[A-Za-z0-9_.+=,@/-]{1,512}$/,
  "The permissions boundary of both functions' roles, if your organization requires one.",
);
