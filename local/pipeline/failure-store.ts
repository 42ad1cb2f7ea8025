import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Endpoints } from '../engines/endpoints.ts';
import type { FailureLetter } from '../msk-trigger/runtime/destination.ts';
import { bucketAdministrator } from './aws-clients.ts';

/** Writes a mapping's failure records to its on-failure destination, as Lambda does. */
export function failureStore(endpoints: Endpoints): (letter: FailureLetter) => Promise<void> {
  const client = bucketAdministrator(endpoints);
  return async ({ destination, name, body }) => {
    if (destination.kind !== 's3')
      throw new Error(`An on-failure destination of kind ${destination.kind} is not supported here: use a bucket`);
    const Bucket = destination.bucketArn.split(':').at(-1);
    await client.send(new PutObjectCommand({ Bucket, Key: name, Body: body, ContentType: 'application/json' }));
  };
}
