import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Endpoints } from '../engines/endpoints.ts';
import type { FailureLetter } from '../msk-trigger/destination.ts';
import { bucketAdministrator } from './aws-clients.ts';

/** Puts what a mapping gives up where its destination says: Lambda's part, not the functions'. */
export function failureStore(endpoints: Endpoints): (letter: FailureLetter) => Promise<void> {
  const client = bucketAdministrator(endpoints);
  return async ({ destination, name, body }) => {
    if (destination.kind !== 's3')
      throw new Error(`a destination of kind ${destination.kind} is not served here: use a bucket`);
    const Bucket = destination.bucketArn.split(':').at(-1);
    await client.send(new PutObjectCommand({ Bucket, Key: name, Body: body, ContentType: 'application/json' }));
  };
}
