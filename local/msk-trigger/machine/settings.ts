import { INVOCATION_BYTES_MAX } from '../../../shared/limits.ts';
import { INVOCATIONS_PER_POLLER_MAX, RETRIES_MAX_WITH_DESTINATION } from '../limits.ts';
import type { Mapping } from '../mapping/mapping.ts';

/**
 * Lambda's interpretation of a partial batch response, which AWS does not document.
 * `listedOnly`: Lambda repeats only the reported records. `fromLowest`: Lambda repeats all records from the partition's lowest reported offset.
 */
export type PartialFailureRetry = 'fromLowest' | 'listedOnly';

/** The pause between a failed invocation and the next one of the same records. Lambda does not document its pauses. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

const DEFAULT_BACKOFF: Backoff = { firstMs: 200, maxMs: 5_000 };

/** Doubles with each invocation of the same records: `firstMs`, 2 x `firstMs`, ... up to `maxMs`. */
export function backoffMs(backoff: Backoff, invocations: number): number {
  return Math.min(backoff.maxMs, backoff.firstMs * 2 ** Math.min(30, Math.max(0, invocations - 1)));
}

/** The machine's settings of its mapping. */
export interface MachineSettings {
  readonly topic: string;
  readonly batchRecordsMax: number;
  readonly windowMs: number;
  readonly payloadBytesMax: number;
  /** The size of an event without partitions. */
  readonly envelopeBytes: number;
  readonly partialFailureRetry: PartialFailureRetry;
  /** False: any answer is success. */
  readonly reportsItemFailures: boolean;
  /** Does not count the first invocation; Infinity: no limit. */
  readonly retriesMax: number;
  readonly recordAgeMaxMs: number;
  readonly bisects: boolean;
  readonly hasDestination: boolean;
  /** At the start. A partition belongs to one poller; an invocation holds records of one poller's partitions. */
  readonly pollers: number;
  readonly invocationsPerPollerMax: number;
  readonly backoff: Backoff;
  /** A soft limit for waiting serialized bytes in all partitions: above it only partitions without waiting records are fetched. */
  readonly bufferBytesMax: number;
}

const BUFFER_BYTES_DEFAULT = 64 * 1024 * 1024;

export interface SettingsOptions {
  readonly partialFailureRetry: PartialFailureRetry;
  readonly envelopeBytes: number;
  readonly backoff?: Backoff;
  /** Default: the mapping's MinimumPollers, where Lambda starts; 1 on demand. */
  readonly pollers?: number;
  readonly bufferBytesMax?: number;
}

/** The machine's settings for a mapping. In on-demand mode Lambda ignores the response and repeats a failed batch without limit. */
export function machineSettings(mapping: Mapping, options: SettingsOptions): MachineSettings {
  return {
    topic: mapping.topic,
    batchRecordsMax: mapping.batchRecordsMax,
    windowMs: mapping.windowMs,
    payloadBytesMax: INVOCATION_BYTES_MAX,
    envelopeBytes: options.envelopeBytes,
    partialFailureRetry: options.partialFailureRetry,
    reportsItemFailures: mapping.reportsItemFailures,
    retriesMax: retriesMaxOf(mapping),
    recordAgeMaxMs: mapping.recordAgeMaxMs,
    bisects: mapping.bisects,
    hasDestination: mapping.destination !== undefined,
    pollers: options.pollers ?? mapping.pollers?.min ?? 1,
    invocationsPerPollerMax: INVOCATIONS_PER_POLLER_MAX,
    backoff: options.backoff ?? DEFAULT_BACKOFF,
    bufferBytesMax: options.bufferBytesMax ?? BUFFER_BYTES_DEFAULT,
  };
}

function retriesMaxOf(mapping: Mapping): number {
  const capped = mapping.destination !== undefined && mapping.pollers !== undefined;
  return mapping.retriesMax === Number.POSITIVE_INFINITY && capped ? RETRIES_MAX_WITH_DESTINATION : mapping.retriesMax;
}
