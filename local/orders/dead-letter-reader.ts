import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { RECORDS_PREFIX } from '../../cli/dead-letters/bucket/read-object.ts';
import { RECEIPTS_PREFIX } from '../../cli/dead-letters/bucket/receipt.ts';
import type { DeadLetter } from '../../shared/dead-letter/dead-letter.ts';

/** The keys of all objects in the bucket. */
export async function listKeys(client: S3Client, bucket: string): Promise<readonly string[]> {
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, ...(token !== undefined && { ContinuationToken: token }) }),
    );
    keys.push(...(page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key])));
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return keys;
}

export interface BucketContent {
  /** The functions' dead letters. */
  readonly deadLetters: readonly DeadLetter[];
  /** The keys of what the mappings gave up. The receipts of a redrive are neither. */
  readonly givenUp: readonly string[];
}

/** @param known dead letters by key that need no reading; new ones are added */
export async function readDeadLetters(
  client: S3Client,
  bucket: string,
  known: Map<string, DeadLetter> = new Map(),
): Promise<BucketContent> {
  const keys = await listKeys(client, bucket);
  const deadLetters: DeadLetter[] = [];
  for (const key of keys.filter(isDeadLetter)) {
    const deadLetter = known.get(key) ?? (await readDeadLetter(client, bucket, key));
    known.set(key, deadLetter);
    deadLetters.push(deadLetter);
  }
  const others = keys.filter((key) => !isDeadLetter(key) && !key.startsWith(RECEIPTS_PREFIX));
  return { deadLetters, givenUp: others };
}

const isDeadLetter = (key: string): boolean => key.startsWith(RECORDS_PREFIX);

async function readDeadLetter(client: S3Client, bucket: string, key: string): Promise<DeadLetter> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return JSON.parse((await Body?.transformToString()) ?? 'null');
}
