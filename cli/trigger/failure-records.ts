import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Destination } from '../../local/msk-trigger/mapping/mapping.ts';
import type { FailureLetter } from '../../local/msk-trigger/runtime/destination.ts';
import { failureTopics } from '../../local/pipeline/failure-topics.ts';
import type { ConnectionOptions } from '../kafka/connection.ts';

/** Stands for the on-failure destinations of the mappings. */
export interface FailureRecords {
  /** Rejects when the record is not durable. */
  put(letter: FailureLetter): Promise<void>;
  close(): Promise<void>;
}

/** A topic of this Kafka gets its records; what is meant for a bucket, a queue or a topic of SNS becomes a file. */
export function failureRecords(connection: ConnectionOptions, folder: string): FailureRecords {
  const topics = failureTopics(connection.bootstrapBrokers.join(), connection);
  let lastNumber = 0;
  return {
    async put(letter) {
      const { destination, name, body } = letter;
      if (destination.kind === 'kafka') return await topics.put(destination.topic, letter);
      lastNumber += 1;
      const file = join(folder, ...folderOf(destination), `${name ?? `${Date.now()}-${lastNumber}`}.json`);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, body, { mode: 0o600 });
    },
    close: topics.close,
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
