import type { IgnoredReason } from '../outcome.ts';

type FunctionName = 'kinesisSink' | 'documentdbSink';

/**
 * The metrics that alarms and the dashboard need (infra/operations): published with `metrics: essential` too. CloudWatch
 * charges for each metric of each function. https://aws.amazon.com/cloudwatch/pricing/
 */
const ESSENTIAL_OF = {
  both: [
    'RecordsReceived',
    'RecordsWritten',
    'RecordsDeadLettered',
    'RecordsUnsettled',
    'RecordsBlocked',
    'BlockedRecordAge',
    'RecordAge',
    'PlanningFailures',
    'DeadLetterWritesFailed',
  ],
  kinesisSink: ['EntriesThrottled', 'ThrottlesOfHottestShard', 'OrderAnomalies', 'CredentialAge', 'EndToEndLagP99'],
  documentdbSink: ['StaleButNewer', 'UnguardedWrites', 'ServerCertificateDaysLeft', 'RootCertificateDaysLeft'],
} as const;

/** The metrics that explain what the others show. */
const FURTHER_OF = {
  both: [
    'RecordsIgnored',
    'RecordsIgnoredTombstone',
    'RecordsIgnoredPoison',
    'RecordsFailed',
    'RecordsSkipped',
    'BatchDuration',
    'TimestampsRounded',
    'RecordsRedriven',
    'RedriveFailures',
  ],
  kinesisSink: [
    'UserRecordsSent',
    'EntriesSent',
    'BytesSent',
    'Requests',
    'EntriesRetried',
    'EntriesRefused',
    'ShardsThrottled',
    'RequestsFailed',
    'RequestsAmbiguous',
    'RequestDuration',
    'AggregationRatio',
    'EndToEndLagP50',
    'EndToEndLagMax',
    'StreamDistributesAutomatically',
  ],
  documentdbSink: [
    'RecordsIgnoredStale',
    'RecordsIgnoredAlreadyApplied',
    'RecordsIgnoredNoMatch',
    'RecordsIgnoredNoop',
    'RecordsIgnoredFiltered',
    'WriteCommands',
    'WriteRetries',
    'GuardReads',
    'RecordsFolded',
    'UniqueCollisions',
    'TombstoneIndexFailed',
  ],
} as const;

export const ESSENTIAL_METRICS = Object.values(ESSENTIAL_OF).flat();
export const FURTHER_METRICS = Object.values(FURTHER_OF).flat();

export type MetricName = (typeof ESSENTIAL_METRICS)[number] | (typeof FURTHER_METRICS)[number];

/** The metrics that a function may publish. */
export function metricsOf(name: FunctionName, level: MetricsLevel): readonly MetricName[] {
  const essential = [...ESSENTIAL_OF.both, ...ESSENTIAL_OF[name]];
  return level === 'essential' ? essential : [...essential, ...FURTHER_OF.both, ...FURTHER_OF[name]];
}

/** `full` publishes every metric, `essential` those of {@link ESSENTIAL_METRICS}. */
export type MetricsLevel = 'full' | 'essential';

const ESSENTIAL: ReadonlySet<MetricName> = new Set(ESSENTIAL_METRICS);

export const isPublished = (name: MetricName, level: MetricsLevel): boolean => level === 'full' || ESSENTIAL.has(name);

/** The metric that counts the records ignored for a reason. */
export const IGNORED_METRICS: Readonly<Record<IgnoredReason, MetricName>> = {
  stale: 'RecordsIgnoredStale',
  already_applied: 'RecordsIgnoredAlreadyApplied',
  tombstone: 'RecordsIgnoredTombstone',
  poison: 'RecordsIgnoredPoison',
  no_match: 'RecordsIgnoredNoMatch',
  noop: 'RecordsIgnoredNoop',
  filtered: 'RecordsIgnoredFiltered',
};
