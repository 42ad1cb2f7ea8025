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

/** The functions' dead letters; `givenUp` are the keys of what the mappings gave up. The receipts of a redrive are neither. */
export async function readDeadLetters(
  client: S3Client,
  bucket: string,
): Promise<{ readonly deadLetters: readonly DeadLetter[]; readonly givenUp: readonly string[] }> {
  const keys = await listKeys(client, bucket);
  const deadLetters: DeadLetter[] = [];
  for (const Key of keys.filter((key) => key.startsWith(RECORDS_PREFIX))) {
    const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
    deadLetters.push(JSON.parse((await object.Body?.transformToString()) ?? 'null'));
  }
  const others = keys.filter((key) => !key.startsWith(RECORDS_PREFIX) && !key.startsWith(RECEIPTS_PREFIX));
  return { deadLetters, givenUp: others };
}
