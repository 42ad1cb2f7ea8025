import { Producer } from '@platformatic/kafka';
import type { FailureLetter } from '../msk-trigger/runtime/destination.ts';
import type { Connection } from '../msk-trigger/runtime/poller.ts';

/** Writes failure records to topics of the cluster (`kafka://TOPIC`). */
export interface FailureTopics {
  /** Rejects when Kafka has not acknowledged the record. */
  put(topic: string, letter: Pick<FailureLetter, 'name' | 'body'>): Promise<void>;
  close(): Promise<void>;
}

/** Connects on first use. @param bootstrapServers `host:port`, separated by commas */
export function failureTopics(bootstrapServers: string, connection: Connection = {}): FailureTopics {
  let producer: Producer<Buffer, Buffer> | undefined;
  const client = { clientId: 'msk-trigger-failures', bootstrapBrokers: bootstrapServers.split(',') };
  return {
    async put(topic, { name, body }) {
      producer ??= new Producer({ ...connection, ...client, acks: -1 });
      const key = name === undefined ? {} : { key: Buffer.from(name, 'base64') };
      await producer.send({ messages: [{ topic, value: Buffer.from(body), ...key }] });
    },
    close: async () => {
      await producer?.close();
    },
  };
}
