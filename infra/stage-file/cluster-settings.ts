import * as v from 'valibot';
import { arn, choice, settings, text } from '../../shared/parse-settings.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_SourceAccessConfiguration.html */
const ACCESS_URI_LENGTH_MAX = 200;

/** Where the topics are, and how the pollers log in. https://docs.aws.amazon.com/lambda/latest/dg/msk-cluster-auth.html */
export const clusterSettings = settings({
  arn: arn('kafka', 'cluster/', 'The MSK cluster, provisioned or serverless.'),
  vpcConnectionArn: v.optional(
    arn(
      'kafka',
      'vpc-connection/',
      'For a cluster of another account: the managed VPC connection to it, in this account. The mappings then read through it.',
    ),
  ),
  authentication: v.optional(
    choice(
      ['iam', 'saslScram512', 'mutualTls'],
      "How the pollers log in. iam: with the function's role. saslScram512, mutualTls: with what is in secretArn.",
    ),
    'iam',
  ),
  secretArn: v.optional(
    v.pipe(
      arn(
        'secretsmanager',
        'secret:',
        'The user name and password (saslScram512), or certificate and private key (mutualTls), of the pollers.',
      ),
      v.maxLength(ACCESS_URI_LENGTH_MAX, `must have at most ${ACCESS_URI_LENGTH_MAX} characters`),
    ),
  ),
  secretKmsKeyArn: v.optional(arn('kms', 'key/', 'The key that secret is encrypted with, if it is one of your own.')),
});

/** https://docs.aws.amazon.com/msk/latest/developerguide/serverless.html: the ARN's uuid of a serverless cluster ends so. */
export const isServerless = (clusterArn: string): boolean => /-s\d+$/.test(clusterArn);

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html: one of this account's, or one of AWS's. */
export const permissionsBoundary = text(
  'the ARN of a policy like arn:aws:iam::111111111111:policy/NAME',
  /^arn:aws(?:-[a-z]+)*:iam::(?:\d{12}|aws):policy\/[A-Za-z0-9_.+=,@/-]{1,512}$/,
  'A policy that limits what both roles can be allowed, where the organization asks for one.',
);
