import type { EventRecord } from '../../../local/msk-trigger/runtime/event.ts';
import { recordSerializer } from '../../../local/msk-trigger/runtime/event.ts';
import { hash } from '../scenario/random.ts';
import type { ScenarioRecord } from '../scenario/scenario.ts';
import { EPOCH_MS } from '../scenario/timeline.ts';

/** A record where Kafka put it. */
export interface ProducedRecord {
  readonly scenario: ScenarioRecord;
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

const topicPartitionOf = (partition: number): string => `${TOPIC}-${partition}`;

/** Stands in every key, value and header: must never be seen in a log line. */
export const SECRET = 'hunter2';

/** One topic: partitions, records, and the group's committed offsets. */
export class KafkaLog {
  readonly produced: ProducedRecord[] = [];
  /** Told of every new record and partition. */
  onChange = (): void => undefined;
  readonly #places = new Map<string, ProducedRecord[]>();
  readonly #committed = new Map<number, number>();
  #partitions: EventRecord[][];
  #incarnation = 0;

  constructor(partitionCount: number) {
    this.#partitions = Array.from({ length: partitionCount }, () => []);
  }

  get incarnation(): number {
    return this.#incarnation;
  }

  partitionCount = (): number => this.#partitions.length;

  produce(record: ScenarioRecord, value: Buffer | null): ProducedRecord {
    const partition = this.#partitionOf(record);
    const log = this.#partitions[partition] as EventRecord[];
    const producedAtMs = EPOCH_MS + record.atMs;
    const timestampMs = this.#ownTimeMs(`${topicPartitionOf(partition)}@${log.length}`, record) ?? producedAtMs;
    const produced: ProducedRecord = {
      scenario: record,
      topicPartition: topicPartitionOf(partition),
      partition,
      offset: log.length,
      timestampMs,
      producedAtMs,
      key: record.key === null ? null : Buffer.from(record.key),
      value,
      // A name may stand there twice, and bytes need not be text.
      headers: [
        [Buffer.from('trace'), Buffer.from(`${SECRET}-${record.id}`)],
        [Buffer.from('trace'), Buffer.from([0, 127, 128, 255])],
      ],
      incarnation: this.#incarnation,
    };
    const { offset, key, headers } = produced;
    const serialize = recordSerializer(TOPIC, partition);
    log.push(serialize({ offset, timestampMs, timestampType: 'CREATE_TIME', key, value, headers }));
    this.produced.push(produced);
    const place = `${produced.topicPartition}@${offset}`;
    this.#places.set(place, [...(this.#places.get(place) ?? []), produced]);
    this.onChange();
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

  /** The producer's own time, unless a record of that time was there before the topic was made anew: nothing could tell the two apart. */
  #ownTimeMs(place: string, { timeMs }: ScenarioRecord): number | undefined {
    const isTaken = this.#places.get(place)?.some(({ timestampMs }) => timestampMs === timeMs);
    return isTaken === true ? undefined : timeMs;
  }

  /** As a producer does: by its own choice, by the key's hash, or in turn. */
  #partitionOf({ id, key, partition }: ScenarioRecord): number {
    return (partition ?? Math.abs(key === null ? id : hash(key))) % this.#partitions.length;
  }

  read(partition: number, offset: number, countMax: number): readonly EventRecord[] {
    return this.#partitions[partition]?.slice(offset, offset + countMax) ?? [];
  }

  endOffset = (partition: number): number => this.#partitions[partition]?.length ?? 0;

  commit(partition: number, offset: number): void {
    this.#committed.set(partition, Math.max(offset, this.#committed.get(partition) ?? 0));
  }

  /** Where a mapping begins: at what is committed, or at the oldest record. */
  positions(): ReadonlyMap<number, number> {
    return new Map(this.#partitions.map((_, partition) => [partition, this.#committed.get(partition) ?? 0]));
  }

  raisePartitions(): void {
    this.#partitions.push([]);
    this.onChange();
  }

  /** Deleted and made again, with the group's offsets: what was not read yet is gone, as in Kafka. */
  recreate(): void {
    this.#partitions = this.#partitions.map(() => []);
    this.#committed.clear();
    this.#incarnation += 1;
  }
}
