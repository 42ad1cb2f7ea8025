import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AggregateSize,
  encodeAggregate,
  type UserRecord,
} from '../../../../../functions/kinesis-sink/plan/aggregate.ts';
import { decodeAggregate } from '../../../../support/kpl/deaggregate.ts';
import { randomRuns } from '../../../../support/random-runs.ts';

const hashKey = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map(String);
/** Keys that JavaScript would sort, that share prefixes, that are none, that take more bytes than characters. */
const partitionKey = fc.oneof(
  fc.constantFrom('', '0', '5', '10', '__proto__', 'constructor', 'a', 'aa', '🔑', 'é'),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
);
const dataBytes = fc.oneof(fc.nat(3), fc.integer({ min: 110, max: 140 }), fc.integer({ min: 16_370, max: 16_400 }));
const data = fc.tuple(dataBytes, fc.nat(255)).map(([byteLength, byte]) => Buffer.alloc(byteLength, byte));
const userRecord: fc.Arbitrary<UserRecord> = fc.record({
  partitionKey,
  explicitHashKey: fc.option(fc.oneof(fc.constantFrom('0', '1'), hashKey), { nil: undefined }),
  data,
});
const userRecords = fc.array(userRecord, { minLength: 1, maxLength: 40 });

const sizeOf = ({ partitionKey, explicitHashKey, data }: UserRecord) => ({
  partitionKey,
  explicitHashKey,
  dataBytes: data.byteLength,
});

describe('an aggregate of any user records', () => {
  it('is as long as foretold, with each record that is added', () => {
    fc.assert(
      fc.property(userRecords, (records) => {
        const size = new AggregateSize();
        for (const [index, record] of records.entries()) {
          const foretold = size.bytesWith(sizeOf(record));
          expect(size.bytesWith(sizeOf(record))).toBe(foretold);
          size.add(sizeOf(record));
          expect(size.bytes).toBe(foretold);
          expect(encodeAggregate(records.slice(0, index + 1)).length).toBe(foretold);
        }
      }),
      { numRuns: randomRuns(50) },
    );
  });

  it('is read as the same records, in the same order', () => {
    fc.assert(
      fc.property(userRecords, (records) => {
        const decoded = decodeAggregate(encodeAggregate(records));
        if (decoded.kind === 'plain') throw new Error(decoded.reason);
        expect(decoded.fault).toBeUndefined();
        expect(decoded.records).toEqual(records.map((record) => ({ ...record, tags: [] })));
      }),
      { numRuns: randomRuns(100) },
    );
  });

  it('holds each key once, in order of first appearance', () => {
    fc.assert(
      fc.property(userRecords, (records) => {
        expect(decodeAggregate(encodeAggregate(records))).toMatchObject({
          partitionKeyTable: [...new Set(records.map((record) => record.partitionKey))],
          explicitHashKeyTable: [...new Set(records.flatMap((record) => record.explicitHashKey ?? []))],
        });
      }),
      { numRuns: randomRuns(100) },
    );
  });
});

/** A whole batch of Lambda's, as the extremes of its shapes. */
describe('an aggregate of 10,000 user records', () => {
  const tenThousand = (keyOf: (index: number) => string, byteLength: number): UserRecord[] =>
    Array.from({ length: 10_000 }, (_, index) => ({
      partitionKey: keyOf(index),
      explicitHashKey: undefined,
      data: Buffer.alloc(byteLength, index),
    }));

  it.each([
    { name: 'each with a key of its own', records: tenThousand((index) => `key-${index}`, 1) },
    { name: 'of one key, with 600 bytes each', records: tenThousand(() => 'key', 600) },
  ])('$name is read as what was written', ({ records }) => {
    const decoded = decodeAggregate(encodeAggregate(records));
    if (decoded.kind === 'plain') throw new Error(decoded.reason);
    const differing = decoded.records.filter(({ partitionKey, data }, index) => {
      const record = records[index];
      return partitionKey !== record?.partitionKey || Buffer.compare(data, record.data) !== 0;
    });
    expect(decoded.records).toHaveLength(records.length);
    expect(differing).toEqual([]);
  });
});
