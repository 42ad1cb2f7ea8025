import { METRICS_NAMESPACE } from '../../shared/telemetry.ts';
import type { DeployedFunction, Deployment } from './deployment.ts';
import { tagged } from './tags.ts';

/** Metrics of the functions of which one data point is worth a look, and what to do then. */
const WATCHED = [
  {
    metric: 'PlanningFailures',
    meaning:
      'A record could not be planned and became a dead letter with the code planning_failed. This is a fault of msk-sinks: report it, then send the record again.',
  },
  {
    metric: 'StaleButNewer',
    meaning:
      'A record was ignored as stale although its timestamp is newer than the stored one. Producers with different clocks, a rewind, or a topic made anew without an epoch cause it (docs/guarantees.md).',
  },
  {
    metric: 'RecordsBlocked',
    meaning:
      'A record that can never be written blocks its lane, because onPoison is block or errors.tolerance is none. The log line records_blocked names its position: fix or skip the record (docs/guarantees.md).',
  },
] as const;

const PERIOD_SECONDS = 60;

/**
 * One alarm for each watched metric and function, if the stage file names a topic for them.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
 */
export const alarmsOf = (deployment: Deployment): Readonly<Record<string, object>> => {
  const { topicArn } = deployment.file.alarms;
  if (topicArn === undefined) return {};
  return Object.fromEntries(
    deployment.functions.flatMap((each) =>
      WATCHED.map(({ metric, meaning }) => [
        `${each.id}${metric}Alarm`,
        {
          Type: 'AWS::CloudWatch::Alarm',
          Properties: {
            AlarmName: `${each.functionName}-${metric}`,
            AlarmDescription: meaning,
            Namespace: METRICS_NAMESPACE,
            MetricName: metric,
            Dimensions: dimensionsOf(deployment, each),
            Statistic: 'Sum',
            Period: PERIOD_SECONDS,
            EvaluationPeriods: 1,
            Threshold: 0,
            ComparisonOperator: 'GreaterThanThreshold',
            // The functions send these metrics only when there is something to count.
            TreatMissingData: 'notBreaching',
            AlarmActions: [topicArn],
            OKActions: [topicArn],
            ...tagged(deployment.file.tags),
          },
        },
      ]),
    ),
  );
};

/** As shared/lambda.ts sends them; CloudWatch takes another set of dimensions for another metric. */
const dimensionsOf = ({ service, stage }: Deployment, { name }: DeployedFunction) => [
  { Name: 'service', Value: service },
  { Name: 'stage', Value: stage },
  { Name: 'function', Value: name },
];
