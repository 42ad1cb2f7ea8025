import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Producer } from '@platformatic/kafka';
import type { Destination } from '../../local/msk-trigger/mapping/mapping.ts';
import type { FailureLetter } from '../../local/msk-trigger/runtime/destination.ts';
import type { ConnectionOptions } from '../kafka/connection.ts';

/** Stands for the on-failure destinations of the mappings. */
export interface FailureRecords {
  /** Rejects when the record is not durable. */
  put(letter: FailureLetter): Promise<void>;
  close(): Promise<void>;
}

/** A topic of this Kafka gets its records; what is meant for a bucket, a queue or a topic of SNS becomes a file. */
export function failureRecords(connection: ConnectionOptions, folder: string): FailureRecords {
  let producer: Producer<Buffer, Buffer> | undefined;
  let lastNumber = 0;
  return {
    async put({ destination, name, body }) {
      if (destination.kind === 'kafka') {
        producer ??= new Producer({ ...connection, acks: -1 });
        const key = name === undefined ? {} : { key: Buffer.from(name, 'base64') };
        await producer.send({ messages: [{ topic: destination.topic, value: Buffer.from(body), ...key }] });
        return;
      }
      lastNumber += 1;
      const file = join(folder, ...folderOf(destination), `${name ?? `${Date.now()}-${lastNumber}`}.json`);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, body, { mode: 0o600 });
    },
    close: async () => {
      await producer?.close();
    },
  };
}

function folderOf(destination: Exclude<Destination, { kind: 'kafka' }>): readonly [kind: string, name: string] {
  switch (destination.kind) {
    case 's3':
      return ['s3', nameOf(destination.bucketArn)];
    case 'sqs':
      return ['sqs', nameOf(destination.queueArn)];
    case 'sns':
      return ['sns', nameOf(destination.topicArn)];
  }
}

const nameOf = (arn: string): string => arn.split(':').at(-1) ?? arn;
