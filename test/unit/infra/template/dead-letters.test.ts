import { describe, expect, it } from 'vitest';
import { templateParts } from '../../../../infra/template/template.ts';
import { aStageFile, type StageFileChanges } from '../../../support/a-stage-file.ts';

interface Bucket {
  readonly Type: string;
  readonly DeletionPolicy: string;
  readonly UpdateReplacePolicy: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

const resourceOf = (name: string, changes: StageFileChanges = {}) =>
  templateParts('msk-sinks', 'dev', aStageFile(changes)).resources.Resources[name] as Bucket;

const bucket = resourceOf('DeadLetterBucket');

describe('the dead-letter bucket', () => {
  it('stays when the stack is removed', () => {
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

  it('is encrypted, and versioned', () => {
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

  it('and its policy stay when the stack is removed, and the policy refuses requests without TLS', () => {
    expect(resourceOf('DeadLetterBucketPolicy')).toEqual({
      Type: 'AWS::S3::BucketPolicy',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        Bucket: 'msk-sinks-dev-111111111111-dead-letters', // a function in its place, and it could not be adopted
        PolicyDocument: {
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
        },
      },
    });
  });

  it('keeps a dead letter for a year, or as long as the stage file says, and old versions for 30 days', () => {
    const ruleOf = (changes: StageFileChanges) =>
      resourceOf('DeadLetterBucket', changes).Properties['LifecycleConfiguration'];
    const rule = (ExpirationInDays: number) => ({
      Rules: [
        {
          Id: 'expire-dead-letters',
          Status: 'Enabled',
          ExpirationInDays,
          NoncurrentVersionExpiration: { NoncurrentDays: 30 },
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
        },
      ],
    });
    expect(ruleOf({})).toEqual(rule(365));
    expect(ruleOf({ deadLetters: { retentionDays: 730 } })).toEqual(rule(730));
  });

  it('is encrypted with the key that the stage file names', () => {
    const kmsKeyArn = 'arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-3333-4444-555555555555';
    expect(resourceOf('DeadLetterBucket', { deadLetters: { kmsKeyArn } }).Properties['BucketEncryption']).toEqual({
      ServerSideEncryptionConfiguration: [
        {
          BucketKeyEnabled: true,
          ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: kmsKeyArn },
        },
      ],
    });
  });

  it('belongs to its owner only, without access lists', () => {
    expect(bucket.Properties['OwnershipControls']).toEqual({ Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] });
  });

  it('carries the tags of the stage file', () => {
    expect(resourceOf('DeadLetterBucket', { tags: { team: 'data', cost: '7' } }).Properties['Tags']).toEqual([
      { Key: 'team', Value: 'data' },
      { Key: 'cost', Value: '7' },
    ]);
    expect(bucket.Properties).not.toHaveProperty('Tags');
  });
});
