import { describe, expect, it } from 'vitest';
import { oneAtATime } from '../../../../local/orders/one-at-a-time.ts';

describe('oneAtATime', () => {
  it('starts a call when the previous one has ended, and returns each its own result', async () => {
    const events: string[] = [];
    let count = 0;
    const work = oneAtATime(async () => {
      count += 1;
      const own = count;
      events.push(`begins ${own}`);
      await new Promise((resolve) => setImmediate(resolve));
      events.push(`ends ${own}`);
      return own;
    });
    expect(await Promise.all([work(), work(), work()])).toEqual([1, 2, 3]);
    expect(events).toEqual(['begins 1', 'ends 1', 'begins 2', 'ends 2', 'begins 3', 'ends 3']);
  });

  it('continues after a failed call, which rejects for its own caller', async () => {
    let count = 0;
    const work = oneAtATime(async () => {
      count += 1;
      if (count === 1) throw new Error('first');
      return count;
    });
    const [first, second] = await Promise.allSettled([work(), work()]);
    expect(first).toMatchObject({ status: 'rejected', reason: { message: 'first' } });
    expect(second).toEqual({ status: 'fulfilled', value: 2 });
  });
});
