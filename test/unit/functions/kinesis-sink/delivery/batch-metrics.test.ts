import { describe, expect, it } from 'vitest';
import { BatchMetrics } from '../../../../../functions/kinesis-sink/delivery/batch-metrics.ts';
import { Lane } from '../../../../../functions/kinesis-sink/lanes/lane.ts';
import { createMeter } from '../../../../../shared/telemetry/telemetry.ts';
import { entryOf, preparedOf } from '../../../../support/a-kinesis-sink.ts';
import { aRecord } from '../../../../support/builders.ts';
import { recordedTelemetry } from '../../../../support/recorded-telemetry.ts';

/** An entry of the heads of as many lanes, of which some failed before. */
function anEntry(failedBefore: readonly boolean[], ...timestampsMs: readonly number[]) {
  const records = failedBefore.map((_, offset) =>
    preparedOf(aRecord({ offset, timestampMs: timestampsMs[offset] ?? 1_000, key: 'k', value: 'v' })),
  );
  const [first, ...others] = records;
  if (first === undefined) throw new Error('an entry has a record');
  const slices = records.map((planned, index) => {
    const lane = new Lane();
    lane.enter({ index, record: planned.record, task: { kind: 'record', planned } });
    if (failedBefore[index]) lane.countFailure();
    return lane.slice(1);
  });
  return { entry: entryOf(first, ...others), slices };
}

function metricsOf(use: (metrics: BatchMetrics) => void) {
  const meter = createMeter();
  const { log, lines } = recordedTelemetry();
  use(new BatchMetrics({ meter, log }));
  return { lines, metrics: meter.take().map(({ name, value, unit }) => `${name}: ${value} ${unit}`) };
}

describe('the metrics of the requests of a batch', () => {
  it('are sums over its requests, each in its unit', () => {
    const [one, two] = [anEntry([false]), anEntry([false, false])];
    const { metrics } = metricsOf((batch) => {
      batch.sent([one]);
      batch.sent([two]);
    });
    expect(metrics).toEqual([
      'Requests: 2 Count',
      'EntriesSent: 2 Count',
      'UserRecordsSent: 3 Count',
      `BytesSent: ${2 + two.entry.byteLength} Bytes`,
    ]);
  });

  it('count an entry as retried if one of its lanes failed before', () => {
    const { metrics } = metricsOf((batch) => batch.sent([anEntry([true, false]), anEntry([false]), anEntry([true])]));
    expect(metrics).toContain('EntriesRetried: 2 Count');
  });

  it('say how long each record of an entry was under way, and how many an entry had', () => {
    const reply = { shardId: 'shard', sequenceNumber: '1', errorCode: undefined };
    const { metrics, lines } = metricsOf((batch) => {
      batch.acknowledged(anEntry([false, false], 900, 700), reply, 1_000);
      batch.acknowledged(anEntry([false], 400), reply, 1_000);
      batch.report();
    });
    expect(metrics).toEqual([
      'AggregationRatio: 1.5 Count',
      'EndToEndLagP50: 300 Milliseconds',
      'EndToEndLagP99: 600 Milliseconds',
      'EndToEndLagMax: 600 Milliseconds',
    ]);
    expect(lines).toEqual([]);
  });

  it('count refusals by a shard that is not named, and name no shard', () => {
    const { metrics, lines } = metricsOf((batch) => {
      batch.throttled(undefined, 2);
      batch.report();
    });
    expect([metrics, lines]).toEqual([['EntriesThrottled: 2 Count'], []]);
  });

  it('show the most throttled shard first, whatever the order in which shards throttled', () => {
    const { metrics, lines } = metricsOf((batch) => {
      for (const shardId of ['a', 'b', 'c', 'b', 'c', 'c']) batch.throttled(shardId, 1);
      batch.report();
    });
    expect(metrics).toEqual([
      'EntriesThrottled: 6 Count',
      'ShardsThrottled: 3 Count',
      'ThrottlesOfHottestShard: 3 Count',
    ]);
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'shards_throttled',
        fields: {
          shardCount: 3,
          shards: [
            { shardId: 'c', throttleCount: 3 },
            { shardId: 'b', throttleCount: 2 },
            { shardId: 'a', throttleCount: 1 },
          ],
        },
      },
    ]);
  });
});
