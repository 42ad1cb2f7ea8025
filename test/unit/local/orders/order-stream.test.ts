import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OrderRecord, orderStream, VALUE_BYTES_MIN } from '../../../../local/orders/order-stream.ts';

const take = (count: number, seed = 1, valueBytes = 1024): readonly OrderRecord[] => {
  const stream = orderStream({ seed, valueBytes });
  return Array.from({ length: count }, () => stream.next().value);
};

const aSeed = fc.integer({ min: 1, max: 999_999_999 });
const orders = (records: readonly OrderRecord[]) => records.filter(({ poison }) => poison === undefined);

describe('the order stream', () => {
  it('gives the same records for the same seed, and others for another', () => {
    fc.assert(
      fc.property(aSeed, (seed) => {
        expect(take(200, seed)).toEqual(take(200, seed));
      }),
      { numRuns: 10 },
    );
    expect(take(200, 1)).not.toEqual(take(200, 2));
  });

  it('has a record of each kind of poison within the first 40, whatever the seed', () => {
    fc.assert(
      fc.property(aSeed, (seed) => {
        const kinds = take(40, seed).flatMap(({ poison }) => poison ?? []);
        expect(kinds.toSorted()).toEqual(['noKey', 'notJson', 'oversized']);
      }),
      { numRuns: 20 },
    );
  });

  it('has poison now and then later on too, of every kind', () => {
    const later = take(5_000).slice(40);
    expect(later.flatMap(({ poison }) => poison ?? []).toSorted()).toEqual(['noKey', 'notJson', 'oversized']);
  });

  it('has values of the asked length in bytes, though some of their letters take two', () => {
    const length = fc.integer({ min: VALUE_BYTES_MIN, max: 4096 });
    fc.assert(
      fc.property(aSeed, length, (seed, valueBytes) => {
        const values = orders(take(100, seed, valueBytes)).flatMap(({ value }) => value ?? []);
        expect(new Set(values.map((value) => Buffer.byteLength(value)))).toEqual(new Set([valueBytes]));
      }),
      { numRuns: 20 },
    );
    expect(take(200).some(({ value }) => value !== null && value.length < Buffer.byteLength(value))).toBe(true);
  });

  it('places orders, changes and deletes them', () => {
    const records = orders(take(2_000));
    const keys = new Set(records.map(({ key }) => key));
    const deleted = records.filter(({ value }) => value === null);
    expect(keys.size).toBeGreaterThan(500);
    expect(deleted.length).toBeGreaterThan(100);
    expect(records.length - keys.size - deleted.length).toBeGreaterThan(500);
  });

  it('never changes a deleted order again, and never deletes one that was not placed', () => {
    fc.assert(
      fc.property(aSeed, (seed) => {
        const states = new Map<string | null, 'open' | 'deleted'>();
        const wrong = orders(take(1_000, seed)).filter(({ key, value }) => {
          const state = states.get(key);
          states.set(key, value === null ? 'deleted' : 'open');
          return state === 'deleted' || (value === null && state !== 'open');
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('counts the revisions of an order up by one', () => {
    const revisions = new Map<string | null, number>();
    for (const { key, value } of orders(take(2_000))) {
      if (value === null) continue;
      const { revision, orderId } = JSON.parse(value);
      expect({ orderId, revision }).toEqual({ orderId: key, revision: (revisions.get(key) ?? 0) + 1 });
      revisions.set(key, revision);
    }
  });
});

describe('a poison record', () => {
  const poisoned = new Map(take(40).map((record) => [record.poison, record]));

  it('that is not JSON has a key, so that its lane shows', () => {
    const { key, value } = poisoned.get('notJson') ?? {};
    expect(key).toBeTypeOf('string');
    expect(() => JSON.parse(value ?? '{}')).toThrow(SyntaxError);
  });

  it('without a key has a value like any other', () => {
    const { key, value } = poisoned.get('noKey') ?? {};
    expect(key).toBeNull();
    expect(JSON.parse(value ?? '')).toHaveProperty('orderId');
  });

  it('that is oversized is more than a Kinesis record holds, and a good document', () => {
    const { value } = poisoned.get('oversized') ?? {};
    expect(Buffer.byteLength(value ?? '')).toBeGreaterThan(1024 * 1024);
    expect(JSON.parse(value ?? '')).toHaveProperty('orderId');
  });

  it('has a key that no order has', () => {
    const records = take(5_000);
    const keys = new Set(orders(records).map(({ key }) => key));
    const own = records.filter(({ poison }) => poison !== undefined).map(({ key }) => key);
    expect(own.filter((key) => keys.has(key))).toEqual([]);
  });
});
