// Events as they are: many small records, a large one, a hot key, many keys, no keys.
import { describe, expect, it } from 'vitest';
import type { Aggregation, Ordering } from '../../../../functions/kinesis-sink/plan/plan.ts';
import type { SourceRecord } from '../../../../shared/record.ts';
import { aKinesisSink, offsets } from '../../../support/a-kinesis-sink.ts';
import { aRecord, deadlineIn } from '../../../support/builders.ts';
import { fakeKinesis } from '../../../support/fake-kinesis.ts';

const COUNT = 10_000;
const many = (parts: (offset: number) => Parameters<typeof aRecord>[0]) =>
  Array.from({ length: COUNT }, (_, offset) => aRecord({ offset, value: 'x', ...parts(offset) }));

interface Mode {
  readonly ordering?: Ordering;
  readonly aggregation?: Aggregation;
}

const ROUND_TRIP_MS = 15;

/** What it takes to write these, when each request is answered after 15 ms. */
async function take(input: readonly SourceRecord[], mode: Mode = {}, remainingMs = 60_000) {
  const kinesis = fakeKinesis();
  const setup = aKinesisSink({
    ...mode,
    port: {
      putRecords: async (entries, signal) => {
        await setup.clock.waitUntil(setup.clock.nowMs() + ROUND_TRIP_MS, signal);
        return kinesis.port.putRecords(entries, signal);
      },
    },
  });
  const startMs = setup.clock.nowMs();
  const outcomes = await setup.write(input, deadlineIn(startMs, remainingMs));
  const writtenCount = outcomes.filter(({ kind }) => kind === 'written').length;
  return { kinesis, writtenCount, requests: kinesis.requests.length, elapsedMs: setup.clock.nowMs() - startMs };
}

describe('10,000 records of one byte', () => {
  const input = many((offset) => ({ key: `key-${offset}` }));

  it.each<{ mode: Mode; requests: number; elapsedMs: number }>([
    { mode: {}, requests: 20, elapsedMs: 75 },
    { mode: { aggregation: 'key' }, requests: 20, elapsedMs: 75 },
    { mode: { aggregation: 'bucket' }, requests: 1, elapsedMs: 15 },
    { mode: { ordering: 'none', aggregation: 'bucket' }, requests: 1, elapsedMs: 15 },
    { mode: { ordering: 'partition', aggregation: 'key' }, requests: 20, elapsedMs: 300 },
  ])('take $requests requests and $elapsedMs ms with $mode', async ({ mode, requests, elapsedMs }) => {
    expect(await take(input, mode)).toMatchObject({ writtenCount: COUNT, requests, elapsedMs });
  });
});

describe('a record of 1 MB', () => {
  it.each<Mode>([{}, { aggregation: 'key' }, { aggregation: 'bucket' }, { ordering: 'partition' }])(
    'is written among small ones, in order, with %j',
    async (mode) => {
      const sizes = [1, 1, 1024 * 1024 - 3, 1, 1];
      const input = sizes.map((bytes, offset) => aRecord({ offset, key: 'key', value: new Uint8Array(bytes) }));
      const { kinesis, writtenCount } = await take(input, mode);
      expect(writtenCount).toBe(5);
      expect(offsets(kinesis.stored)).toEqual([0, 1, 2, 3, 4]);
    },
  );
});

describe('one hot key', () => {
  const input = many(() => ({ key: 'hot' }));

  it('of 10,000 records is handed back in part without aggregation, what was sent in order', async () => {
    const { kinesis, writtenCount, requests } = await take(input);
    expect(writtenCount).toBe(3_667);
    expect(requests).toBe(3_667);
    expect(offsets(kinesis.stored)).toEqual(input.slice(0, writtenCount).map(({ position }) => position.offset));
  });

  it.each<Mode>([{ aggregation: 'key' }, { aggregation: 'bucket' }, { ordering: 'partition', aggregation: 'key' }])(
    'is written in a third of a second with %j',
    async (mode) => {
      const { kinesis, ...taken } = await take(input, mode);
      expect(taken).toEqual({ writtenCount: COUNT, requests: 20, elapsedMs: 300 });
      expect(offsets(kinesis.stored)).toEqual(input.map(({ position }) => position.offset));
    },
  );
});

describe('a full event', () => {
  it.each<{ mode: Mode; requests: number }>([
    { mode: {}, requests: 20 },
    { mode: { aggregation: 'bucket' }, requests: 1 },
  ])('of 10,000 records without a key takes $requests requests with $mode', async ({ mode, requests }) => {
    expect(
      await take(
        many(() => ({ key: null })),
        mode,
      ),
    ).toMatchObject({ writtenCount: COUNT, requests });
  });

  it('of 6 MB with many keys fills requests of 5 MiB, aggregated or not', async () => {
    const input = Array.from({ length: 4_000 }, (_, offset) =>
      aRecord({ offset, key: `key-${offset}`, value: new Uint8Array(1_400) }),
    );
    expect(await take(input)).toMatchObject({ writtenCount: 4_000, requests: 8 });
    const { kinesis, requests } = await take(input, { aggregation: 'bucket' });
    expect(requests).toBe(2);
    expect(kinesis.stored.length).toBeLessThan(300);
    const [first = []] = kinesis.requests;
    const byteLength = first.reduce((sum, entry) => sum + entry.byteLength, 0);
    expect(byteLength).toBeLessThanOrEqual(5 * 1024 * 1024);
    expect(byteLength).toBeGreaterThan(5 * 1024 * 1024 - 1_500);
  });
});
