import { describe, expect, it } from 'vitest';
import type { CpuFigure, Measured } from '../../../../cli/cost/measured.ts';
import { estimate } from '../../../../cli/cost/model/estimate.ts';
import { DEFAULT_SINKS } from '../../../../cli/cost/model/sink-settings.ts';
import { shardsOf } from '../../../../cli/cost/model/targets.ts';
import type { Traffic } from '../../../../cli/cost/model/traffic.ts';
import { overridePrices, PRICES } from '../../../../cli/cost/prices.ts';

/** 20 us for a record of any size. */
const CPU: CpuFigure = { microsPerRecord: 20, shareAt100Bytes: 1, invocationMs: 0, source: 'by hand' };
const MEASURED: Measured = { kinesis: CPU, documentdb: CPU, connector: CPU };
/** Everything costs a dollar, so that a line costs as many dollars as it has units. */
const A_DOLLAR = overridePrices(
  PRICES,
  Object.fromEntries(Object.keys(PRICES.prices).map((name) => [name, 1])),
  'test',
);

const SINKS = DEFAULT_SINKS.map((sink) => ({ ...sink, metrics: 50 }));
const ROUND_TRIPS = { kinesisMs: 13, documentdbMs: 10 };

const rounded = (of: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(of).map(([name, value]) => [name, Number(value.toPrecision(6))]));
const waysOf = (traffic: Omit<Traffic, 'partitions'>) =>
  estimate(SINKS, { ...traffic, partitions: undefined }, MEASURED, ROUND_TRIPS, A_DOLLAR).map((way) => ({
    name: way.name,
    lines: rounded(Object.fromEntries(way.lines.map(({ what, dollarsPerMonth }) => [what, dollarsPerMonth]))),
    size: rounded(way.size),
  }));

/** All were computed by hand, for a month of 2,628,000 s. */
describe('the lines of a bill, each in its unit', () => {
  it('for 1,000 records a second of 1,000 bytes', () => {
    const own = { pollers: 1, pollerUnits: 1, partitionsMin: 1, recordsPerInvocation: 1_000, invocationsPerSecond: 1 };
    const ownLines = { pollers: 730, invocations: 2.628, 'log lines': 4.7304, metrics: 50 };
    const stream = { shards: 1_460, 'PUT payload units': 2_628 }; // 2 shards; 1,000 units a second
    const documents = { 'I/O of the writes': 2_628 };
    expect(waysOf({ recordsPerSecond: 1_000, valueBytes: 1_000, keys: 10_000 })).toEqual([
      {
        name: 'kinesisSink',
        // 20 ms on 512/1769 of a vCPU and 13 ms, of half a GB
        lines: { ...ownLines, 'duration of the function': 107_881, ...stream },
        size: { ...own, durationMs: 82.1016, concurrency: 0.0821016, memoryMb: 512, shards: 2 },
      },
      { name: 'MSK Connect', lines: { workers: 730, ...stream }, size: { connectUnits: 1, shards: 2 } },
      {
        name: 'doka in Kubernetes',
        // 1,000 x 13.8 ms: 14 pods
        lines: {
          ...{ 'vCPUs of the pods': 2_555, 'memory of the pods': 5_110 },
          ...{ 'control plane, if no other work shares it': 730, ...stream },
        },
        size: { pods: 14, partitionsMin: 14, shards: 2 },
      },
      {
        name: 'documentdbSink',
        // 20 ms on 1024/1769 of a vCPU and 10 ms, of a GB
        lines: { ...ownLines, 'duration of the function': 117_079, ...documents },
        size: {
          ...{ ...own, durationMs: 44.5508, concurrency: 0.0445508, memoryMb: 1_024 },
          ...{ connections: 4, connectionsMax: 4, writesPerSecond: 1_000 },
        },
      },
      { name: 'MSK Connect', lines: { workers: 730, ...documents }, size: { connectUnits: 1, writesPerSecond: 1_000 } },
    ]);
  });

  it('for 3 GB a second of 100 keys', () => {
    // 600 pollers of 5 MB/s; 6 MB hold 156 records of 40,150 bytes; 641.026 invocations a second
    const own = {
      ...{ pollers: 600, pollerUnits: 150, partitionsMin: 600 },
      ...{ recordsPerInvocation: 156, invocationsPerSecond: 641.026 },
    };
    const ownLines = { pollers: 109_500, invocations: 1_684.62, 'log lines': 3_032.31, metrics: 50 };
    const stream = { shards: 3_128_780, 'PUT payload units': 315_360 }; // 3,000 MB/s at 70 %; 1.2 units a record
    expect(waysOf({ recordsPerSecond: 100_000, valueBytes: 30_000, keys: 100 })).toEqual([
      {
        name: 'kinesisSink',
        // 3.12 ms on 512/1769 of a vCPU, and 1.56 rounds: 156 records of 100 lanes
        lines: { ...ownLines, 'duration of the function': 26_161_900, ...stream },
        size: { ...own, durationMs: 31.0598, concurrency: 19.9102, memoryMb: 512, shards: 4_286 },
      },
      { name: 'MSK Connect', lines: { workers: 2_190, ...stream }, size: { connectUnits: 3, shards: 4_286 } },
      {
        name: 'doka in Kubernetes',
        lines: {
          ...{ 'vCPUs of the pods': 251_850, 'memory of the pods': 503_700 },
          ...{ 'control plane, if no other work shares it': 730, ...stream },
        },
        size: { pods: 1_380, partitionsMin: 1_380, shards: 4_286 },
      },
      {
        name: 'documentdbSink',
        // 100 documents in an invocation, of 30,000/4,096 I/O each; 10 environments at once with 4 connections each
        lines: { ...ownLines, 'duration of the function': 25_926_100, 'I/O of the writes': 1_233_850 },
        size: {
          ...{ ...own, durationMs: 15.3899, concurrency: 9.86533, memoryMb: 1_024 },
          ...{ connections: 40, connectionsMax: 2_400, writesPerSecond: 64_102.6 },
        },
      },
      {
        name: 'MSK Connect',
        lines: { workers: 2_190, 'I/O of the writes': 1_924_800 },
        size: { connectUnits: 3, writesPerSecond: 100_000 },
      },
    ]);
  });
});

describe('the shards of a stream', () => {
  it.each([
    [10_000, 10, 15], // 1,000 records a second of a shard, of which 70 % are planned
    [100, 100_000, 15], // 1 MB a second
    [700, 1_000, 1],
    [701, 1_000, 2],
  ])('for %i records a second of %i bytes: %i', (recordsPerSecond, valueBytes, shards) => {
    const traffic = { recordsPerSecond, valueBytes, keys: 1_000_000, partitions: undefined };
    expect(shardsOf(traffic, recordsPerSecond)).toBe(shards);
  });
});

describe('the Kinesis records of aggregated traffic', () => {
  /** 1,000 records in an invocation each second. */
  it.each([
    ['key', { valueBytes: 100, keys: 200 }, 200],
    ['key', { valueBytes: 100, keys: 1_000_000 }, 1_000],
    ['bucket', { valueBytes: 100, keys: 200 }, 128], // the ranges of hash keys
    ['bucket', { valueBytes: 100, keys: 20 }, 20],
    ['key', { valueBytes: 1_000, keys: 1 }, 20], // 1 MB in aggregates of 50 KB
    ['key', { valueBytes: 10, keys: 1 }, 2], // 500 records in an aggregate
    ['off', { valueBytes: 10, keys: 1 }, 1_000],
  ] as const)('%s, %j: %i', (aggregation, traffic, entries) => {
    const [own] = estimate(
      SINKS.slice(0, 1).map((sink) => ({ ...sink, aggregation })),
      { recordsPerSecond: 1_000, partitions: undefined, ...traffic },
      ...([MEASURED, ROUND_TRIPS, A_DOLLAR] as const),
    );
    const units = own?.lines.find(({ what }) => what === 'PUT payload units')?.quantity ?? Number.NaN;
    const unitsEach = Math.max(1, (1_000 * traffic.valueBytes) / entries / 25_000);
    expect(units / 2.628).toBeCloseTo(entries * unitsEach, 6);
  });
});

describe('the notes of a bill', () => {
  const notesOf = (traffic: Traffic, changes: Partial<(typeof SINKS)[number]> = {}) =>
    estimate(
      SINKS.map((sink) => ({ ...sink, ...changes })),
      traffic,
      MEASURED,
      ROUND_TRIPS,
      A_DOLLAR,
    ).flatMap((way) => way.notes.map((note) => `${way.name} -> ${way.target}: ${note}`));
  const ASSUMED = 'MSK Connect -> Kinesis: assumed: a connector for Kinesis takes the CPU of the MongoDB connector';
  const ONE_WORKER = 'MSK Connect -> DocumentDB: one worker: no records flow while it restarts';
  const HOT =
    'a key has 1500 entries and 0.3 MB a second; its shard takes 1,000 and 1 MB: use more keys, or aggregation: key for small records';

  it('are few for traffic that fits', () => {
    const fits = { recordsPerSecond: 1_000, valueBytes: 1_000, keys: 1, partitions: 14 };
    expect(notesOf(fits)).toEqual([ASSUMED, ONE_WORKER]);
  });

  it('name a key that is too busy for a shard, by records or by bytes', () => {
    const busy = { recordsPerSecond: 15_000, valueBytes: 200, keys: 10, partitions: undefined };
    expect(notesOf(busy, { mappings: 2 }).filter((note) => note.endsWith(HOT))).toHaveLength(3);
    expect(notesOf(busy, { mappings: 2, aggregation: 'key' }).filter((note) => note.endsWith(HOT))).toHaveLength(2);
    expect(notesOf({ ...busy, recordsPerSecond: 11, valueBytes: 1_000_000 }).join()).toContain(
      'a key has 1 entries and 1.1 MB a second',
    );
  });

  it('name partitions and pollers that are too few', () => {
    const much = { recordsPerSecond: 100_000, valueBytes: 550, keys: 1_000_000, partitions: 10 }; // 55 MB/s: 11 pollers
    const said = notesOf(much).filter((note) => !note.startsWith('MSK'));
    expect(said).toEqual([
      'kinesisSink -> Kinesis: 10 partitions carry too little: a partition has one invocation at a time, so this traffic needs at least 11',
      'kinesisSink -> Kinesis: trigger.pollersMax allows 10 pollers, this traffic needs 11: raise it',
      'doka in Kubernetes -> Kinesis: 10 partitions carry too little: a pod reads whole partitions, so this needs 1380',
      'documentdbSink -> DocumentDB: 10 partitions carry too little: a partition has one invocation at a time, so this traffic needs at least 11',
      'documentdbSink -> DocumentDB: trigger.pollersMax allows 10 pollers, this traffic needs 11: raise it',
    ]);
    expect(notesOf({ ...much, partitions: 1_380 }, { pollersMax: 11 })).toEqual([ASSUMED]);
    expect(notesOf(much, { mappings: 2 }).join()).not.toContain('pollersMax');
  });
});
