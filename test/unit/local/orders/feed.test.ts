import { describe, expect, it } from 'vitest';
import { createFeed } from '../../../../local/orders/feed.ts';
import type { OrderRecord } from '../../../../local/orders/order-stream.ts';
import type { ProducedRecord } from '../../../../local/orders/producer.ts';

function feedWith(hold: Promise<void> = Promise.resolve()) {
  const requests: (readonly OrderRecord[])[] = [];
  const feed = createFeed({ seed: 1, valueBytes: 600 }, async (records) => {
    requests.push(records);
    await hold;
    return records.map((record, offset): ProducedRecord => ({ ...record, partition: 0, offset, timestampMs: 0 }));
  });
  return { requests, feed };
}

describe('the feed', () => {
  it('produces in requests of 500 records at most, and keeps what was acknowledged', async () => {
    const { requests, feed } = feedWith();
    await feed.produce(1_200);
    expect(requests.map(({ length }) => length)).toEqual([500, 500, 200]);
    expect(feed.produced).toHaveLength(1_200);
  });

  it('sends nothing while it is paused, and all of it afterwards', async () => {
    const { requests, feed } = feedWith();
    await feed.pause();
    const producing = feed.produce(10);
    expect(requests).toEqual([]);
    feed.resume();
    await producing;
    expect(feed.produced).toHaveLength(10);
  });

  it('ends while it is paused when the signal aborts', async () => {
    const { requests, feed } = feedWith();
    await feed.pause();
    const ending = new AbortController();
    const producing = feed.produce(10, ending.signal);
    ending.abort();
    await producing;
    expect(requests).toEqual([]);
  });

  it('is paused when its open request has ended, and knows its records then', async () => {
    const hold = Promise.withResolvers<void>();
    const { feed } = feedWith(hold.promise);
    const producing = feed.produce(10);
    const paused = feed.pause().then(() => feed.produced.length);
    const known = feed.settled().then(({ length }) => length);
    hold.resolve();
    expect([await paused, await known]).toEqual([10, 10]);
    await producing;
  });

  it('gives each poison record a key of its own', async () => {
    const { feed } = feedWith();
    const keys = [await feed.producePoison('refused'), await feed.producePoison('refused')].map(({ key }) => key);
    expect(new Set(keys).size).toBe(2);
    expect(feed.produced.map(({ poison }) => poison)).toEqual(['refused', 'refused']);
  });
});
