import { Admin, type AdminOptions, Consumer, findErrorBy, UserError } from '@platformatic/kafka';
import type { Arrival, FetchPosition } from '../machine/machine.ts';
import type { StartingPosition } from '../mapping/mapping.ts';
import { arrivalOf } from './arrival.ts';
import { type EventRecord, type NullAs, recordSerializer } from './event.ts';

/** The Kafka calls of one mapping. No method is called again before its last call has ended, except `endOffsets`. */
export interface Poller {
  /**
   * The position of each partition that is not known yet: its committed offset, or otherwise the starting position. A partition that
   * is added later starts at its beginning.
   */
  positions(known: ReadonlySet<number>): Promise<ReadonlyMap<number, number>>;
  /** Waits up to `waitMs` for the first record. */
  fetch(wanted: readonly FetchPosition[], waitMs: number): Promise<readonly Arrival<EventRecord>[]>;
  /** The wanted partitions whose log does not (or no longer) contain the position, with the first offset of the log. */
  outOfRange(wanted: readonly FetchPosition[]): Promise<readonly FetchPosition[]>;
  commit(offsets: ReadonlyMap<number, number>): Promise<void>;
  endOffsets(): Promise<ReadonlyMap<number, number>>;
  close(): Promise<void>;
}

/** How a client reaches the brokers, beside their addresses. Default: without TLS and without a login. */
export type Connection = Pick<AdminOptions, 'connectTimeout' | 'tls' | 'tlsServerName' | 'sasl'>;

export interface PollerOptions {
  readonly connection?: Connection | undefined;
  readonly bootstrapServers: string;
  readonly topic: string;
  readonly groupId: string;
  readonly startingPosition: StartingPosition;
  readonly nullAs: NullAs;
}

const PARTITION_BYTES_MAX = 1024 * 1024;
const FETCH_BYTES_MAX = 8 * 1024 * 1024;

/** The client makes three attempts, by default one second apart, which is too long for a restarting local broker. */
const RETRY_DELAY_MS = 100;

/** Raw fetches return all records. Lambda's isolation level is not documented, and this level needs no list of aborted transactions. */
const READ_UNCOMMITTED = 0;

/** The special timestamps of ListOffsets. https://kafka.apache.org/protocol#The_Messages_ListOffsets */
const LATEST = -1n;
const EARLIEST = -2n;

/** True if a fetch failed because an offset is outside the log. */
export function isOutOfRange(error: unknown): boolean {
  return error instanceof Error && findErrorBy(error, 'apiId', 'OFFSET_OUT_OF_RANGE') !== null;
}

/** A poller of one topic. Connects on first use. */
export function createPoller(options: PollerOptions): Poller {
  const { topic, groupId } = options;
  const fromBeginning: PollerOptions = { ...options, startingPosition: { kind: 'TRIM_HORIZON' } };
  const bootstrapBrokers = options.bootstrapServers.split(',');
  const names = { clientId: `msk-trigger-${topic}`, bootstrapBrokers, retryDelay: RETRY_DELAY_MS };
  const client = { ...names, ...options.connection };
  const admin = new Admin(client);
  const consumer = new Consumer({ ...client, groupId });
  consumer.topics.track(topic);
  const serializers = new Map<number, ReturnType<typeof recordSerializer>>();
  const serializerOf = (partition: number) => {
    const serializer = serializers.get(partition) ?? recordSerializer(topic, partition, options.nullAs);
    serializers.set(partition, serializer);
    return serializer;
  };

  return {
    positions: async (known) => {
      const all = await partitionNumbers(admin, topic);
      const added = all.filter((partition) => !known.has(partition));
      const isLater = added.length < all.length;
      return added.length === 0 ? new Map() : startPositions(admin, isLater ? fromBeginning : options, added);
    },
    fetch: async (wanted, waitMs) => {
      const requests = await requestsByLeader(consumer, topic, wanted);
      const limits = { isolationLevel: READ_UNCOMMITTED, maxBytes: FETCH_BYTES_MAX, minBytes: 1, maxWaitTime: waitMs };
      const answers = await Promise.all(requests.map((request) => consumer.fetch({ ...request, ...limits })));
      const fetchedFrom = new Map(wanted.map(({ partition, offset }) => [partition, offset]));
      return answers
        .flatMap((answer) => answer.responses.flatMap((response) => response.partitions))
        .map((fetched) =>
          arrivalOf(fetched, fetchedFrom.get(fetched.partitionIndex) ?? 0, serializerOf(fetched.partitionIndex)),
        );
    },
    outOfRange: async (wanted) => {
      consumer.clearMetadata();
      const partitions = wanted.map(({ partition }) => partition);
      const first = await listOffsets(admin, topic, partitions, EARLIEST);
      const end = await listOffsets(admin, topic, partitions, LATEST);
      return wanted
        .filter(
          ({ partition, offset }) => offset < (first.get(partition) ?? 0) || offset > (end.get(partition) ?? offset),
        )
        .map(({ partition }) => ({ partition, offset: first.get(partition) ?? 0 }));
    },
    commit: async (offsets) => {
      const partitionOffsets = [...offsets].map(([partition, offset]) => ({ partition, offset: BigInt(offset) }));
      await admin.alterConsumerGroupOffsets({ groupId, topics: [{ name: topic, partitionOffsets }] });
    },
    endOffsets: async () => listOffsets(admin, topic, await partitionNumbers(admin, topic), LATEST),
    close: async () => {
      await Promise.all([consumer.close(true), admin.close()]);
    },
  };
}

async function partitionNumbers(admin: Admin, topic: string): Promise<readonly number[]> {
  const count = await admin.metadata({ topics: [topic], forceUpdate: true }).then(
    ({ topics }) => topics.get(topic)?.partitionsCount ?? 0,
    (error: unknown) => {
      // The client reports an unknown topic in this way; any other error is a problem of the cluster.
      if (error instanceof UserError) return 0;
      throw error;
    },
  );
  if (count === 0) throw new Error(`topic "${topic}" does not exist: create it on Kafka before its trigger starts`);
  return Array.from({ length: count }, (_, partition) => partition);
}

async function startPositions(
  admin: Admin,
  options: PollerOptions,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const committed = await committedOffsets(admin, options, partitions);
  const fresh = partitions.filter((partition) => !committed.has(partition));
  const started = await startingOffsets(admin, options, fresh);
  return new Map([...committed, ...started]);
}

async function committedOffsets(
  admin: Admin,
  { groupId, topic }: PollerOptions,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const topics = [{ name: topic, partitionIndexes: [...partitions] }];
  const groups = await admin.listConsumerGroupOffsets({ groups: [{ groupId, topics }] });
  const found = groups.flatMap((group) => group.topics.flatMap((ofTopic) => ofTopic.partitions));
  // -1: no committed offset.
  const committed = found.filter(({ committedOffset }) => committedOffset >= 0n);
  return new Map(committed.map(({ partitionIndex, committedOffset }) => [partitionIndex, Number(committedOffset)]));
}

async function startingOffsets(
  admin: Admin,
  { topic, startingPosition }: PollerOptions,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (startingPosition.kind === 'TRIM_HORIZON') return listOffsets(admin, topic, partitions, EARLIEST);
  const end = await listOffsets(admin, topic, partitions, LATEST);
  if (startingPosition.kind === 'LATEST') return end;
  // -1: every record is older.
  const found = await listOffsets(admin, topic, partitions, BigInt(startingPosition.timestampMs));
  return new Map([...end].map(([partition, last]) => [partition, atLeastZero(found.get(partition)) ?? last]));
}

function atLeastZero(offset: number | undefined): number | undefined {
  return offset !== undefined && offset >= 0 ? offset : undefined;
}

async function listOffsets(
  admin: Admin,
  topic: string,
  partitions: readonly number[],
  timestamp: bigint,
): Promise<ReadonlyMap<number, number>> {
  if (partitions.length === 0) return new Map();
  const requested = partitions.map((partitionIndex) => ({ partitionIndex, timestamp }));
  const topics = await admin.listOffsets({ topics: [{ name: topic, partitions: requested }] });
  const listed = topics.flatMap((ofTopic) => ofTopic.partitions);
  return new Map(listed.map(({ partitionIndex, offset }) => [partitionIndex, Number(offset)]));
}

/** One request to each broker that leads one of the wanted partitions. */
async function requestsByLeader(
  consumer: Consumer,
  topic: string,
  wanted: readonly FetchPosition[],
): Promise<
  readonly { node: number; topics: { topicId: string; partitions: ReturnType<typeof fetchPartition>[] }[] }[]
> {
  const { topics } = await consumer.metadata({ topics: [topic] });
  const { id: topicId, partitions } = topics.get(topic) ?? { id: '', partitions: [] };
  const byLeader = new Map<number, FetchPosition[]>();
  for (const position of wanted) {
    const leader = partitions[position.partition]?.leader ?? 0;
    byLeader.set(leader, [...(byLeader.get(leader) ?? []), position]);
  }
  return [...byLeader].map(([node, positions]) => ({
    node,
    topics: [{ topicId, partitions: positions.map(fetchPartition) }],
  }));
}

function fetchPartition({ partition, offset }: FetchPosition) {
  const epochs = { currentLeaderEpoch: -1, lastFetchedEpoch: -1 };
  return { partition, fetchOffset: BigInt(offset), partitionMaxBytes: PARTITION_BYTES_MAX, ...epochs };
}
