import { describe, expect, it } from 'vitest';
import { advance, createLane } from '../../../../../functions/documentdb-sink/lanes/lane.ts';
import { poison } from '../../../../../shared/outcome.ts';

describe('a lane', () => {
  it('forgets failures and results when its head is settled', () => {
    const lane = createLane('orders-0', 'text a', 'shop.orders');
    Object.assign(lane, {
      state: 'locked',
      notBeforeMs: 5,
      attempts: 4,
      conflicts: 3,
      commandSizeMax: 1,
      insertReplacesTombstone: true,
      duplicateAtMs: 8,
      failure: poison('payload_invalid', 'why'),
      blockedAtSettledCount: 2,
    });
    advance(lane, 3);
    expect(lane).toEqual({ ...createLane('orders-0', 'text a', 'shop.orders'), next: 3 });
  });

  it('keeps sending singly after a conflict with another unique index, and keeps its fold boundaries', () => {
    const lane = createLane('orders-0', 'text a', 'shop.orders');
    lane.sendsSingly = true;
    lane.foldBoundaries.add(7);
    advance(lane, 1);
    expect(lane).toMatchObject({ sendsSingly: true, foldBoundaries: new Set([7]) });
  });
});
