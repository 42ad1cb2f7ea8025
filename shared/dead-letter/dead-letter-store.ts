import { DEAD_LETTER_TIMEOUT_MS } from '../limits.ts';
import type { DeadLetterStore } from './dead-letter-queue.ts';

export interface S3StoreOptions {
  readonly bucket: string;
  /** True for an S3 that is addressed by IP, where the bucket's name cannot be part of the host name. */
  readonly pathStyle: boolean;
}

/**
 * Writes dead letters as objects of an S3 bucket. The client is loaded and built with the first dead letter: most
 * environments never write one, and loading the client would lengthen every cold start.
 */
export function createS3Store({ bucket, pathStyle }: S3StoreOptions): DeadLetterStore {
  let writer: Promise<(key: string, body: string, signal: AbortSignal) => Promise<void>> | undefined;

  async function createWriter() {
    const [{ PutObjectCommand, S3Client }, { NodeHttpHandler }] = await Promise.all([
      import('@aws-sdk/client-s3'),
      import('@smithy/node-http-handler'),
    ]);
    const client = new S3Client({
      forcePathStyle: pathStyle,
      maxAttempts: 1,
      requestHandler: new NodeHttpHandler({
        connectionTimeout: DEAD_LETTER_TIMEOUT_MS,
        requestTimeout: DEAD_LETTER_TIMEOUT_MS,
        throwOnRequestTimeout: true,
      }),
    });
    return async (key: string, body: string, abortSignal: AbortSignal) => {
      const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: 'application/json' });
      await client.send(command, { abortSignal });
    };
  }

  return {
    async put(key, body, signal) {
      writer ??= createWriter();
      const write = await writer;
      await write(key, body, signal);
    },
  };
}
