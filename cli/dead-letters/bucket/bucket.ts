import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { identify } from '../../../shared/errors.ts';
import { type AwsCall, explained } from '../../aws/explain.ts';
import type { DeadLetterStage } from '../stage.ts';

export interface StoredKey {
  readonly key: string;
  /** When the object was last written, by the clock of S3: milliseconds since 1970. */
  readonly storedAtMs: number;
  readonly byteLength: number;
}

/** The dead-letter bucket. Every method rejects with an Error that says what to do. No object is ever deleted. */
export interface Bucket {
  list(): Promise<readonly StoredKey[]>;
  /** Undefined if there is no such object any more. */
  get(key: string): Promise<string | undefined>;
  put(key: string, body: string): Promise<void>;
}

export function openBucket({ bucket, region, accountId }: DeadLetterStage, client: S3Client): Bucket {
  const call = (right: string): AwsCall => ({ right, region, accountId, resource: `the bucket ${bucket}` });
  return {
    async list() {
      const keys: StoredKey[] = [];
      let token: string | undefined;
      do {
        const command = new ListObjectsV2Command({ Bucket: bucket, ContinuationToken: token });
        const { Contents = [], NextContinuationToken } = await client.send(command).catch((error: unknown) => {
          throw explained(error, call('s3:ListBucket'));
        });
        for (const { Key, LastModified, Size } of Contents) {
          if (Key === undefined) continue;
          keys.push({ key: Key, storedAtMs: LastModified?.getTime() ?? 0, byteLength: Size ?? 0 });
        }
        token = NextContinuationToken;
      } while (token !== undefined);
      return keys;
    },
    async get(key) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return (await Body?.transformToString()) ?? '';
      } catch (error) {
        if (identify(error).name === 'NoSuchKey') return undefined;
        throw explained(error, call('s3:GetObject'));
      }
    },
    async put(key, body) {
      const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: 'application/json' });
      await client.send(command).catch((error: unknown) => {
        throw explained(error, call('s3:PutObject'));
      });
    },
  };
}
