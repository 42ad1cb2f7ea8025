import { AGGREGATE_BYTES_MAX, AGGREGATE_RECORDS_MAX } from '../../../functions/kinesis-sink/limits.ts';
import type { Measured } from '../measured.ts';
import type { PriceList } from '../prices.ts';
import { type Invocations, invocationsOf, NO_LOAD, type PollerLoad } from './invocations.ts';
import { type CostLine, HOURS_A_MONTH, line, SECONDS_A_MONTH, type Way } from './lines.ts';
import type { SinkSettings } from './sink-settings.ts';
import { documentLines, hotKeyNote, shardsOf, streamLines } from './targets.ts';
import type { RoundTrips, Traffic } from './traffic.ts';

/** A log line and the metrics of a batch. docs/operations.md, Costs */
const LOG_BYTES_OF_BATCH = 1_800;
/** Of kinesisSink with `aggregation: bucket`. docs/kinesis.md */
const BUCKETS = 128;

/** What msk-sinks costs. Pure. @param before the load of other functions in its poller group, whose units are counted already */
export function functionWay(
  sink: SinkSettings,
  traffic: Traffic,
  measured: Measured,
  roundTrips: RoundTrips,
  prices: PriceList,
  before: PollerLoad = NO_LOAD,
): Way {
  const isKinesis = sink.name === 'kinesisSink';
  const run = invocationsOf(
    sink,
    traffic,
    isKinesis ? measured.kinesis : measured.documentdb,
    isKinesis ? roundTrips.kinesisMs : roundTrips.documentdbMs,
    before,
  );
  const common = { name: sink.name, lines: [] as readonly CostLine[], notes: boundsOf(sink, traffic, run) };
  const size = sizeOf(sink, run);
  if (isKinesis) {
    const entries = run.perSecond * entriesOf(sink, traffic, run.recordsEach);
    return {
      ...common,
      target: 'Kinesis',
      size: { ...size, shards: shardsOf(traffic, entries) },
      lines: [...ownLines(sink, run, prices), ...streamLines(prices, traffic, entries)],
      notes: [...common.notes, ...hotKeyNote(traffic, entries / traffic.recordsPerSecond)],
    };
  }
  const writes = run.perSecond * Math.min(traffic.keys, run.recordsEach);
  return {
    ...common,
    target: 'DocumentDB',
    size: { ...size, ...connectionsOf(sink, traffic, run), writesPerSecond: writes },
    lines: [...ownLines(sink, run, prices), ...documentLines(prices, traffic, writes)],
  };
}

const sizeOf = (sink: SinkSettings, run: Invocations) => ({
  ...(run.pollers !== undefined && { pollers: run.pollers, pollerUnits: run.pollerUnits }),
  partitionsMin: run.partitionsMin,
  recordsPerInvocation: run.recordsEach,
  invocationsPerSecond: run.perSecond,
  durationMs: run.durationMs,
  concurrency: run.concurrency,
  memoryMb: sink.memoryMb,
});

/** The pool and a monitor, of each environment, to the primary. */
function connectionsOf(sink: SinkSettings, traffic: Traffic, run: Invocations) {
  const each = sink.requestsInFlightMax + 1;
  const environmentsMax = Math.max(traffic.partitions ?? run.partitionsMin, Math.ceil(run.concurrency));
  return { connections: Math.ceil(run.concurrency) * each, connectionsMax: environmentsMax * each };
}

const ownLines = (sink: SinkSettings, run: Invocations, prices: PriceList): readonly CostLine[] => {
  const invocations = run.perSecond * SECONDS_A_MONTH;
  return [
    ...(run.pollerUnits > 0 ? [line(prices, 'pollerUnitHour', 'pollers', run.pollerUnits * HOURS_A_MONTH)] : []),
    line(
      prices,
      'lambdaGbSecond',
      'duration of the function',
      (invocations * run.durationMs * sink.memoryMb) / 1_000 / 1_024,
    ),
    line(prices, 'lambdaMillionRequests', 'invocations', invocations / 1e6),
    line(prices, 'logGb', 'log lines', (invocations * LOG_BYTES_OF_BATCH) / 1e9),
    line(prices, 'metricMonth', 'metrics', sink.metrics),
  ];
};

/** Kinesis records of an invocation. */
function entriesOf(sink: SinkSettings, { keys, valueBytes }: Traffic, records: number): number {
  if (sink.aggregation === 'off') return records;
  const lanes = Math.min(records, keys, sink.aggregation === 'bucket' ? BUCKETS : Number.POSITIVE_INFINITY);
  return Math.min(
    records,
    Math.max(lanes, (records * valueBytes) / AGGREGATE_BYTES_MAX, records / AGGREGATE_RECORDS_MAX),
  );
}

function boundsOf(sink: SinkSettings, { partitions }: Traffic, run: Invocations): readonly string[] {
  const pollersMax = sink.pollersMax * sink.mappings;
  const notes: string[] = [];
  if (partitions !== undefined && partitions < run.partitionsMin) {
    notes.push(
      `${partitions} partitions carry too little: a partition has one invocation at a time, so this traffic needs at least ${run.partitionsMin}`,
    );
  }
  if (run.pollers !== undefined && run.pollers > pollersMax) {
    notes.push(`trigger.pollersMax allows ${pollersMax} pollers, this traffic needs ${run.pollers}: raise it`);
  }
  return notes;
}
