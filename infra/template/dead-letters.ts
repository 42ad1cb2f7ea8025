import type { Deployment } from './deployment.ts';
import { tagged } from './tags.ts';

/** A redelivery overwrites its dead letter, so older versions hold the same record. */
const OLDER_VERSIONS_DAYS = 30;
const UNFINISHED_UPLOADS_DAYS = 7;

/**
 * The bucket for the functions' dead letters and the mappings' failed batches: private, encrypted, TLS only. The bucket and
 * its policy outlive the stack, and the next deployment of the stage adopts them (deploy-plugin.mjs).
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-automatically.html
 */
export const deadLettersOf = (deployment: Deployment): Readonly<Record<string, object>> => ({
  DeadLetterBucket: { Type: 'AWS::S3::Bucket', ...KEPT, Properties: bucketOf(deployment) },
  DeadLetterBucketPolicy: {
    Type: 'AWS::S3::BucketPolicy',
    ...KEPT,
    // CloudFormation adopts a resource only if its identifier is plain text, not an intrinsic function.
    Properties: { Bucket: deployment.deadLetterBucket, PolicyDocument: TLS_ONLY },
  },
});

const KEPT = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' } as const;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html */
const TLS_ONLY = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'TlsOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: [{ 'Fn::GetAtt': ['DeadLetterBucket', 'Arn'] }, { 'Fn::Sub': `\${DeadLetterBucket.Arn}/*` }],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ],
};

const bucketOf = ({ deadLetterBucket, file: { deadLetters, tags } }: Deployment): object => ({
  BucketName: deadLetterBucket,
  BucketEncryption: { ServerSideEncryptionConfiguration: [encryptionOf(deadLetters.kmsKeyArn)] },
  OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
  PublicAccessBlockConfiguration: {
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  },
  VersioningConfiguration: { Status: 'Enabled' },
  LifecycleConfiguration: {
    Rules: [
      {
        Id: 'expire-dead-letters',
        Status: 'Enabled',
        ExpirationInDays: deadLetters.retentionDays,
        NoncurrentVersionExpiration: { NoncurrentDays: OLDER_VERSIONS_DAYS },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: UNFINISHED_UPLOADS_DAYS },
      },
    ],
  },
  ...tagged(tags),
});

const encryptionOf = (kmsKeyArn: string | undefined): object =>
  kmsKeyArn === undefined
    ? { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }
    : { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: kmsKeyArn } };
