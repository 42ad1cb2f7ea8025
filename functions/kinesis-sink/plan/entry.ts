import type { SourceRecord } from '../../../shared/record.ts';
import { AggregateSize, encodeAggregate } from './aggregate.ts';
import type { PlannedRecord } from './plan.ts';

/** One entry of a request: a single Kafka record, unchanged, or an aggregate of several. */
export interface Entry {
  /** In sending order. A single record is sent without an aggregate. */
  readonly records: readonly SourceRecord[];
  /** 1 to 256 characters. */
  readonly partitionKey: string;
  readonly explicitHashKey: string | undefined;
  /** Standard base64. For a single record, the text from Kafka's event. */
  readonly dataBase64: string;
  /** Data before base64 plus the partition key in UTF-8, as the service counts. */
  readonly byteLength: number;
}

export interface EntryLimits {
  /** The limit of an aggregate; a single record has a limit of its own. */
  readonly bytesMax: number;
  readonly recordsMax: number;
}

/** An entry to which records can still be added. All its records have the same hash key. */
export class EntryDraft {
  readonly #limits: EntryLimits;
  readonly #records: [PlannedRecord, ...PlannedRecord[]];
  /** The size of an aggregate of the records; undefined while there is one record, which is sent without an aggregate. */
  #size: AggregateSize | undefined;
  /** The partition key of the aggregate; undefined means the partition key of its first record. */
  readonly #partitionKey: string | undefined;
  #byteLength: number;

  constructor(first: PlannedRecord, limits: EntryLimits, partitionKey: string | undefined) {
    this.#limits = limits;
    this.#partitionKey = partitionKey;
    this.#records = [first];
    this.#byteLength = first.byteLength;
  }

  get byteLength(): number {
    return this.#byteLength;
  }

  /** The size of the entry with one more record; undefined if the entry is full. */
  lengthWith(planned: PlannedRecord): number | undefined {
    if (this.#records.length >= this.#limits.recordsMax) return undefined;
    const byteLength = this.#sizeSoFar().bytesWith(sizeOf(planned)) + Buffer.byteLength(this.#aggregateKey);
    return byteLength > this.#limits.bytesMax ? undefined : byteLength;
  }

  /** @param byteLength the result of `lengthWith` for this record */
  add(planned: PlannedRecord, byteLength: number): void {
    this.#records.push(planned);
    this.#sizeSoFar().add(sizeOf(planned));
    this.#byteLength = byteLength;
  }

  close(): Entry {
    const [first] = this.#records;
    if (this.#records.length === 1) return entryOf(first);
    return {
      records: this.#records.map(({ record }) => record),
      partitionKey: this.#aggregateKey,
      explicitHashKey: first.explicitHashKey,
      dataBase64: encodeAggregate(this.#records.map(userRecordOf)).toString('base64'),
      byteLength: this.#byteLength,
    };
  }

  get #aggregateKey(): string {
    return this.#partitionKey ?? this.#records[0].partitionKey;
  }

  #sizeSoFar(): AggregateSize {
    if (this.#size === undefined) {
      this.#size = new AggregateSize();
      this.#size.add(sizeOf(this.#records[0]));
    }
    return this.#size;
  }
}

/** A record that is sent without an aggregate. */
export const entryOf = ({ record, partitionKey, explicitHashKey, data, byteLength }: PlannedRecord): Entry => ({
  records: [record],
  partitionKey,
  explicitHashKey,
  dataBase64: data.base64,
  byteLength,
});

const sizeOf = ({ partitionKey, explicitHashKey, data }: PlannedRecord) => ({
  partitionKey,
  explicitHashKey,
  dataBytes: data.byteLength,
});

const userRecordOf = ({ partitionKey, explicitHashKey, data }: PlannedRecord) => ({
  partitionKey,
  explicitHashKey,
  data: data.bytes(),
});
