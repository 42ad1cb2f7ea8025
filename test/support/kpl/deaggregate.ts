import { createHash } from 'node:crypto';
import { serviceHashKey } from './hash-key.ts';
import { type Field, fieldsOf, MalformedMessageError } from './protobuf.ts';

/** A record of a stream, or one within an aggregate. */
export interface UserRecord {
  readonly partitionKey: string;
  readonly explicitHashKey: string | undefined;
  readonly data: Uint8Array;
}

/** A user record as read; tags are part of the format, though no known producer writes them. */
export interface DecodedRecord extends UserRecord {
  readonly tags: readonly Tag[];
}

export interface Tag {
  readonly key: string;
  readonly value: string | undefined;
}

export type Decoded =
  /** Not an aggregate: a consumer gets the record as it is. */
  | { readonly kind: 'plain'; readonly reason: string }
  | {
      readonly kind: 'aggregate';
      readonly partitionKeyTable: readonly string[];
      readonly explicitHashKeyTable: readonly string[];
      readonly records: readonly DecodedRecord[];
      /** Why the records end where they do, when the message has more of them than can be read. */
      readonly fault: string | undefined;
    };

const MAGIC = Buffer.of(0xf3, 0x89, 0x9a, 0xc2);
const DIGEST_BYTES = 16;

/** Reads what `encodeAggregate` or another producer wrote, without regard to shards. */
export function decodeAggregate(data: Uint8Array): Decoded {
  const blob = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (!blob.subarray(0, MAGIC.length).equals(MAGIC)) return plain('it does not begin with the magic number');
  const message = blob.subarray(MAGIC.length, -DIGEST_BYTES);
  if (blob.length <= MAGIC.length + DIGEST_BYTES) return plain('nothing is between magic number and digest');
  const digest = createHash('md5').update(message).digest();
  if (!digest.equals(blob.subarray(-DIGEST_BYTES))) return plain('its MD5 is another');
  try {
    return resolve(readMessage(message));
  } catch (error) {
    if (!(error instanceof MalformedMessageError)) throw error;
    return plain(`its message is malformed: ${error.message}`);
  }
}

const plain = (reason: string): Decoded => ({ kind: 'plain', reason });

/** Hash keys of one shard, both ends included. */
export interface ShardRange {
  readonly first: bigint;
  readonly last: bigint;
}

export const WHOLE_RING: ShardRange = { first: 0n, last: 2n ** 128n - 1n };

export interface ConsumedRecord extends DecodedRecord {
  readonly aggregated: boolean;
}

/**
 * What a consumer on Amazon's KCL gets of a record that it read from a shard. One user record outside the shard's range,
 * and none of its aggregate is delivered; at one that cannot be read, the rest is lost; a plain record always comes
 * through.
 * https://github.com/awslabs/amazon-kinesis-client/blob/master/amazon-kinesis-client/src/main/java/software/amazon/kinesis/retrieval/AggregatorUtil.java
 */
export function deaggregate(record: UserRecord, range: ShardRange = WHOLE_RING): readonly ConsumedRecord[] {
  const decoded = decodeAggregate(record.data);
  if (decoded.kind === 'plain') return [{ ...record, tags: [], aggregated: false }];
  const consumed: ConsumedRecord[] = [];
  for (const userRecord of decoded.records) {
    const hashKey = effectiveHashKey(userRecord);
    if (hashKey === undefined) break;
    if (hashKey < range.first || hashKey > range.last) return [];
    consumed.push({ ...userRecord, aggregated: true });
  }
  return consumed;
}

const DECIMAL = /^[+-]?\d+$/;

/** Where the producer said the user record belongs; `undefined` when that is not a number. */
export function effectiveHashKey({ partitionKey, explicitHashKey }: Omit<UserRecord, 'data'>): bigint | undefined {
  if (explicitHashKey === undefined) return serviceHashKey(partitionKey);
  return DECIMAL.test(explicitHashKey) ? BigInt(explicitHashKey) : undefined;
}

/** AggregatedRecord of https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md */
interface Message {
  readonly partitionKeyTable: readonly string[];
  readonly explicitHashKeyTable: readonly string[];
  readonly rows: readonly Row[];
}

interface Row {
  readonly partitionKeyIndex: bigint;
  readonly explicitHashKeyIndex: bigint | undefined;
  readonly data: Buffer;
  readonly tags: readonly Tag[];
}

function readMessage(message: Buffer): Message {
  const fields = [...fieldsOf(message)];
  return {
    partitionKeyTable: bytesOf(fields, 1).map(textOf),
    explicitHashKeyTable: bytesOf(fields, 2).map(textOf),
    rows: bytesOf(fields, 3).map(readRow),
  };
}

function readRow(bytes: Buffer): Row {
  const fields = [...fieldsOf(bytes)];
  return {
    partitionKeyIndex: required(varintsOf(fields, 1).at(-1), 'partition_key_index'),
    explicitHashKeyIndex: varintsOf(fields, 2).at(-1),
    data: required(bytesOf(fields, 3).at(-1), 'data'),
    tags: bytesOf(fields, 4).map(readTag),
  };
}

function readTag(bytes: Buffer): Tag {
  const fields = [...fieldsOf(bytes)];
  const value = bytesOf(fields, 2).at(-1);
  return { key: textOf(required(bytesOf(fields, 1).at(-1), 'key')), value: value && textOf(value) };
}

/**
 * As the KCL reads UTF-8: half a surrogate pair is one replacement character, for which JavaScript has one for each byte.
 * https://github.com/openjdk/jdk/blob/jdk-17+35/src/java.base/share/classes/java/lang/String.java#L1090
 */
const textOf = (bytes: Buffer): string =>
  Buffer.from(bytes.toString('latin1').replaceAll(/\xed[\xa0-\xbf][\x80-\xbf]?/g, '\xef\xbf\xbd'), 'latin1').toString();

// A known number with another wire type counts as unknown, as it does for Google's own readers.
const bytesOf = (fields: readonly Field[], number: number): readonly Buffer[] =>
  fields.flatMap((field) => (field.kind === 'bytes' && field.number === number ? [field.value] : []));

const varintsOf = (fields: readonly Field[], number: number): readonly bigint[] =>
  fields.flatMap((field) => (field.kind === 'varint' && field.number === number ? [field.value] : []));

function required<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new MalformedMessageError(`a ${name} is missing`);
  return value;
}

/** Puts keys for indexes, up to the first index that has none. */
function resolve(message: Message): Decoded {
  const { partitionKeyTable, explicitHashKeyTable } = message;
  const records: DecodedRecord[] = [];
  for (const row of message.rows) {
    const record = resolveRow(row, message);
    if (typeof record === 'string') {
      const fault = `user record ${records.length} has ${record}`;
      return { kind: 'aggregate', partitionKeyTable, explicitHashKeyTable, records, fault };
    }
    records.push(record);
  }
  return { kind: 'aggregate', partitionKeyTable, explicitHashKeyTable, records, fault: undefined };
}

/** The record, or what is wrong with it. */
function resolveRow(row: Row, { partitionKeyTable, explicitHashKeyTable }: Message): DecodedRecord | string {
  const { partitionKeyIndex, explicitHashKeyIndex, data, tags } = row;
  const partitionKey = partitionKeyTable[Number(partitionKeyIndex)];
  if (partitionKey === undefined) return `partition key ${partitionKeyIndex} of ${partitionKeyTable.length}`;
  if (explicitHashKeyIndex === undefined) return { partitionKey, explicitHashKey: undefined, data, tags };
  const explicitHashKey = explicitHashKeyTable[Number(explicitHashKeyIndex)];
  if (explicitHashKey === undefined) return `hash key ${explicitHashKeyIndex} of ${explicitHashKeyTable.length}`;
  return { partitionKey, explicitHashKey, data, tags };
}
