import { Admin } from '@platformatic/kafka';
import { describeForeign } from '../../shared/errors.ts';
import type { ConnectionOptions } from '../kafka/connection.ts';
import type { PartitionView } from './plan.ts';

/** The consumer groups of a cluster. Every method rejects with an Error that says what to do. */
export interface Groups {
  /** How many members the group has; 0 for a group that does not exist. */
  memberCount(group: string): Promise<number>;
  view(topic: string, sourceGroup: string, targetGroup: string): Promise<readonly PartitionView[]>;
  commit(
    group: string,
    topic: string,
    offsets: readonly { readonly partition: number; readonly offset: number }[],
  ): Promise<void>;
  close(): Promise<void>;
}

const EARLIEST = -2n;
const LATEST = -1n;

export function openGroups(connection: ConnectionOptions): Groups {
  const admin = new Admin(connection);

  async function said<T>(what: string, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw new Error(
        `${what} failed (${describeForeign(error)}): check --bootstrap, --tls and --login, and the rights in Kafka`,
      );
    }
  }

  async function committed(group: string, topic: string): Promise<ReadonlyMap<number, number>> {
    const found = await said(`reading the offsets of ${group}`, admin.listConsumerGroupOffsets({ groups: [group] }));
    const own = found.flatMap(({ topics }) => topics.filter(({ name }) => name === topic));
    const offsets = own.flatMap(({ partitions }) =>
      partitions.map(({ partitionIndex, committedOffset }) => [partitionIndex, Number(committedOffset)] as const),
    );
    return new Map(offsets.filter(([, offset]) => offset >= 0));
  }

  async function logOffsets(topic: string, partitions: readonly number[], timestamp: bigint) {
    const asked = partitions.map((partitionIndex) => ({ partitionIndex, timestamp }));
    const found = await said(
      `reading the offsets of ${topic}`,
      admin.listOffsets({ topics: [{ name: topic, partitions: asked }] }),
    );
    return new Map(
      found.flatMap((each) => each.partitions.map(({ partitionIndex, offset }) => [partitionIndex, Number(offset)])),
    );
  }

  async function partitionsOf(topic: string): Promise<readonly number[]> {
    const { topics } = await said(`reading ${topic}`, admin.metadata({ topics: [topic] }));
    const count = topics.get(topic)?.partitionsCount;
    if (count === undefined) throw new Error(`the topic ${topic} does not exist`);
    return Array.from({ length: count }, (_, index) => index);
  }

  return {
    async memberCount(group) {
      const found = await said(`describing the group ${group}`, admin.describeGroups({ groups: [group] }));
      return found.get(group)?.members.size ?? 0;
    },
    async view(topic, sourceGroup, targetGroup) {
      const partitions = await partitionsOf(topic);
      const [source, target, beginnings, ends] = await Promise.all([
        committed(sourceGroup, topic),
        committed(targetGroup, topic),
        logOffsets(topic, partitions, EARLIEST),
        logOffsets(topic, partitions, LATEST),
      ]);
      return partitions.map((partition) => ({
        ...{ partition, source: source.get(partition), target: target.get(partition) },
        ...{ beginning: beginnings.get(partition) ?? 0, end: ends.get(partition) ?? 0 },
      }));
    },
    async commit(groupId, topic, offsets) {
      const partitionOffsets = offsets.map(({ partition, offset }) => ({ partition, offset: BigInt(offset) }));
      const topics = [{ name: topic, partitionOffsets }];
      await said(`committing for ${groupId}`, admin.alterConsumerGroupOffsets({ groupId, topics }));
    },
    close: () => admin.close(),
  };
}
