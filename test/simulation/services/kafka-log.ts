import { hash } from '../scenario/random.ts';
import type { ScenarioRecord } from '../scenario/scenario.ts';
import { EPOCH_MS } from '../scenario/timeline.ts';
import { Topic } from './topic.ts';

/** A record where Kafka put it. */
export interface ProducedRecord {
  readonly scenario: ScenarioRecord;
  readonly topic: string;
  readonly topicPartition: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestampMs: number;
  readonly producedAtMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [name: Buffer, bytes: Buffer])[];
  /** How often the topic had been made anew. */
  readonly incarnation: number;
}

export const TOPIC = 'orders';

/** All names begin with the first. The second is also the name of a partition of the first; a dot is none in the field of a version. */
const TOPICS: readonly string[] = [TOPIC, `${TOPIC}-1`, `${TOPIC}.eu`];

export const TOPICS_MAX = TOPICS.length;

export const topicNamesOf = (topicCount = 1): readonly string[] => TOPICS.slice(0, topicCount);

/** In which topic a record is, of so many. */
export const topicNameOf = ({ topic = 0 }: Pick<ScenarioRecord, 'topic'>, topicCount = 1): string =>
  TOPICS[topic % topicCount] ?? TOPIC;

/** Stands in every key, value and header: must never be seen in a log line. */
export const SECRET = 'hunter2';

/** Topics with the same numbers of partitions, and their records. */
export class KafkaLog {
  readonly topics: readonly Topic[];
  readonly produced: ProducedRecord[] = [];
  readonly #places = new Map<string, ProducedRecord[]>();

  constructor(partitionCount: number, topicCount = 1) {
    this.topics = topicNamesOf(topicCount).map((name) => new Topic(name, partitionCount));
  }

  /** @param key default: the text of the record's key */
  produce(record: ScenarioRecord, value: Buffer | null, key = keyOf(record)): ProducedRecord {
    const topic = this.#topicOf(record);
    const partition = partitionOf(record, topic);
    const topicPartition = topic.topicPartitionOf(partition);
    const offset = topic.endOffset(partition);
    const place = `${topicPartition}@${offset}`;
    const producedAtMs = EPOCH_MS + record.atMs;
    const produced: ProducedRecord = {
      scenario: record,
      topic: topic.name,
      topicPartition,
      partition,
      offset,
      timestampMs: this.#ownTimeMs(place, record) ?? producedAtMs,
      producedAtMs,
      key,
      value,
      // A name may stand there twice, and bytes need not be text.
      headers: [
        [Buffer.from('trace'), Buffer.from(`${SECRET}-${record.id}`)],
        [Buffer.from('trace'), Buffer.from([0, 127, 128, 255])],
      ],
      incarnation: topic.incarnation,
    };
    this.produced.push(produced);
    this.#places.set(place, [...(this.#places.get(place) ?? []), produced]);
    topic.append(partition, produced);
    return produced;
  }

  /** The record of that place, `orders-0@7`, as it was at a time: a topic that is made anew begins at 0 again. */
  at(position: string, atMs = Number.POSITIVE_INFINITY): ProducedRecord | undefined {
    return this.#places.get(position)?.findLast(({ producedAtMs }) => producedAtMs <= atMs);
  }

  /** The record that was sent as this; if none was, whatever was last produced there. */
  find(topicPartition: string, offset: number, timestampMs: number): ProducedRecord | undefined {
    const candidates = this.#places.get(`${topicPartition}@${offset}`);
    return candidates?.find((record) => record.timestampMs === timestampMs) ?? candidates?.at(-1);
  }

  /** Whether the topic of a record was not made anew since. */
  isCurrent = ({ topic, incarnation }: ProducedRecord): boolean =>
    this.topics.some((each) => each.name === topic && each.incarnation === incarnation);

  #topicOf(record: ScenarioRecord): Topic {
    const name = topicNameOf(record, this.topics.length);
    const topic = this.topics.find((each) => each.name === name);
    if (topic === undefined) throw new Error(`there is no topic ${name}`);
    return topic;
  }

  /** The producer's own time, unless a record of that time was there before the topic was made anew: nothing could tell the two apart. */
  #ownTimeMs(place: string, { timeMs }: ScenarioRecord): number | undefined {
    const isTaken = this.#places.get(place)?.some(({ timestampMs }) => timestampMs === timeMs);
    return isTaken === true ? undefined : timeMs;
  }
}

const keyOf = ({ key }: ScenarioRecord): Buffer | null => (key === null ? null : Buffer.from(key));

/** As a producer does: by its own choice, by the key's hash, or in turn. */
const partitionOf = ({ id, key, partition }: ScenarioRecord, { partitionCount }: Topic): number =>
  (partition ?? Math.abs(key === null ? id : hash(key))) % partitionCount;
