import { pollerGroupOf, type SinkName } from '../../../infra/sinks.ts';
import type { Deployment } from '../../../infra/template/deployment.ts';
import { metricsOf } from '../../../shared/telemetry/metric-names.ts';

/** The settings of a stage file on which cost depends. */
export interface SinkSettings {
  readonly name: SinkName;
  readonly memoryMb: number;
  readonly mode: 'provisioned' | 'onDemand';
  readonly batchRecordsMax: number;
  readonly batchWindowSeconds: number;
  /** Of each mapping. */
  readonly pollersMin: number;
  readonly pollersMax: number;
  /** Event source mappings: one for each topic. */
  readonly mappings: number;
  /** Groups of mappings that share poller units. */
  readonly pollerGroups: number;
  /** The name of the group; the functions may have one together. Empty: each mapping is alone. */
  readonly pollerGroup: string;
  /** Requests of one environment to the target at once. */
  readonly requestsInFlightMax: number;
  readonly order: 'key' | 'partition' | 'none';
  readonly aggregation: 'off' | 'key' | 'bucket';
  /** Custom metrics of the function and its mappings. docs/operations.md, Costs */
  readonly metrics: number;
}

const METRICS_OF_MAPPING = 14;

const COMMON = {
  mode: 'provisioned',
  batchRecordsMax: 1_000,
  batchWindowSeconds: 1,
  pollersMin: 1,
  pollersMax: 10,
  mappings: 1,
  pollerGroups: 1,
  order: 'key',
  aggregation: 'off',
} as const;

/** One topic with the defaults of docs/settings.md. */
export const DEFAULT_SINKS: readonly SinkSettings[] = [
  {
    ...COMMON,
    name: 'kinesisSink',
    pollerGroup: 'kinesisSink',
    memoryMb: 512,
    requestsInFlightMax: 4,
    metrics: metricsOf('kinesisSink', 'full').length + METRICS_OF_MAPPING,
  },
  {
    ...COMMON,
    name: 'documentdbSink',
    pollerGroup: 'documentdbSink',
    memoryMb: 1_024,
    requestsInFlightMax: 3,
    metrics: metricsOf('documentdbSink', 'full').length + METRICS_OF_MAPPING,
  },
];

/** The functions of a stage. */
export const sinksOf = ({ file, functions }: Deployment): readonly SinkSettings[] =>
  functions.map(({ name, functionName, memoryMb, trigger, mappings }) => ({
    name,
    memoryMb,
    mode: trigger.mode,
    batchRecordsMax: trigger.batchRecordsMax,
    batchWindowSeconds: trigger.batchWindowSeconds,
    pollersMin: trigger.pollersMin,
    pollersMax: trigger.pollersMax,
    mappings: mappings.length,
    pollerGroups: trigger.pollerGroup === 'none' ? mappings.length : 1,
    pollerGroup: pollerGroupOf(functionName, trigger.pollerGroup),
    requestsInFlightMax:
      (name === 'kinesisSink' ? file.kinesisSink?.requestsInFlightMax : file.documentdbSink?.poolSizeMax) ?? 1,
    order: (name === 'kinesisSink' ? file.kinesisSink?.ordering : undefined) ?? 'key',
    aggregation: (name === 'kinesisSink' ? file.kinesisSink?.aggregation : undefined) ?? 'off',
    metrics: metricsOf(name, file.metrics).length + METRICS_OF_MAPPING * mappings.length,
  }));
