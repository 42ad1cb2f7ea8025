import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Endpoints } from '../engines/endpoints.ts';
import type { FailureLetter } from '../msk-trigger/runtime/destination.ts';
import { bucketAdministrator } from './aws-clients.ts';
import { failureTopics } from './failure-topics.ts';

/** The on-failure destinations of the local mappings: buckets and topics. */
export interface FailureStore {
  put(letter: FailureLetter): Promise<void>;
  close(): Promise<void>;
}

/** Writes a mapping's failure records to its on-failure destination, as Lambda does. */
export function failureStore(endpoints: Endpoints): FailureStore {
  const client = bucketAdministrator(endpoints);
  const topics = failureTopics(endpoints.kafka.bootstrapServers);
  return {
    async put(letter) {
      const { destination, name, body } = letter;
      if (destination.kind === 'kafka') return await topics.put(destination.topic, letter);
      if (destination.kind !== 's3')
        throw new Error(`An on-failure destination of kind ${destination.kind} is not supported here: use a bucket`);
      const Bucket = destination.bucketArn.split(':').at(-1);
      await client.send(new PutObjectCommand({ Bucket, Key: name, Body: body, ContentType: 'application/json' }));
    },
    async close() {
      client.destroy();
      await topics.close();
    },
  };
}
