import { describe, expect, it } from 'vitest';
import { aKinesisSink, ofOneKey, records } from '../../../support/a-kinesis-sink.ts';
import { aRecord, deadlineIn } from '../../../support/builders.ts';
import { answer, fakeKinesis, type RequestFate } from '../../../support/fake-kinesis.ts';

const metricsOf = async (fate: RequestFate, input = records(3), changes = {}) => {
  const kinesis = fakeKinesis((_entries, call) => (call === 1 ? fate : answer));
  const setup = aKinesisSink({ port: kinesis.port, ...changes });
  await setup.write(input);
  return setup.telemetry.metrics();
};

/** Of three records: keys of 5 bytes, values of 12; the clock stands where the first was produced. */
const OF_THREE = { UserRecordsSent: 3, EntriesSent: 3, BytesSent: 51, RequestDuration: 0, AggregationRatio: 1 };
const NO_LAG = { EndToEndLagP50: 0, EndToEndLagP99: 0, EndToEndLagMax: 0 };

describe('the metrics of a batch', () => {
  it('count requests, entries, records and bytes', async () => {
    expect(await metricsOf(answer)).toEqual({ ...OF_THREE, ...NO_LAG, Requests: 1 });
    expect(await metricsOf(answer, records(501))).toMatchObject({
      Requests: 2,
      EntriesSent: 501,
      UserRecordsSent: 501,
    });
  });

  it.each<{ fate: RequestFate; counted: Readonly<Record<string, number>> }>([
    { fate: { kind: 'reset' }, counted: { RequestsFailed: 1, RequestsAmbiguous: 1 } },
    { fate: { kind: 'server-error' }, counted: { RequestsFailed: 1, RequestsAmbiguous: 1 } },
    { fate: { kind: 'access-denied' }, counted: { RequestsFailed: 1 } },
    { fate: { kind: 'short-answer' }, counted: { EntriesRefused: 3 } },
    { fate: { kind: 'answer', entry: () => 'internal' }, counted: { EntriesRefused: 3 } },
    {
      fate: { kind: 'answer', entry: () => 'throttled' },
      counted: { EntriesRefused: 3, EntriesThrottled: 3, ShardsThrottled: 1, ThrottlesOfHottestShard: 3 },
    },
  ])('count $counted after three entries with $fate.kind', async ({ fate, counted }) => {
    expect(await metricsOf(fate)).toEqual({
      ...{ Requests: 2, EntriesSent: 6, UserRecordsSent: 6, BytesSent: 102, EntriesRetried: 3 },
      ...{ RequestDuration: 0, AggregationRatio: 1 },
      ...{ EndToEndLagP50: expect.any(Number), EndToEndLagP99: expect.any(Number), EndToEndLagMax: expect.any(Number) },
      ...counted,
    });
  });

  it('keep the longest request, and not the sum of all', async () => {
    const kinesis = fakeKinesis();
    const setup = aKinesisSink({
      port: {
        putRecords: async (entries, signal) => {
          await setup.clock.waitUntil(setup.clock.nowMs() + 100 / (kinesis.requests.length + 1), signal);
          return kinesis.port.putRecords(entries, signal);
        },
      },
    });
    await setup.write(ofOneKey(3));
    expect(setup.telemetry.metrics()).toMatchObject({ Requests: 3, RequestDuration: 100 });
    expect(await metricsOf({ kind: 'until-aborted' })).toMatchObject({ RequestDuration: 10_000 });
  });

  it('report the records of an acknowledged entry', async () => {
    const metrics = await metricsOf(answer, [...ofOneKey(9), aRecord({ offset: 9 })], { aggregation: 'key' });
    expect(metrics).toMatchObject({ EntriesSent: 2, UserRecordsSent: 10, AggregationRatio: 5 });
  });

  it('report the time from Kafka to the stream', async () => {
    const kinesis = fakeKinesis();
    const setup = aKinesisSink({
      port: {
        putRecords: async (entries, signal) => {
          await setup.clock.waitUntil(setup.clock.nowMs() + 100, signal);
          return kinesis.port.putRecords(entries, signal);
        },
      },
    });
    const wallTimeMs = setup.clock.wallTimeMs();
    const ages = [...Array.from({ length: 98 }, () => 0), 50, 900];
    await setup.write(ages.map((ageMs, offset) => aRecord({ offset, timestampMs: wallTimeMs - ageMs })));
    expect(setup.telemetry.metrics()).toMatchObject({
      EndToEndLagP50: 100,
      EndToEndLagP99: 150,
      EndToEndLagMax: 1_000,
    });
  });

  it('report no lag without timestamps, and none of records that were not stored', async () => {
    expect(await metricsOf(answer, [aRecord({ timestampMs: -1 })])).not.toHaveProperty('EndToEndLagP50');
    const setup = aKinesisSink({ port: fakeKinesis(() => ({ kind: 'reset' })).port });
    await setup.write(records(1), deadlineIn(setup.clock.nowMs(), 10_000));
    const metrics = setup.telemetry.metrics();
    expect(metrics).not.toHaveProperty('EndToEndLagMax');
    expect(metrics).not.toHaveProperty('AggregationRatio');
  });
});

describe('order anomalies', () => {
  /** Two records of one key, stored under these numbers. */
  const anomaliesOf = async (numbers: readonly string[], shards = ['s', 's']) => {
    let call = 0;
    const setup = aKinesisSink({
      port: {
        putRecords: () => {
          const reply = { sequenceNumber: numbers[call], shardId: shards[call], errorCode: undefined };
          call += 1;
          return Promise.resolve([reply]);
        },
      },
    });
    await setup.write(ofOneKey(2));
    return setup.telemetry.metrics()['OrderAnomalies'];
  };
  const LONG = '49573382720158429012345678901234567890123456789012345602';

  it.each([
    { name: 'ascending', numbers: ['9', '10'] },
    { name: 'ascending in their last digit of 56', numbers: [LONG, LONG.replace(/2$/, '3')] },
    { name: 'of two shards', numbers: ['10', '9'], shards: ['a', 'b'] },
    { name: 'none at all', numbers: ['10', 'x'] },
    { name: 'of a shard that nobody named', numbers: ['10', '9'], shards: [] },
  ])('are none when sequence numbers are $name', async ({ numbers, shards }) => {
    expect(await anomaliesOf(numbers, shards)).toBeUndefined();
  });

  it.each([
    { name: 'descending', numbers: ['10', '9'] },
    { name: 'equal', numbers: ['9', '9'] },
    { name: 'descending in their last digit of 56', numbers: [LONG.replace(/2$/, '3'), LONG] },
  ])('are counted when sequence numbers are $name', async ({ numbers }) => {
    expect(await anomaliesOf(numbers)).toBe(1);
  });

  it('are none between lanes', async () => {
    let number = 10;
    const setup = aKinesisSink({
      port: {
        putRecords: (entries) =>
          Promise.resolve(
            entries.map(() => {
              number -= 1;
              return { sequenceNumber: String(number), shardId: 's', errorCode: undefined };
            }),
          ),
      },
    });
    await setup.write(records(3));
    expect(setup.telemetry.metrics()).not.toHaveProperty('OrderAnomalies');
  });
});

describe('the metrics of throttled shards', () => {
  it('name the shards in one bounded log line, the most throttled first', async () => {
    const shardOf = (offset: number) => `shardId-${String(offset % 12).padStart(12, '0')}`;
    const kinesis = fakeKinesis(
      (_entries, call) => (call === 1 ? { kind: 'answer', entry: () => 'throttled' } : answer),
      ({ records: [record] }) => shardOf(record?.position.offset ?? 0),
    );
    const setup = aKinesisSink({ port: kinesis.port });
    await setup.write(records(26));
    expect(setup.telemetry.metrics()).toMatchObject({
      EntriesThrottled: 26,
      ShardsThrottled: 12,
      ThrottlesOfHottestShard: 3,
    });
    const [line, ...others] = setup.telemetry.lines;
    expect(others).toEqual([]);
    expect(line).toMatchObject({ level: 'warn', message: 'shards_throttled', fields: { shardCount: 12 } });
    expect(line?.fields['shards']).toHaveLength(10);
    expect(line?.fields['shards']).toMatchObject([
      { shardId: 'shardId-000000000000', throttleCount: 3 },
      { shardId: 'shardId-000000000001', throttleCount: 3 },
      { shardId: 'shardId-000000000002', throttleCount: 2 },
      ...Array.from({ length: 7 }, () => ({ throttleCount: 2 })),
    ]);
  });

  it('are absent if no shard throttled', async () => {
    const setup = aKinesisSink({ port: fakeKinesis().port });
    await setup.write(records(2));
    expect(setup.telemetry.lines).toEqual([]);
  });
});
