import { expect, it } from 'vitest';
import { templateParts } from '../../../infra/template.ts';
import { aStageFile } from '../../support/a-stage-file.ts';

interface Bucket {
  readonly Type: string;
  readonly DeletionPolicy: string;
  readonly UpdateReplacePolicy: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

const bucket = templateParts('msk-sinks', 'dev', aStageFile()).resources.Resources['DeadLetterBucket'] as Bucket;

it('is a bucket that stays when the stack goes', () => {
  expect(bucket).toMatchObject({
    Type: 'AWS::S3::Bucket',
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
  });
});

it('is private, whatever an object or a policy says', () => {
  expect(bucket.Properties['PublicAccessBlockConfiguration']).toEqual({
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  });
});

it('is encrypted, and keeps what is written over', () => {
  expect(bucket.Properties).toMatchObject({
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
    VersioningConfiguration: { Status: 'Enabled' },
  });
});

it('has a name that no other account has', () => {
  expect(bucket.Properties['BucketName']).toBe('msk-sinks-dev-111111111111-dead-letters');
});
