import { Admin, Producer } from '@platformatic/kafka';
import { createPoller, type Poller } from '../../../../local/msk-trigger/runtime/poller.ts';
import { type CaseRecord, placeOf } from '../records.ts';

/** The topics of one case after the other. */
export interface Topics {
  /** @throws Error if Kafka cannot give the records the offsets of the case */
  fill(names: readonly string[], records: readonly CaseRecord[]): Promise<void>;
  /** How many of all records a consumer group has not committed yet. */
  left(records: readonly CaseRecord[], groupId: string): Promise<number>;
  /** Why each record became a dead letter, by its place. */
  deadLetters(topic: string): Promise<Readonly<Record<string, string>>>;
  remove(names: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

const CLIENT_ID = 'msk-sinks-parity';
const PARTITION_COUNT = 4;
/** A special timestamp of ListOffsets. https://kafka.apache.org/protocol#The_Messages_ListOffsets */
const EARLIEST = -2n;
const FETCH_WAIT_MS = 500;

export function topicsOf(bootstrapServers: string): Topics {
  const client = { clientId: CLIENT_ID, bootstrapBrokers: [bootstrapServers] };
  const admin = new Admin(client);
  return {
    async fill(names, records) {
      checkOffsets(records);
      const partitions = Math.max(PARTITION_COUNT, ...records.map(({ partition }) => partition + 1));
      await admin.createTopics({ topics: [...names], partitions, replicas: 1 });
      // A send before the leaders are there would be repeated, and some of its records be written twice.
      await admin.listOffsets({ topics: names.map((name) => firstOffsets(name, partitions)) });
      // A producer of its own: no other knows topics that were removed.
      const producer = new Producer({ ...client, retries: false });
      try {
        await producer.send({ messages: records.map(messageOf), acks: -1 });
      } finally {
        await producer.close();
      }
    },
    async left(records, groupId) {
      const topics = [...Map.groupBy(records, ({ topic }) => topic)].map(([name, own]) => ({
        name,
        partitionIndexes: [...new Set(own.map(({ partition }) => partition))],
      }));
      const groups = await admin.listConsumerGroupOffsets({ groups: [{ groupId, topics }] });
      const committed = groups.flatMap((group) => group.topics.flatMap(({ partitions }) => partitions));
      // -1: nothing is committed.
      return committed.reduce(
        (count, { committedOffset }) => count - Math.max(Number(committedOffset), 0),
        records.length,
      );
    },
    async deadLetters(topic) {
      const startingPosition = { kind: 'TRIM_HORIZON' } as const;
      const poller = createPoller({ bootstrapServers, topic, groupId: CLIENT_ID, startingPosition, nullAs: 'absent' });
      try {
        return Object.fromEntries((await recordsOf(poller)).map(letterOf));
      } finally {
        await poller.close();
      }
    },
    remove: (names) => admin.deleteTopics({ topics: [...names] }),
    close: () => admin.close(),
  };
}

const firstOffsets = (name: string, partitions: number) => ({
  name,
  partitions: Array.from({ length: partitions }, (_, partitionIndex) => ({ partitionIndex, timestamp: EARLIEST })),
});

/** The records of a topic with one partition, as JSON. */
async function recordsOf(poller: Poller): Promise<readonly string[]> {
  const end = (await poller.endOffsets()).get(0) ?? 0;
  const texts: string[] = [];
  for (let offset = 0; offset < end; ) {
    const [arrival] = await poller.fetch([{ partition: 0, offset }], FETCH_WAIT_MS);
    texts.push(...(arrival?.records ?? []).map(({ json }) => json));
    offset = arrival?.nextOffset ?? offset;
  }
  return texts;
}

const messageOf = ({ topic, partition, timestampMs, key, value, headers }: CaseRecord) => ({
  topic,
  partition,
  timestamp: BigInt(timestampMs),
  ...(key !== null && { key }),
  ...(value !== null && { value }),
  headers: new Map(headers.map(([name, text]) => [Buffer.from(name), Buffer.from(text ?? '')])),
});

/** Kafka counts the records of a partition from 0 on. */
function checkOffsets(records: readonly CaseRecord[]): void {
  const next = new Map<string, number>();
  for (const record of records) {
    const partition = `${record.topic}-${record.partition}`;
    const offset = next.get(partition) ?? 0;
    if (record.offset !== offset) {
      throw new Error(`${placeOf(record)}: with --worker the offsets of a partition begin at 0 and leave out none`);
    }
    next.set(partition, offset + 1);
  }
}

/** https://kafka.apache.org/43/javadoc/org/apache/kafka/connect/runtime/errors/DeadLetterQueueReporter.html */
function letterOf(json: string): readonly [place: string, why: string] {
  const { headers } = JSON.parse(json) as { readonly headers: readonly Readonly<Record<string, readonly number[]>>[] };
  const texts = new Map(
    headers.flatMap((header) => Object.entries(header).map(([name, bytes]) => [name, Buffer.from(bytes).toString()])),
  );
  const text = (name: string) => texts.get(`__connect.errors.${name}`) ?? '';
  return [
    `${text('topic')}-${text('partition')}@${text('offset')}`,
    `${text('exception.class.name')}: ${text('exception.message')}`,
  ];
}
