import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OrderAudit } from '../../../../../functions/kinesis-sink/delivery/order-audit.ts';
import type { LaneSlice } from '../../../../../functions/kinesis-sink/lanes/lane.ts';

/** The first record of a lane of three. */
const aSlice = () => ({ lane: { items: [1, 2, 3] }, from: 0, count: 1 }) as unknown as LaneSlice;
const [lane, other] = [aSlice(), aSlice()];
const SHARD = 'shardId-000000000000';

describe('the order audit', () => {
  it('agrees with the order of numbers, whatever their number of digits', () => {
    const number = fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 56n }), fc.bigInt({ min: 0n, max: 120n }));
    fc.assert(
      fc.property(number, number, fc.nat(2), (first, second, zeros) => {
        const audit = new OrderAudit();
        audit.isInOrder(lane, SHARD, String(first));
        expect(audit.isInOrder(lane, SHARD, '0'.repeat(zeros) + second)).toBe(second > first);
      }),
    );
  });

  it('compares neither lanes with each other nor shards', () => {
    const audit = new OrderAudit();
    audit.isInOrder(lane, SHARD, '9');
    expect(audit.isInOrder(other, SHARD, '1')).toBe(true);
    expect(audit.isInOrder(lane, 'shardId-000000000001', '1')).toBe(true);
  });

  it('compares the last entry of a lane, too', () => {
    const audit = new OrderAudit();
    audit.isInOrder(lane, SHARD, '9');
    expect(audit.isInOrder({ ...lane, from: 1, count: 2 }, SHARD, '8')).toBe(false);
  });

  it.each([undefined, '', '-1', '1e3', '9'.repeat(129)])('ignores the malformed number %j', (sequenceNumber) => {
    const audit = new OrderAudit();
    audit.isInOrder(lane, SHARD, '9000');
    expect(audit.isInOrder(lane, SHARD, sequenceNumber)).toBe(true);
    expect(audit.isInOrder(lane, SHARD, '8999')).toBe(false);
  });
});
