import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { openBucket } from '../../../../cli/dead-letters/bucket/bucket.ts';
import { aStage } from '../../../support/a-dead-letter-bucket.ts';
import { type Answer, ErrorAnswer, useAwsServer } from '../../../support/aws-server.ts';

const refused = (status: number, code: string) =>
  new ErrorAnswer(status, `<Error><Code>${code}</Code><Message>SECRET</Message></Error>`);

async function aBucket(answer: Answer) {
  const server = await useAwsServer({ GET: answer, PUT: answer });
  const client = new S3Client({ region: 'eu-west-1', maxAttempts: 1, forcePathStyle: true });
  return { server, bucket: openBucket(aStage, client) };
}

describe('the dead-letter bucket', () => {
  it('lists its objects page after page', async () => {
    const storedAt = new Date('2026-11-29T10:00:00Z');
    const object = (Key: string, Size: number) => ({ Key, Size, LastModified: storedAt });
    const pages = new Map<string | undefined, object>([
      [undefined, { Contents: [object('dead-letters/a', 5), object('aws/lambda/b', 7)], NextContinuationToken: 'p2' }],
      ['p2', { NextContinuationToken: 'p3' }],
      ['p3', { Contents: [object('redriven/c', 0)] }],
    ]);
    const send = ({ input }: { input: { Bucket: string; ContinuationToken?: string } }) => {
      expect(input.Bucket).toBe(aStage.bucket);
      return Promise.resolve(pages.get(input.ContinuationToken));
    };
    const storedAtMs = storedAt.getTime();
    expect(await openBucket(aStage, { send } as never).list()).toEqual([
      { key: 'dead-letters/a', storedAtMs, byteLength: 5 },
      { key: 'aws/lambda/b', storedAtMs, byteLength: 7 },
      { key: 'redriven/c', storedAtMs, byteLength: 0 },
    ]);
  });

  it('gives the text of an object, and nothing of one that is gone', async () => {
    const { bucket, server } = await aBucket(({ path }) =>
      path.includes('gone') ? refused(404, 'NoSuchKey') : '{"ä":1}',
    );
    expect(await bucket.get('dead-letters/a b')).toBe('{"ä":1}');
    expect(await bucket.get('gone')).toBeUndefined();
    expect(server.calls[0]?.path).toBe(`/${aStage.bucket}/dead-letters/a%20b`);
  });

  it('takes a receipt as JSON', async () => {
    const { bucket, server } = await aBucket(() => '');
    await bucket.put('redriven/a', '{"version":1}');
    const path = `/${aStage.bucket}/redriven/a`;
    expect(server.calls).toMatchObject([
      { action: 'PUT', path, contentType: 'application/json', body: '{"version":1}' },
    ]);
  });

  it.each([
    ['s3:ListBucket', (bucket: ReturnType<typeof openBucket>) => bucket.list()],
    ['s3:GetObject', (bucket: ReturnType<typeof openBucket>) => bucket.get('a')],
    ['s3:PutObject', (bucket: ReturnType<typeof openBucket>) => bucket.put('a', '{}')],
  ])('names the right %s where it is missing, and the bucket where that does not exist', async (right, use) => {
    let code = 'AccessDenied';
    const { bucket } = await aBucket(() => refused(code === 'AccessDenied' ? 403 : 404, code));
    const said = async () => String(await use(bucket).catch((error: unknown) => error));
    expect(await said()).toContain(
      `these credentials lack ${right} on the bucket ${aStage.bucket}: allow it in account`,
    );
    code = 'NoSuchBucket';
    expect(await said()).toContain(`the bucket ${aStage.bucket} does not exist in account 111111111111, eu-west-1`);
    expect(await said()).not.toContain('SECRET');
  });
});
