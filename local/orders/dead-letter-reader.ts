import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
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

/** The functions' dead letters; `others` are the keys of the mappings' failure records. */
export async function readDeadLetters(
  client: S3Client,
  bucket: string,
): Promise<{ readonly deadLetters: readonly DeadLetter[]; readonly others: readonly string[] }> {
  const keys = await listKeys(client, bucket);
  const own = keys.filter((key) => key.startsWith('dead-letters/'));
  const deadLetters: DeadLetter[] = [];
  for (const Key of own) {
    const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
    deadLetters.push(JSON.parse((await object.Body?.transformToString()) ?? 'null'));
  }
  return { deadLetters, others: keys.filter((key) => !key.startsWith('dead-letters/')) };
}
