import { createHash } from 'node:crypto';
import { assert } from '../../../shared/errors.ts';

/** A record as a consumer that deaggregates (KCL, aws-kinesis-agg) receives it. */
export interface UserRecord {
  readonly partitionKey: string;
  /** A decimal number from 0 to 2^128 - 1 that replaces the hash of the partition key. */
  readonly explicitHashKey: string | undefined;
  readonly data: Uint8Array;
}

/** The parts of a {@link UserRecord} that determine the size of its aggregate. */
export interface UserRecordSize {
  readonly partitionKey: string;
  readonly explicitHashKey: string | undefined;
  readonly dataBytes: number;
}

/** https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md */
const MAGIC = Uint8Array.of(0xf3, 0x89, 0x9a, 0xc2);
const DIGEST_BYTES = 16;

/** One byte with field number and wire type: https://protobuf.dev/programming-guides/encoding/ */
const TAG_BYTES = 1;
const PARTITION_KEY_TABLE = 0x0a;
const EXPLICIT_HASH_KEY_TABLE = 0x12;
const RECORDS = 0x1a;
const PARTITION_KEY_INDEX = 0x08;
const EXPLICIT_HASH_KEY_INDEX = 0x10;
const DATA = 0x1a;

/**
 * Encodes one aggregate, byte for byte as the Kinesis Producer Library does: magic, protobuf, MD5 of the protobuf. Each
 * table holds a key once, in order of first appearance.
 */
export function encodeAggregate(records: readonly UserRecord[]): Buffer {
  assert(records.length > 0, 'an aggregate holds one user record or more');
  const partitionKeys = new KeyTable();
  const explicitHashKeys = new KeyTable();
  const size = new AggregateSize();
  const rows = records.map(({ partitionKey, explicitHashKey, data }) => {
    size.add({ partitionKey, explicitHashKey, dataBytes: data.byteLength });
    return {
      partitionKeyIndex: partitionKeys.add(partitionKey),
      explicitHashKeyIndex: explicitHashKey === undefined ? undefined : explicitHashKeys.add(explicitHashKey),
      data,
    };
  });

  const writer = new Writer(size.bytes);
  writer.bytes(MAGIC);
  for (const key of partitionKeys.keys()) writer.text(PARTITION_KEY_TABLE, key);
  for (const key of explicitHashKeys.keys()) writer.text(EXPLICIT_HASH_KEY_TABLE, key);
  for (const row of rows) writer.row(row);
  return writer.close();
}

/** The exact size of an aggregate, computed record by record before the aggregate is encoded. */
export class AggregateSize {
  readonly #partitionKeys = new KeyTable();
  readonly #explicitHashKeys = new KeyTable();
  #bytes = MAGIC.length + DIGEST_BYTES;

  /** The size of the aggregate with the records added so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The size of the aggregate with one more record. */
  bytesWith({ partitionKey, explicitHashKey, dataBytes }: UserRecordSize): number {
    const partitionKeyIndex = this.#partitionKeys.indexOf(partitionKey);
    const explicitHashKeyIndex =
      explicitHashKey === undefined ? undefined : this.#explicitHashKeys.indexOf(explicitHashKey);
    return (
      this.#bytes +
      (this.#partitionKeys.has(partitionKey) ? 0 : fieldBytes(Buffer.byteLength(partitionKey))) +
      (explicitHashKey === undefined || this.#explicitHashKeys.has(explicitHashKey)
        ? 0
        : fieldBytes(Buffer.byteLength(explicitHashKey))) +
      fieldBytes(rowBytes(partitionKeyIndex, explicitHashKeyIndex, dataBytes))
    );
  }

  add(record: UserRecordSize): void {
    this.#bytes = this.bytesWith(record);
    this.#partitionKeys.add(record.partitionKey);
    if (record.explicitHashKey !== undefined) this.#explicitHashKeys.add(record.explicitHashKey);
  }
}

/** Keys in order of first appearance, each with its index. */
class KeyTable {
  readonly #indexes = new Map<string, number>();

  has(key: string): boolean {
    return this.#indexes.has(key);
  }

  /** The index of the key, or the index that a new key would get. */
  indexOf(key: string): number {
    return this.#indexes.get(key) ?? this.#indexes.size;
  }

  add(key: string): number {
    const index = this.indexOf(key);
    this.#indexes.set(key, index);
    return index;
  }

  keys(): Iterable<string> {
    return this.#indexes.keys();
  }
}

interface Row {
  readonly partitionKeyIndex: number;
  readonly explicitHashKeyIndex: number | undefined;
  readonly data: Uint8Array;
}

function rowBytes(partitionKeyIndex: number, explicitHashKeyIndex: number | undefined, dataBytes: number): number {
  return (
    TAG_BYTES +
    varintBytes(partitionKeyIndex) +
    (explicitHashKeyIndex === undefined ? 0 : TAG_BYTES + varintBytes(explicitHashKeyIndex)) +
    fieldBytes(dataBytes)
  );
}

/** A length-delimited field: tag, length, content. */
const fieldBytes = (contentBytes: number): number => TAG_BYTES + varintBytes(contentBytes) + contentBytes;

/** Each byte of a varint holds seven bits. */
function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes += 1;
  return bytes;
}

class Writer {
  readonly #buffer: Buffer;
  #at = 0;

  constructor(byteLength: number) {
    this.#buffer = Buffer.allocUnsafe(byteLength);
  }

  bytes(content: Uint8Array): void {
    this.#buffer.set(content, this.#at);
    this.#at += content.byteLength;
  }

  text(tag: number, content: string): void {
    this.#number(tag, Buffer.byteLength(content));
    this.#at += this.#buffer.write(content, this.#at);
  }

  row({ partitionKeyIndex, explicitHashKeyIndex, data }: Row): void {
    this.#number(RECORDS, rowBytes(partitionKeyIndex, explicitHashKeyIndex, data.byteLength));
    this.#number(PARTITION_KEY_INDEX, partitionKeyIndex);
    if (explicitHashKeyIndex !== undefined) this.#number(EXPLICIT_HASH_KEY_INDEX, explicitHashKeyIndex);
    this.#number(DATA, data.byteLength);
    this.bytes(data);
  }

  close(): Buffer {
    const body = this.#buffer.subarray(MAGIC.length, this.#at);
    this.bytes(createHash('md5').update(body).digest());
    assert(this.#at === this.#buffer.byteLength, 'an aggregate is as long as its size said');
    return this.#buffer;
  }

  #number(tag: number, value: number): void {
    this.#buffer[this.#at++] = tag;
    let rest = value;
    for (; rest > 0x7f; rest >>>= 7) this.#buffer[this.#at++] = (rest & 0x7f) | 0x80;
    this.#buffer[this.#at++] = rest;
  }
}
