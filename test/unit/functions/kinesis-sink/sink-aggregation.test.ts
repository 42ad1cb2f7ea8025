import { describe, expect, it } from 'vitest';
import { bucketHashKey } from '../../../../functions/kinesis-sink/plan/bucket.ts';
import type { Entry } from '../../../../functions/kinesis-sink/plan/entry.ts';
import { hashKeyOf } from '../../../../functions/kinesis-sink/plan/hash-key.ts';
import { aKinesisSink, type KinesisSinkSetup, kinds, offsets, ofOneKey } from '../../../support/a-kinesis-sink.ts';
import { aRecord, deadlineIn } from '../../../support/builders.ts';
import { fakeDeadLetters } from '../../../support/fake-dead-letters.ts';
import { answer, fakeKinesis } from '../../../support/fake-kinesis.ts';
import { deaggregate } from '../../../support/kpl/deaggregate.ts';

/** What a consumer gets of an entry. */
const consumed = ({ partitionKey, explicitHashKey, dataBase64 }: Entry) =>
  deaggregate({ partitionKey, explicitHashKey, data: Buffer.from(dataBase64, 'base64') });
const texts = (entry: Entry) => consumed(entry).map(({ data }) => Buffer.from(data).toString());
const keysOf = (entry: Entry) => consumed(entry).map(({ partitionKey }) => partitionKey);

const ofKeys = (...keys: readonly (string | null)[]) =>
  keys.map((key, offset) => aRecord({ offset, key, value: `${offset}` }));

/** Some keys of one bucket, and one of another. */
const BUCKET = bucketHashKey(hashKeyOf('a'));
const sameBucket = Array.from({ length: 2_000 }, (_, index) => `k${index}`).filter(
  (key) => bucketHashKey(hashKeyOf(key)) === BUCKET,
);
const [ofBucket1 = '', ofBucket2 = '', ofBucket3 = ''] = sameBucket;

const aggregating = (aggregation: 'key' | 'bucket', setup: Partial<KinesisSinkSetup> = {}) => {
  const kinesis = fakeKinesis();
  return { kinesis, sink: aKinesisSink({ port: kinesis.port, aggregation, ...setup }) };
};

describe('aggregation: key', () => {
  it('makes one entry of the run at the head of a lane, under its key', async () => {
    const { kinesis, sink } = aggregating('key');
    const outcomes = await sink.write(ofKeys('a', 'b', 'a', 'a', 'b', 'c'));
    expect(new Set(kinds(outcomes))).toEqual(new Set(['written']));
    expect(kinesis.requests).toHaveLength(1);
    expect(kinesis.stored.map(texts)).toEqual([['0', '2', '3'], ['1', '4'], ['5']]);
    expect(kinesis.stored.map(({ partitionKey }) => partitionKey)).toEqual(['a', 'b', 'c']);
    expect(kinesis.stored.map(keysOf)).toEqual([['a', 'a', 'a'], ['b', 'b'], ['c']]);
    expect(kinesis.stored.every(({ explicitHashKey }) => explicitHashKey === undefined)).toBe(true);
  });

  it('sends a run of one as it is', async () => {
    const { kinesis, sink } = aggregating('key');
    await sink.write(ofKeys('a'));
    expect(kinesis.stored[0]?.dataBase64).toBe(Buffer.from('0').toString('base64'));
    expect(consumed(kinesis.stored[0] as Entry)).toMatchObject([{ aggregated: false, partitionKey: 'a' }]);
  });

  it('mixes no partitions', async () => {
    const { kinesis, sink } = aggregating('key');
    await sink.write([0, 1, 0, 1].map((partition, offset) => aRecord({ partition, offset, key: 'same' })));
    expect(kinesis.stored.map((entry) => offsets([entry]))).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });

  it('takes no more than 500 records', async () => {
    const { kinesis, sink } = aggregating('key');
    await sink.write(ofOneKey(1_001));
    expect(kinesis.stored.map(({ records }) => records.length)).toEqual([500, 500, 1]);
  });

  it('takes no more than 50,000 bytes, to the last one', async () => {
    const room = 50_000 - ((await sizeOf([25_000, 24_000])) ?? 0);
    expect(await sizeOf([25_000, 24_000 + room])).toBe(50_000);
    expect(await sizeOf([25_000, 24_001 + room])).toBeUndefined();
  });

  /** Of the one entry of records of this size; undefined: there are several. The partition key counts one byte. */
  async function sizeOf(valueBytes: readonly number[]): Promise<number | undefined> {
    const { kinesis, sink } = aggregating('key');
    await sink.write(valueBytes.map((bytes, offset) => aRecord({ offset, key: 'a', value: new Uint8Array(bytes) })));
    const [entry, ...others] = kinesis.stored as [Entry, ...Entry[]];
    expect(entry.byteLength).toBe(Buffer.byteLength(entry.dataBase64, 'base64') + 1);
    return others.length === 0 ? entry.byteLength : undefined;
  }

  it('sends a record alone that is larger than an aggregate', async () => {
    const { kinesis, sink } = aggregating('key');
    const sizes = [10, 60_000, 10, 10];
    await sink.write(sizes.map((bytes, offset) => aRecord({ offset, key: 'a', value: new Uint8Array(bytes) })));
    expect(kinesis.stored.map((entry) => offsets([entry]))).toEqual([[0], [1], [2, 3]]);
  });

  it('ends a run before poison, and goes on behind it', async () => {
    const { queue, deadLetters } = fakeDeadLetters();
    const { kinesis, sink } = aggregating('key', { recordBytesMax: 400, deadLetters: queue });
    const sizes = [10, 10, 500, 10, 10];
    const outcomes = await sink.write(
      sizes.map((bytes, offset) => aRecord({ offset, key: 'a', value: new Uint8Array(bytes) })),
    );
    expect(kinds(outcomes)).toEqual(['written', 'written', 'deadLettered', 'written', 'written']);
    expect(kinesis.stored.map((entry) => offsets([entry]))).toEqual([
      [0, 1],
      [3, 4],
    ]);
    expect(deadLetters).toHaveLength(1);
  });

  it('keeps one entry of a lane in flight', async () => {
    const { kinesis, sink } = aggregating('key');
    await sink.write(ofOneKey(1_500));
    expect(kinesis.overlaps.every((open) => open.length === 1 && open[0]?.length === 1)).toBe(true);
  });

  it('aggregates a partition under one hash key with ordering: partition, each record under its own key', async () => {
    const { kinesis, sink } = aggregating('key', { ordering: 'partition' });
    await sink.write(ofKeys('a', 'b', null));
    const [entry, ...others] = kinesis.stored as [Entry, ...Entry[]];
    expect(others).toEqual([]);
    const hashKey = String(hashKeyOf('orders-0'));
    expect(entry).toMatchObject({ partitionKey: 'a', explicitHashKey: hashKey });
    expect(consumed(entry)).toMatchObject([
      { partitionKey: 'a', explicitHashKey: hashKey },
      { partitionKey: 'b', explicitHashKey: hashKey },
      { partitionKey: 'random-1', explicitHashKey: hashKey },
    ]);
  });

  it('holds what follows in the lane until the answer, and sends an aggregate again that was refused', async () => {
    const kinesis = fakeKinesis((_entries, call) =>
      call === 1 ? { kind: 'answer', entry: ({ partitionKey }) => (partitionKey === 'a' ? 'internal' : 'ok') } : answer,
    );
    const outcomes = await aKinesisSink({ port: kinesis.port, aggregation: 'key' }).write(ofKeys('a', 'b', 'a', 'b'));
    expect(new Set(kinds(outcomes))).toEqual(new Set(['written']));
    expect(kinesis.stored.map((entry) => offsets([entry]))).toEqual([
      [1, 3],
      [0, 2],
    ]);
  });

  it('calls every record unsettled that was in an aggregate, the first failed and the others behind it', async () => {
    const kinesis = fakeKinesis(() => ({ kind: 'answer', entry: () => 'internal' }));
    const setup = aKinesisSink({ port: kinesis.port, aggregation: 'key' });
    const outcomes = await setup.write(ofOneKey(3), deadlineIn(setup.clock.nowMs(), 10_000));
    expect(outcomes).toMatchObject([
      { kind: 'failed', failure: { code: 'target_failed' } },
      { kind: 'skipped', blockedBy: { offset: 0 } },
      { kind: 'skipped', blockedBy: { offset: 0 } },
    ]);
  });
});

describe('aggregation: bucket', () => {
  it('shares entries between keys and partitions of one bucket, under its hash key', async () => {
    const { kinesis, sink } = aggregating('bucket');
    await sink.write([
      aRecord({ partition: 0, offset: 0, key: ofBucket1, value: '0' }),
      aRecord({ partition: 1, offset: 1, key: ofBucket2, value: '1' }),
      aRecord({ partition: 0, offset: 2, key: ofBucket1, value: '2' }),
      aRecord({ partition: 1, offset: 3, key: ofBucket3, value: '3' }),
    ]);
    const [entry, ...others] = kinesis.stored as [Entry, ...Entry[]];
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ partitionKey: 'a', explicitHashKey: BUCKET });
    expect(consumed(entry).every(({ explicitHashKey }) => explicitHashKey === BUCKET)).toBe(true);
    expect(texts(entry)).toEqual(['0', '2', '1', '3']);
    expect(keysOf(entry)).toEqual([ofBucket1, ofBucket1, ofBucket2, ofBucket3]);
  });

  it('counts what an entry is, its partition key included', async () => {
    const { kinesis, sink } = aggregating('bucket');
    await sink.write(ofKeys(ofBucket1, ofBucket2));
    const [entry] = kinesis.stored as [Entry];
    expect(entry.byteLength).toBe(Buffer.byteLength(entry.dataBase64, 'base64') + 1);
  });

  it('sends a lonely record as it is, under its own key and the hash key of its bucket', async () => {
    const { kinesis, sink } = aggregating('bucket');
    await sink.write(ofKeys(ofBucket1));
    expect(kinesis.stored).toMatchObject([{ partitionKey: ofBucket1, explicitHashKey: BUCKET }]);
    expect(consumed(kinesis.stored[0] as Entry)).toMatchObject([{ aggregated: false }]);
  });

  it('mixes no buckets, and has at most one entry for each of 128 in a request of small records', async () => {
    const { kinesis, sink } = aggregating('bucket');
    await sink.write(Array.from({ length: 5_000 }, (_, offset) => aRecord({ offset, value: 'x' })));
    expect(kinesis.requests).toHaveLength(1);
    expect(kinesis.stored).toHaveLength(128);
    for (const entry of kinesis.stored) {
      const hashKeys = consumed(entry).map(({ explicitHashKey }) => explicitHashKey);
      expect(new Set(hashKeys)).toEqual(new Set([entry.explicitHashKey]));
    }
  });

  it('begins another entry where one is full, and goes on in that', async () => {
    const { kinesis, sink } = aggregating('bucket');
    const sizes = [30_000, 30_000, 10_000];
    await sink.write(
      sizes.map((bytes, offset) => aRecord({ offset, key: sameBucket[offset] ?? '', value: new Uint8Array(bytes) })),
    );
    expect(kinesis.stored.map((entry) => offsets([entry]))).toEqual([[0], [1, 2]]);
  });

  it('hands back the records of a failed entry and those behind them in their lanes; other lanes are untouched', async () => {
    const other = 'b';
    const kinesis = fakeKinesis(() => ({
      kind: 'answer',
      entry: ({ explicitHashKey }) => (explicitHashKey === BUCKET ? 'internal' : 'ok'),
    }));
    const setup = aKinesisSink({ port: kinesis.port, aggregation: 'bucket' });
    expect(bucketHashKey(hashKeyOf(other))).not.toBe(BUCKET);
    const outcomes = await setup.write(
      [
        aRecord({ partition: 0, offset: 0, key: ofBucket1 }),
        aRecord({ partition: 0, offset: 1, key: other }),
        aRecord({ partition: 0, offset: 2, key: ofBucket1, value: new Uint8Array(60_000) }),
        aRecord({ partition: 1, offset: 0, key: ofBucket2 }),
        aRecord({ partition: 1, offset: 1, key: other }),
      ],
      deadlineIn(setup.clock.nowMs(), 10_000),
    );
    expect(kinds(outcomes)).toEqual(['failed', 'written', 'skipped', 'failed', 'written']);
  });
});

describe('an aggregate that Kinesis rejects', () => {
  const isBad = ({ records }: Entry) => records.some(({ position }) => position.offset === 3);

  it.each(['key', 'bucket'] as const)(
    'is split into single entries in order: the culprit alone gets a dead letter, once others were taken after it (aggregation: %s)',
    async (aggregation) => {
      const kinesis = fakeKinesis((entries) => (entries.some(isBad) ? { kind: 'invalid' } : answer));
      const { queue, deadLetters } = fakeDeadLetters();
      const sink = aKinesisSink({ port: kinesis.port, aggregation, deadLetters: queue });
      const keys = [ofBucket1, ofBucket2, ofBucket1, ofBucket1, ofBucket1, ofBucket2];
      const batch = ofKeys(...keys);
      expect(kinds(await sink.write(batch))).toEqual(['written', 'written', 'written', 'failed', 'skipped', 'written']);
      const again = [...batch.slice(3, 5), aRecord({ offset: 6, key: ofBucket2 })];
      expect(kinds(await sink.write(again))).toEqual(['deadLettered', 'written', 'written']);
      expect(deadLetters).toMatchObject([{ offset: 3, code: 'rejected_by_target', stage: 'writing' }]);
      const ofFirstKey = kinesis.stored.filter(
        ({ records: [first] }) => keys[first?.position.offset ?? 0] === ofBucket1,
      );
      expect(ofFirstKey.map((entry) => offsets([entry]))).toEqual([[0], [2], [4]]);
    },
  );

  it('is aggregated again behind what was in it', async () => {
    const isFirst = ({ records }: Entry) => records.some(({ position }) => position.offset === 0);
    const kinesis = fakeKinesis((entries) => (entries.some(isFirst) ? { kind: 'invalid' } : answer));
    const sink = aKinesisSink({ port: kinesis.port, aggregation: 'key' });
    await sink.write(ofOneKey(520));
    await sink.write([aRecord({ offset: 520, key: 'another' })]);
    kinesis.stored.length = 0;
    await sink.write(ofOneKey(520));
    expect(kinesis.stored.slice(0, 499).every(({ records }) => records.length === 1)).toBe(true);
    expect(kinesis.stored.slice(499).map(({ records }) => records.length)).toEqual([20]);
  });

  it('says of records that were not found out in time that they may come again', async () => {
    const setup = aKinesisSink({
      aggregation: 'key',
      port: {
        putRecords: async (_entries, signal) => {
          await setup.clock.waitUntil(setup.clock.nowMs() + 6_000, signal);
          throw Object.assign(new Error('SECRET'), {
            name: 'InvalidArgumentException',
            $metadata: { httpStatusCode: 400 },
          });
        },
      },
    });
    const outcomes = await setup.write(ofOneKey(2), deadlineIn(setup.clock.nowMs(), 10_000));
    expect(outcomes).toMatchObject([
      { kind: 'failed', failure: { code: 'deadline_exceeded', retryable: true } },
      { kind: 'skipped' },
    ]);
  });
});
