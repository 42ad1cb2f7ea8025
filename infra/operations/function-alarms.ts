import { ANSWER_RESERVE_MS } from '../../shared/limits.ts';
import type { MetricName } from '../../shared/telemetry/metric-names.ts';
import { METRICS_NAMESPACE } from '../../shared/telemetry/telemetry.ts';
import type { DeployedFunction, Deployment } from '../template/deployment.ts';
import { type Alarm, AT_ONCE, DAILY, lasting, standing, type WatchedMetric, type Window } from './alarm.ts';

/** The sessions of an assumed role last an hour, and are renewed before. */
const SESSION_AGE_SECONDS_MAX = 3540;
/**
 * In an outage the functions wait until `ANSWER_RESERVE_MS` before the timeout, and then answer. An invocation that lasts a second
 * longer was ended by Lambda, or is about to be.
 */
const LATEST_ANSWER_MS = 1_000;

const FIVE_MINUTES: Window = { periodSeconds: 300, periods: 1, datapoints: 1 };

/** Conditions of what a function itself publishes and what Lambda publishes of the function. */
export function functionAlarms(deployment: Deployment, each: DeployedFunction): readonly Alarm[] {
  const { file } = deployment;
  const { timeoutSeconds } = each;
  const { recordAgeSecondsMax, unsettledPercentMax, deadLettersMax } = file.alarms;
  const own = ownMetrics(deployment, each);
  return [
    {
      name: 'RecordsBlocked',
      meaning:
        'A record that can never be written blocks its lane, because onPoison is block or errors.tolerance is none. The log line records_blocked names its position.',
      metrics: { blocked: own('RecordsBlocked', 'Sum') },
      comparison: '>',
      threshold: 0,
      window: lasting(timeoutSeconds),
    },
    {
      name: 'RecordsUnsettled',
      meaning: `More than ${unsettledPercentMax} % of the records were handed back to Lambda for a quarter of an hour. The log line records_unsettled says why.`,
      metrics: { unsettled: own('RecordsUnsettled', 'Sum'), received: own('RecordsReceived', 'Sum') },
      expression: '100 * unsettled / received',
      comparison: '>',
      threshold: unsettledPercentMax,
      window: standing(timeoutSeconds),
    },
    {
      name: 'RecordAge',
      meaning: `The oldest records of the batches were older than ${recordAgeSecondsMax} s for a quarter of an hour: the function is behind its topic.`,
      metrics: { age: own('RecordAge', 'p99') },
      comparison: '>',
      threshold: recordAgeSecondsMax * 1000,
      window: standing(timeoutSeconds),
    },
    {
      name: 'DeadLetters',
      meaning: `More than ${deadLettersMax} records became dead letters within five minutes.`,
      metrics: { letters: own('RecordsDeadLettered', 'Sum') },
      comparison: '>',
      threshold: deadLettersMax,
      window: FIVE_MINUTES,
    },
    {
      name: 'DeadLetterWritesFailed',
      meaning: 'Dead letters cannot be stored in the bucket. Their records stay unsettled.',
      metrics: { writes: own('DeadLetterWritesFailed', 'Sum') },
      comparison: '>',
      threshold: 0,
      window: standing(timeoutSeconds),
    },
    {
      name: 'PlanningFailures',
      meaning:
        'A record could not be planned and became a dead letter with the code planning_failed. This is a fault of msk-sinks.',
      metrics: { failures: own('PlanningFailures', 'Sum') },
      comparison: '>',
      threshold: 0,
      window: AT_ONCE,
    },
    ...(each.name === 'kinesisSink' ? kinesisAlarms(deployment, own) : documentdbAlarms(deployment, own)),
    ...lambdaAlarms(deployment, each),
  ];
}

type OwnMetrics = (metric: MetricName, statistic: WatchedMetric['statistic']) => WatchedMetric;

/** With the dimensions that shared/lambda.ts sends: CloudWatch takes another set of dimensions for another metric. */
const ownMetrics =
  ({ service, stage }: Deployment, { name }: DeployedFunction): OwnMetrics =>
  (metric, statistic) => ({
    namespace: METRICS_NAMESPACE,
    metric,
    dimensions: { service, stage, function: name },
    statistic,
  });

const kinesisAlarms = ({ file }: Deployment, own: OwnMetrics): readonly Alarm[] => [
  {
    name: 'OrderAnomalies',
    meaning: 'Kinesis stored records of one key in another order than they were sent. This has never been seen.',
    metrics: { anomalies: own('OrderAnomalies', 'Sum') },
    comparison: '>',
    threshold: 0,
    window: AT_ONCE,
  },
  ...(file.kinesisSink?.roleArn === undefined ? [] : [credentialAlarm(own)]),
];

const credentialAlarm = (own: OwnMetrics): Alarm => ({
  name: 'CredentialAge',
  meaning:
    "The session in the stream's account was not renewed: STS refuses AssumeRole, or does not answer. Writes fail when the session ends.",
  metrics: { age: own('CredentialAge', 'Maximum') },
  comparison: '>',
  threshold: SESSION_AGE_SECONDS_MAX,
  window: FIVE_MINUTES,
});

const documentdbAlarms = ({ file }: Deployment, own: OwnMetrics): readonly Alarm[] => [
  {
    name: 'StaleButNewer',
    meaning:
      'A record was ignored as stale although its timestamp is newer than the stored one: producers with different clocks, a rewind, or a topic made anew without an epoch.',
    metrics: { records: own('StaleButNewer', 'Sum') },
    comparison: '>',
    threshold: 0,
    window: AT_ONCE,
  },
  {
    name: 'CertificateDaysLeft',
    meaning: `A certificate of DocumentDB, or the root that signed it, ends within ${file.alarms.certificateDaysMin} days.`,
    metrics: { server: own('ServerCertificateDaysLeft', 'Minimum'), root: own('RootCertificateDaysLeft', 'Minimum') },
    expression: 'MIN([server, root])',
    comparison: '<',
    threshold: file.alarms.certificateDaysMin,
    window: DAILY,
  },
];

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
function lambdaAlarms(
  { file }: Deployment,
  { functionName, timeoutSeconds, trigger }: DeployedFunction,
): readonly Alarm[] {
  const { lagRecordsMax } = file.alarms;
  const of = (metric: string, statistic: WatchedMetric['statistic']): WatchedMetric => ({
    namespace: 'AWS/Lambda',
    metric,
    dimensions: { FunctionName: functionName },
    statistic,
  });
  return [
    {
      name: 'Errors',
      meaning: 'Invocations failed for a quarter of an hour: the function threw, ran out of memory, or was ended.',
      metrics: { errors: of('Errors', 'Sum') },
      comparison: '>',
      threshold: 0,
      window: standing(timeoutSeconds),
    },
    {
      name: 'Throttles',
      meaning:
        "Lambda refused invocations for a quarter of an hour: the account's or the function's concurrency is used up.",
      metrics: { throttles: of('Throttles', 'Sum') },
      comparison: '>',
      threshold: 0,
      window: standing(timeoutSeconds),
    },
    {
      name: 'DurationNearTimeout',
      meaning: `Invocations took nearly the timeout of ${timeoutSeconds} s: the function did not answer in time.`,
      metrics: { duration: of('Duration', 'Maximum') },
      comparison: '>',
      threshold: timeoutSeconds * 1000 - ANSWER_RESERVE_MS + LATEST_ANSWER_MS,
      window: FIVE_MINUTES,
    },
    ...(trigger.mode === 'onDemand' ? [lagAlarm(of('OffsetLag', 'Maximum'), lagRecordsMax)] : []),
  ];
}

/** High and not shrinking: a short peak, or a backlog that is being worked off, is no reason to get up. */
export const lagAlarm = (lag: WatchedMetric, lagRecordsMax: number): Alarm => ({
  name: 'LagGrowing',
  meaning: `More than ${lagRecordsMax} records wait in Kafka, and for a quarter of an hour their number did not shrink.`,
  metrics: { lag },
  expression: `IF(lag > ${lagRecordsMax} AND DIFF(lag) >= 0, 1, 0)`,
  comparison: '>',
  threshold: 0,
  window: standing(),
});
