import { describe, expect, it } from 'vitest';
import { hashKeyOf } from '../../../../../functions/kinesis-sink/plan/hash-key.ts';
import vectors from '../../../../fixtures/vectors/kpl-aggregation.json' with { type: 'json' };

describe('the hash key', () => {
  it.each(vectors.hashKeys)('of "$partitionKey" is $hashKeyDecimal', ({ partitionKey, hashKeyDecimal }) => {
    expect(hashKeyOf(partitionKey)).toBe(BigInt(hashKeyDecimal));
  });
});
