import type { SourceRecord } from '../../../shared/record.ts';
import { AggregateSize, encodeAggregate } from './aggregate.ts';
import type { PreparedRecord } from './prepare.ts';

/** One Kinesis record to be: a Kafka record as it is, or an aggregate of several. */
export interface Entry {
  /** In their order; a single one is sent as it is. */
  readonly records: readonly SourceRecord[];
  /** 1 to 256 characters. */
  readonly partitionKey: string;
  readonly explicitHashKey: string | undefined;
  /** Standard base64; of a single record as Kafka's event had it. */
  readonly dataBase64: string;
  /** Data before base64 plus the partition key in UTF-8: what the service counts. */
  readonly byteLength: number;
}

export interface EntryLimits {
  /** Of an aggregate; a single record has its own limit. */
  readonly bytesMax: number;
  readonly recordsMax: number;
}

/** An entry while records are added to it. All of them have one hash key. */
export class EntryDraft {
  readonly #limits: EntryLimits;
  readonly #records: PreparedRecord[] = [];
  readonly #size = new AggregateSize();
  /** What an aggregate is sent under; undefined: the partition key of its first record. */
  readonly #partitionKey: string | undefined;
  #partitionKeyBytes = 0;
  #byteLength = 0;

  constructor(limits: EntryLimits, partitionKey: string | undefined) {
    this.#limits = limits;
    this.#partitionKey = partitionKey;
  }

  get byteLength(): number {
    return this.#byteLength;
  }

  /** The entry's length with one more record; undefined: it takes no more. */
  lengthWith(prepared: PreparedRecord): number | undefined {
    if (this.#records.length === 0) return prepared.byteLength;
    if (this.#records.length === this.#limits.recordsMax) return undefined;
    const byteLength = this.#size.bytesWith(sizeOf(prepared)) + this.#partitionKeyBytes;
    return byteLength > this.#limits.bytesMax ? undefined : byteLength;
  }

  /** @param byteLength what `lengthWith` said of this record */
  add(prepared: PreparedRecord, byteLength: number): void {
    if (this.#records.length === 0) {
      this.#partitionKeyBytes = Buffer.byteLength(this.#partitionKey ?? prepared.partitionKey);
    }
    this.#records.push(prepared);
    this.#size.add(sizeOf(prepared));
    this.#byteLength = byteLength;
  }

  close(): Entry {
    const [first, ...others] = this.#records as [PreparedRecord, ...PreparedRecord[]];
    const isAlone = others.length === 0;
    return {
      records: this.#records.map(({ record }) => record),
      partitionKey: isAlone ? first.partitionKey : (this.#partitionKey ?? first.partitionKey),
      explicitHashKey: first.explicitHashKey,
      dataBase64: isAlone ? first.data.base64 : encodeAggregate(this.#records.map(userRecordOf)).toString('base64'),
      byteLength: this.#byteLength,
    };
  }
}

const sizeOf = ({ partitionKey, explicitHashKey, data }: PreparedRecord) => ({
  partitionKey,
  explicitHashKey,
  dataBytes: data.byteLength,
});

const userRecordOf = ({ partitionKey, explicitHashKey, data }: PreparedRecord) => ({
  partitionKey,
  explicitHashKey,
  data: data.bytes(),
});
