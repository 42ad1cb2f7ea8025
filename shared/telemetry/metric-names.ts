import type { IgnoredReason } from '../outcome.ts';

/**
 * The metrics that alarms and the dashboard need (infra/operations): published with `metrics: essential` too. CloudWatch
 * charges for each metric of each function. https://aws.amazon.com/cloudwatch/pricing/
 */
export const ESSENTIAL_METRICS = [
  'RecordsReceived',
  'RecordsWritten',
  'RecordsDeadLettered',
  'RecordsUnsettled',
  'RecordsBlocked',
  'BlockedRecordAge',
  'RecordAge',
  'PlanningFailures',
  'DeadLetterWritesFailed',
  // kinesisSink
  'EntriesThrottled',
  'ThrottlesOfHottestShard',
  'OrderAnomalies',
  'CredentialAge',
  'EndToEndLagP99',
  // documentdbSink
  'StaleButNewer',
  'UnguardedWrites',
  'ServerCertificateDaysLeft',
  'RootCertificateDaysLeft',
] as const;

/** The metrics that explain what the others show. */
export const FURTHER_METRICS = [
  'RecordsIgnored',
  'RecordsIgnoredStale',
  'RecordsIgnoredAlreadyApplied',
  'RecordsIgnoredTombstone',
  'RecordsIgnoredPoison',
  'RecordsIgnoredNoMatch',
  'RecordsIgnoredNoop',
  'RecordsIgnoredFiltered',
  'RecordsFailed',
  'RecordsSkipped',
  'BatchDuration',
  'TimestampsRounded',
  'DeadLetters',
  'RecordsRedriven',
  'RedriveFailures',
  // kinesisSink
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
  // documentdbSink
  'WriteCommands',
  'WriteRetries',
  'GuardReads',
  'RecordsFolded',
  'UniqueCollisions',
  'TombstoneIndexFailed',
] as const;

export type MetricName = (typeof ESSENTIAL_METRICS)[number] | (typeof FURTHER_METRICS)[number];

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
