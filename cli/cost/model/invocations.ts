import { REQUEST_RECORDS_MAX } from '../../../functions/kinesis-sink/limits.ts';
import { INVOCATION_BYTES_MAX } from '../../../shared/limits.ts';
import { type CpuFigure, cpuMicrosPerRecord } from '../measured.ts';
import type { SinkSettings } from './sink-settings.ts';
import { megabytesPerSecond, type Traffic } from './traffic.ts';

/** How a function runs under steady traffic. Averages, so fractions are meant. */
export interface Invocations {
  readonly recordsEach: number;
  readonly perSecond: number;
  /** Of the process, in each invocation. */
  readonly cpuMs: number;
  /** Requests to the target that wait for each other, in each invocation. */
  readonly rounds: number;
  readonly durationMs: number;
  /** Invocations at once, on average. */
  readonly concurrency: number;
  /** Provisioned; undefined in on-demand mode. */
  readonly pollers: number | undefined;
  readonly pollerUnits: number;
  /** The fewest that carry the traffic: a partition has one invocation at a time. */
  readonly partitionsMin: number;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html */
const POLLER = { megabytesPerSecond: 5, invocations: 5 } as const;
const POLLER_UNIT = { megabytesPerSecond: 20, pollers: 10 } as const;

/** Position, timestamp, a key of 10 bytes, names and braces: bench/harness/event.ts, checked by a test. */
const RECORD_FRAME_BYTES = 150;

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const MEMORY_MB_OF_ONE_CPU = 1_769;

/** Of a record in the JSON of an event. */
export const eventBytesOf = (valueBytes: number): number => (valueBytes * 4) / 3 + RECORD_FRAME_BYTES;

/** What the pollers of one group carry. */
export interface PollerLoad {
  readonly pollers: number;
  readonly megabytesPerSecond: number;
}

export const NO_LOAD: PollerLoad = { pollers: 0, megabytesPerSecond: 0 };

export const together = (one: PollerLoad, other: PollerLoad): PollerLoad => ({
  pollers: one.pollers + other.pollers,
  megabytesPerSecond: one.megabytesPerSecond + other.megabytesPerSecond,
});

const unitsOf = ({ pollers, megabytesPerSecond: megabytes }: PollerLoad): number =>
  Math.max(Math.ceil(pollers / POLLER_UNIT.pollers), Math.ceil(megabytes / POLLER_UNIT.megabytesPerSecond));

/**
 * Pure.
 * @param roundTripMs of one request to the target
 * @param before the load of other functions in the same poller group, whose units are counted already
 */
export function invocationsOf(
  sink: SinkSettings,
  traffic: Traffic,
  cpu: CpuFigure,
  roundTripMs: number,
  before: PollerLoad = NO_LOAD,
): Invocations {
  const { recordsPerSecond, valueBytes } = traffic;
  const megabytes = megabytesPerSecond(traffic);
  const busyPollers = Math.max(sink.mappings, Math.ceil(megabytes / POLLER.megabytesPerSecond));
  const recordsEach = Math.min(
    sink.batchRecordsMax,
    Math.max(1, Math.floor(INVOCATION_BYTES_MAX / eventBytesOf(valueBytes))),
    Math.max(1, (recordsPerSecond * sink.batchWindowSeconds) / busyPollers),
  );
  const perSecond = recordsPerSecond / recordsEach;
  const cpuMs = cpu.invocationMs + (recordsEach * cpuMicrosPerRecord(cpu, valueBytes)) / 1_000;
  const rounds = roundsOf(sink, traffic, recordsEach);
  const durationMs = cpuMs / Math.min(1, sink.memoryMb / MEMORY_MB_OF_ONE_CPU) + rounds * roundTripMs;
  const concurrency = (perSecond * durationMs) / 1_000;
  const needed = Math.max(busyPollers, Math.ceil(concurrency / POLLER.invocations), sink.pollersMin * sink.mappings);
  const isProvisioned = sink.mode === 'provisioned';
  const load = { pollers: needed, megabytesPerSecond: megabytes };
  /** Each group has a unit at least. */
  const alone = before.pollers === 0 ? sink.pollerGroups : 0;
  return {
    recordsEach,
    perSecond,
    cpuMs,
    rounds,
    durationMs,
    concurrency,
    pollers: isProvisioned ? needed : undefined,
    pollerUnits: isProvisioned ? Math.max(alone, unitsOf(together(before, load)) - unitsOf(before)) : 0,
    partitionsMin: Math.max(sink.mappings, busyPollers, Math.ceil(concurrency)),
  };
}

/** A record waits for the record before it in its lane; lanes share requests. */
function roundsOf(sink: SinkSettings, { keys }: Traffic, records: number): number {
  if (sink.name === 'documentdbSink') return 1; // writes of a document are folded, and commands go at once
  // By their bytes, the records of an event fit into one request: base64 in 6 MB, against 5 MiB.
  const inFlight = Math.max(1, records / REQUEST_RECORDS_MAX / sink.requestsInFlightMax);
  if (sink.aggregation !== 'off' || sink.order === 'none') return inFlight;
  const lanes = sink.order === 'partition' ? 1 : Math.min(keys, records);
  return Math.max(inFlight, records / lanes);
}
