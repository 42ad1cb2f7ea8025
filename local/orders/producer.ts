import { createHash } from 'node:crypto';
import { Admin, Producer } from '@platformatic/kafka';
import type { OrderRecord } from './order-stream.ts';

/** A record that Kafka acknowledged. */
export interface ProducedRecord extends OrderRecord {
  readonly partition: number;
  readonly offset: number;
  /** Kafka's timestamp, in milliseconds since 1970. */
  readonly timestampMs: number;
}

export interface OrderProducer {
  /** Resolves when all are acknowledged. */
  produce(records: readonly OrderRecord[]): Promise<readonly ProducedRecord[]>;
  close(): Promise<void>;
}

export interface TopicOptions {
  readonly bootstrapServers: string;
  readonly topic: string;
  readonly partitions: number;
}

const CLIENT_ID = 'msk-sinks-orders';
/** More than Kafka's default of 1 MiB: a topic may hold records that are too large for a Kinesis stream. */
const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

/** Creates the topic, which must not exist. */
export async function createTopic({ bootstrapServers, topic, partitions }: TopicOptions): Promise<void> {
  const admin = new Admin({ clientId: CLIENT_ID, bootstrapBrokers: bootstrapServers.split(',') });
  try {
    await admin.createTopics({
      topics: [topic],
      partitions,
      replicas: 1,
      configs: [{ name: 'max.message.bytes', value: String(MESSAGE_BYTES_MAX) }],
    });
  } finally {
    await admin.close();
  }
}

export function createOrderProducer({ bootstrapServers, topic, partitions }: TopicOptions): OrderProducer {
  const producer = new Producer({ clientId: CLIENT_ID, bootstrapBrokers: bootstrapServers.split(',') });
  let keyless = 0;
  const partitionOf = (key: string | null) => {
    if (key !== null) return createHash('md5').update(key).digest().readUInt32BE(0) % partitions;
    keyless += 1;
    return keyless % partitions;
  };

  return {
    async produce(records) {
      const timestampMs = Date.now();
      const placed = records.map((record) => ({ ...record, timestampMs, partition: partitionOf(record.key) }));
      const messages = placed.map(({ key, value, partition }) => ({
        topic,
        partition,
        timestamp: BigInt(timestampMs),
        ...(key !== null && { key: Buffer.from(key) }),
        ...(value !== null && { value: Buffer.from(value) }),
      }));
      const { offsets = [] } = await producer.send({ messages, acks: -1 });
      const nextOffset = new Map(offsets.map(({ partition, offset }) => [partition, Number(offset)]));
      return placed.map((record) => {
        const offset = nextOffset.get(record.partition);
        if (offset === undefined) throw new Error(`Kafka acknowledged no record of partition ${record.partition}`);
        nextOffset.set(record.partition, offset + 1);
        return { ...record, offset };
      });
    },
    close: () => producer.close(),
  };
}
