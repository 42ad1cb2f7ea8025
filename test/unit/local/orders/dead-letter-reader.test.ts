import type { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { receiptKey } from '../../../../cli/dead-letters/bucket/receipt.ts';
import { readDeadLetters } from '../../../../local/orders/dead-letter-reader.ts';
import { batchObject, letterObject } from '../../../support/a-dead-letter-bucket.ts';
import { aRecord } from '../../../support/builders.ts';

/** S3 with these objects, one key a page. */
function aBucketWith(objects: ReadonlyMap<string, string>): S3Client {
  const keys = [...objects.keys()];
  const send = ({ input }: { input: { Key?: string; ContinuationToken?: string } }) => {
    const { Key, ContinuationToken } = input;
    if (Key !== undefined) return Promise.resolve({ Body: { transformToString: async () => objects.get(Key) } });
    const page = Number(ContinuationToken ?? 0);
    const token = page + 1 < keys.length ? { NextContinuationToken: String(page + 1) } : {};
    return Promise.resolve({ Contents: [{ Key: keys[page] }], ...token });
  };
  return { send } as unknown as S3Client;
}

describe('the reader of the dead letters', () => {
  it('counts no receipt of a redrive as a batch that a mapping gave up', async () => {
    const record = aRecord({ topic: 'orders', offset: 7 });
    const [letter, batch] = [letterObject('kinesisSink', record), batchObject('kinesisSink', [record])];
    const objects = [letter, batch].flatMap(({ key, body }) => [
      [key, body] as const,
      [receiptKey(key), '{}'] as const,
    ]);

    const read = await readDeadLetters(aBucketWith(new Map(objects)), 'bucket');

    expect(read.deadLetters).toEqual([JSON.parse(letter.body)]);
    expect(read.givenUp).toEqual([batch.key]);
  });
});
