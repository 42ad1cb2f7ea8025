import { describe, expect, it } from 'vitest';
import { sourceVersionOf, storedVersionOf } from '../../../../../functions/documentdb-sink/guard/source-version.ts';
import { aRecord } from '../../../../support/builders.ts';

describe('the version of a record', () => {
  const record = aRecord({ topic: 'shop.orders.eu', partition: 3, offset: 5, timestampMs: 1_700_000_000_000 });

  it('is its offset in its partition, whose name has no dot', () => {
    expect(sourceVersionOf(record)).toEqual({
      field: 'shop~orders~eu-3',
      offset: 5n,
      timestampMs: 1_700_000_000_000n,
      version: undefined,
    });
  });

  it('is above every offset of a former topic of the same name, by the epoch of the topic', () => {
    const epochs = new Map([
      ['shop.orders.eu', 2],
      ['other', 7],
    ]);
    expect(sourceVersionOf(record, epochs).offset).toBe(2n * 281_474_976_710_656n + 5n);
    expect(sourceVersionOf(aRecord({ topic: 'third', offset: 5 }), epochs).offset).toBe(5n);
  });

  it('is stored with the time, and with its own version where it has one', () => {
    const stored = { 'shop~orders~eu-3': 5n, ts: 1_700_000_000_000n };
    expect(storedVersionOf(sourceVersionOf(record))).toEqual(stored);
    expect(storedVersionOf(sourceVersionOf(record, undefined, 9n))).toEqual({ ...stored, v: 9n });
  });
});
