import { describe, expect, it } from 'vitest';
import {
  AggregateSize,
  encodeAggregate,
  type UserRecord,
} from '../../../../../functions/kinesis-sink/plan/aggregate.ts';
import vectors from '../../../../fixtures/vectors/kpl-aggregation.json' with { type: 'json' };
import { decodeAggregate } from '../../../../support/kpl/deaggregate.ts';

const writable = vectors.vectors.filter(({ reencodesByteExact }) => reencodesByteExact);

const recordsOf = (vector: (typeof writable)[number]): UserRecord[] =>
  vector.userRecords.map(({ partitionKey, explicitHashKey, dataBase64 }) => ({
    partitionKey,
    explicitHashKey: explicitHashKey ?? undefined,
    data: Buffer.from(dataBase64, 'base64'),
  }));

const sizeOf = (records: readonly UserRecord[]): AggregateSize => {
  const size = new AggregateSize();
  for (const { partitionKey, explicitHashKey, data } of records) {
    size.add({ partitionKey, explicitHashKey, dataBytes: data.byteLength });
  }
  return size;
};

describe('encodeAggregate', () => {
  it.each(writable)('writes $id byte for byte', (vector) => {
    expect(encodeAggregate(recordsOf(vector)).toString('base64')).toBe(vector.aggregatedBase64);
  });

  it.each(writable)('has the size of $id before encoding', (vector) => {
    expect(sizeOf(recordsOf(vector)).bytes).toBe(vector.bytes);
  });

  it('keeps apart records with and without a hash key, where an index of the table grows by a byte', () => {
    const keyed = Array.from({ length: 129 }, (_, at) => ({ explicitHashKey: String(at), data: Buffer.of(at) }));
    const records = [{ explicitHashKey: undefined, data: Buffer.of(200) }, ...keyed].map((record) => ({
      partitionKey: 'k',
      ...record,
    }));
    expect(decodeAggregate(encodeAggregate(records))).toMatchObject({ kind: 'aggregate', fault: undefined, records });
  });

  it('refuses an empty list', () => {
    expect(() => encodeAggregate([])).toThrow('one user record or more');
  });
});
