import { type EventRecord, recordSerializer } from '../../../local/msk-trigger/runtime/event.ts';

type Fields = Omit<Parameters<ReturnType<typeof recordSerializer>>[0], 'offset' | 'timestampType'>;

/** One topic: its partitions, and the offsets that the group of its mapping committed. */
export class Topic {
  readonly name: string;
  /** Told of every new record and partition. */
  onChange = (): void => undefined;
  readonly #committed = new Map<number, number>();
  #partitions: EventRecord[][];
  #incarnation = 0;

  constructor(name: string, partitionCount: number) {
    this.name = name;
    this.#partitions = Array.from({ length: partitionCount }, () => []);
  }

  /** How often the topic was made anew. */
  get incarnation(): number {
    return this.#incarnation;
  }

  get partitionCount(): number {
    return this.#partitions.length;
  }

  topicPartitionOf = (partition: number): string => `${this.name}-${partition}`;

  endOffset = (partition: number): number => this.#partitions[partition]?.length ?? 0;

  append(partition: number, fields: Fields): void {
    const serialize = recordSerializer(this.name, partition);
    const record = serialize({ ...fields, offset: this.endOffset(partition), timestampType: 'CREATE_TIME' });
    this.#partitions[partition]?.push(record);
    this.onChange();
  }

  read(partition: number, offset: number, countMax: number): readonly EventRecord[] {
    return this.#partitions[partition]?.slice(offset, offset + countMax) ?? [];
  }

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
