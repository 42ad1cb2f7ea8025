import type { Deployment } from './deployment.ts';

/** The bucket of the functions' dead letters and of what the mappings give up: private, encrypted, kept on removal. */
export const deadLettersOf = ({ deadLetterBucket }: Deployment): Readonly<Record<string, object>> => ({
  DeadLetterBucket: {
    Type: 'AWS::S3::Bucket',
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      BucketName: deadLetterBucket,
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      VersioningConfiguration: { Status: 'Enabled' },
    },
  },
});
