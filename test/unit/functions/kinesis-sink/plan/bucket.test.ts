import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketHashKey } from '../../../../../functions/kinesis-sink/plan/bucket.ts';

const HASH_KEYS = 2n ** 128n;
const hashKeys = fc.bigInt({ min: 0n, max: HASH_KEYS - 1n });

describe('a bucket', () => {
  it('is one of 128 of equal size', () => {
    const first = (index: bigint) => (index * HASH_KEYS) / 128n;
    for (let index = 0n; index < 128n; index += 1n) {
      const middle = BigInt(bucketHashKey(first(index)));
      expect(middle).toBe(first(index) + HASH_KEYS / 256n);
      expect(bucketHashKey(first(index + 1n) - 1n)).toBe(String(middle));
    }
  });

  it('is in the same shard as its hash keys if the stream is split into at most 128 parts by halving', () => {
    fc.assert(
      fc.property(hashKeys, fc.integer({ min: 0, max: 7 }), (hashKey, log2) => {
        const shardOf = (key: bigint) => key >> BigInt(128 - log2);
        return shardOf(BigInt(bucketHashKey(hashKey))) === shardOf(hashKey);
      }),
    );
  });

  it('is a hash key that Kinesis accepts', () => {
    fc.assert(fc.property(hashKeys, (hashKey) => /^(?:0|[1-9]\d{0,38})$/.test(bucketHashKey(hashKey))));
  });
});
