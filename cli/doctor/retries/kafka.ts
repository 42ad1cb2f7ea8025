import { Admin, findErrorBy, Producer } from '@platformatic/kafka';
import { describeForeign } from '../../../shared/errors.ts';
import type { ConnectionOptions } from '../../kafka/connection.ts';

/** What a run does in Kafka. */
export interface ScratchKafka {
  createTopic(topic: string): Promise<void>;
  /** Records with the values 0, 1, .. */
  produce(topic: string, count: number): Promise<void>;
  deleteGroup(group: string): Promise<void>;
  deleteTopic(topic: string): Promise<void>;
  close(): Promise<void>;
}

/** https://kafka.apache.org/protocol#The_Messages_ListOffsets */
const EARLIEST = -2n;

export function scratchKafka(connection: ConnectionOptions): ScratchKafka {
  const admin = new Admin(connection);
  const said = async <T>(what: string, work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw new Error(
        `${what} failed (${describeForeign(error)}): check --bootstrap, --tls and --login, and the rights in Kafka`,
      );
    }
  };
  return {
    async createTopic(topic) {
      await said(`creating the topic ${topic}`, admin.createTopics({ topics: [topic], partitions: 1, replicas: -1 }));
      // A send before the leader is there would be repeated, and some of its records be written twice.
      const partitions = [{ partitionIndex: 0, timestamp: EARLIEST }];
      await said(`reading the topic ${topic}`, admin.listOffsets({ topics: [{ name: topic, partitions }] }));
    },
    async produce(topic, count) {
      const producer = new Producer({ ...connection, retries: false });
      const messages = Array.from({ length: count }, (_, value) => ({
        topic,
        partition: 0,
        value: Buffer.from(`${value}`),
      }));
      await said(`producing to ${topic}`, producer.send({ messages, acks: -1 })).finally(() => producer.close());
    },
    deleteGroup: (group) => said(`deleting the group ${group}`, gone(admin.deleteGroups({ groups: [group] }))),
    deleteTopic: (topic) => said(`deleting the topic ${topic}`, gone(admin.deleteTopics({ topics: [topic] }))),
    close: () => admin.close(),
  };
}

/** What never came to be need not be deleted. https://kafka.apache.org/protocol.html#protocol_error_codes */
const NEVER_THERE = ['UNKNOWN_TOPIC_OR_PARTITION', 'GROUP_ID_NOT_FOUND'];

const gone = (deletion: Promise<void>): Promise<void> =>
  deletion.catch((error: unknown) => {
    const isNeverThere = NEVER_THERE.some((apiId) => findErrorBy(error as Error, 'apiId', apiId) !== null);
    if (!isNeverThere) throw error;
  });
