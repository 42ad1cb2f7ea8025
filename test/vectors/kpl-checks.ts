import { createHash } from 'node:crypto';
import { AggregateSize, encodeAggregate, type UserRecord } from '../../functions/kinesis-sink/plan/aggregate.ts';
import { hashKeyOf } from '../../functions/kinesis-sink/plan/hash-key.ts';
import { type DecodedRecord, deaggregate, decodeAggregate, effectiveHashKey } from '../support/kpl/deaggregate.ts';
import { CaseError, expectSame, expectSameBytes } from './case-error.ts';
import type { AggregateCase, HashKeyCase, Negative, NegativeCase, UserRecordCase } from './kpl-format.ts';

/** Magic number before the message, MD5 behind it. */
const [MAGIC_BYTES, DIGEST_BYTES] = [4, 16];

export function checkAggregate(vector: AggregateCase): void {
  const blob = bytesOf({ base64: vector.aggregatedBase64, hex: vector.aggregatedHex });
  if (vector.bytes !== undefined) expectSame('the length of the aggregate', blob.length, vector.bytes);
  const expected = vector.userRecords.map(recordOf);
  checkDecoder(vector, blob, expected);
  checkShardRange(blob, expected);
  checkEncoder(vector, blob, expected);
}

/** One notation will do; both must agree. */
function bytesOf({ base64, hex }: { readonly base64: string | undefined; readonly hex: string | undefined }): Buffer {
  const fromHex = Buffer.from(hex ?? '', 'hex');
  if (base64 === undefined) return fromHex;
  const fromBase64 = Buffer.from(base64, 'base64');
  if (hex !== undefined) expectSameBytes('what stands in hexadecimal', fromHex, fromBase64);
  return fromBase64;
}

function recordOf(userRecord: UserRecordCase): DecodedRecord {
  const { partitionKey, explicitHashKey, dataBase64, dataUtf8, tags = [] } = userRecord;
  const data = dataBase64 === undefined ? Buffer.from(dataUtf8 ?? '') : Buffer.from(dataBase64, 'base64');
  if (dataUtf8 !== undefined) expectSame('dataUtf8', data.toString(), dataUtf8);
  return {
    partitionKey,
    explicitHashKey: explicitHashKey ?? undefined,
    data,
    tags: tags.map(({ key, value }) => ({ key, value: value ?? undefined })),
  };
}

function checkDecoder(vector: AggregateCase, blob: Buffer, expected: readonly DecodedRecord[]): void {
  if (vector.md5OfBody !== undefined) {
    const digest = createHash('md5').update(blob.subarray(MAGIC_BYTES, -DIGEST_BYTES)).digest();
    expectSameBytes('the MD5 of the body', digest, Buffer.from(vector.md5OfBody, 'hex'));
  }
  const decoded = decodeAggregate(blob);
  if (decoded.kind === 'plain') throw new CaseError('failed', `it is taken for a plain record: ${decoded.reason}`);
  expectSame('the fault of the aggregate', decoded.fault, undefined);
  const { partitionKeyTable = decoded.partitionKeyTable, explicitHashKeyTable = decoded.explicitHashKeyTable } = vector;
  expectSame('the partition key table', decoded.partitionKeyTable, partitionKeyTable);
  expectSame('the explicit hash key table', decoded.explicitHashKeyTable, explicitHashKeyTable);
  expectSameRecords(decoded.records, expected);
}

function expectSameRecords(actual: readonly DecodedRecord[], expected: readonly DecodedRecord[]): void {
  expectSame('the count of user records', actual.length, expected.length);
  for (const [index, record] of actual.entries()) {
    const wanted = expected[index];
    if (wanted === undefined) return;
    expectSame(`partitionKey of user record ${index}`, record.partitionKey, wanted.partitionKey);
    expectSame(`explicitHashKey of user record ${index}`, record.explicitHashKey, wanted.explicitHashKey);
    expectSame(`tags of user record ${index}`, record.tags, wanted.tags);
    expectSameBytes(`data of user record ${index}`, Buffer.from(record.data), Buffer.from(wanted.data));
  }
}

/** A consumer gets all of an aggregate from a shard that holds all of its hash keys, and none of it from a smaller one. */
function checkShardRange(blob: Buffer, expected: readonly UserRecord[]): void {
  const hashKeys = expected.map(effectiveHashKey).filter((hashKey) => hashKey !== undefined);
  // An older producer wrote "undefined" for a hash key: readable, but no consumer with a shard range gets that far.
  if (hashKeys.length < expected.length) return;
  const ascending = hashKeys.toSorted((a, b) => (a < b ? -1 : 1));
  const [lowest = 0n, highest = 0n] = [ascending[0], ascending.at(-1)];
  const seenIn = (range: { readonly first: bigint; readonly last: bigint }): number =>
    deaggregate({ partitionKey: 'a', explicitHashKey: undefined, data: blob }, range).length;
  const what = 'the count of user records a consumer gets';
  expectSame(`${what} from its own shard`, seenIn({ first: lowest, last: highest }), expected.length);
  expectSame(`${what} from a shard that begins too late`, seenIn({ first: lowest + 1n, last: highest + 1n }), 0);
  expectSame(`${what} from a shard that ends too soon`, seenIn({ first: lowest - 1n, last: highest - 1n }), 0);
}

function checkEncoder(vector: AggregateCase, blob: Buffer, expected: readonly DecodedRecord[]): void {
  if (expected.some(({ tags }) => tags.length > 0)) {
    if (!vector.reencodesByteExact) return; // it is there to be read
    throw new CaseError('refused', 'it is read, but not written: the encoder writes no tags');
  }
  const encoded = encodeAggregate(expected);
  expectSame('the size that was foretold', sizeOf(expected), encoded.length);
  if (vector.reencodesByteExact) expectSameBytes('the encoded aggregate', encoded, blob);
  const decoded = decodeAggregate(encoded);
  if (decoded.kind === 'plain') throw new CaseError('failed', `ours is taken for a plain record: ${decoded.reason}`);
  expectSameRecords(decoded.records, expected);
}

/** Adding is told first what it will come to, as a sink asks before it adds. */
function sizeOf(records: readonly UserRecord[]): number {
  const size = new AggregateSize();
  for (const { partitionKey, explicitHashKey, data } of records) {
    const record = { partitionKey, explicitHashKey, dataBytes: data.byteLength };
    const foretold = size.bytesWith(record);
    size.add(record);
    expectSame('bytesWith', foretold, size.bytes);
  }
  return size.bytes;
}

export function checkNegative({ base64, hex, expected }: NegativeCase): void {
  const data = bytesOf({ base64, hex });
  NEGATIVE_CHECKS[expected](data);
}

const NEGATIVE_CHECKS: Readonly<Record<Negative, (data: Buffer) => void>> = {
  plain(data) {
    expectSame('what it is taken for', decodeAggregate(data).kind, 'plain');
    const record = { partitionKey: 'a', explicitHashKey: undefined, data };
    expectSameRecords(deaggregate(record), [{ ...record, tags: [] }]);
  },
  unsound(data) {
    const decoded = decodeAggregate(data);
    if (decoded.kind === 'plain' || decoded.fault !== undefined) return;
    const consumed = deaggregate({ partitionKey: 'a', explicitHashKey: undefined, data });
    if (consumed.length > 0 && consumed.length === decoded.records.length) {
      throw new CaseError('failed', 'it is taken for a sound aggregate');
    }
  },
  nested(data) {
    const decoded = decodeAggregate(data);
    if (decoded.kind === 'plain') throw new CaseError('failed', `the outer aggregate is not read: ${decoded.reason}`);
    const isWhole = decoded.records.some((record) => decodeAggregate(record.data).kind === 'aggregate');
    if (!isWhole) throw new CaseError('failed', 'no user record is an aggregate, left as it is');
  },
};

export function checkHashKey({ partitionKey, md5Hex, hashKeyDecimal }: HashKeyCase): void {
  const hashKey = hashKeyOf(partitionKey);
  expectSame('the hash key', hashKey, BigInt(hashKeyDecimal));
  if (md5Hex !== undefined) expectSame('the hash key', hashKey.toString(16).padStart(32, '0'), md5Hex.toLowerCase());
}
