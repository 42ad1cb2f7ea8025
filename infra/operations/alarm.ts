/** One metric with its statistic, as CloudWatch knows it. */
export interface WatchedMetric {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, unknown>>;
  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html */
  readonly statistic: 'Sum' | 'Maximum' | 'Minimum' | 'p99';
}

/** A condition of one metric, or of an expression over metrics. */
export interface Alarm {
  /** The last part of the alarm's name, and its heading in docs/operations.md. */
  readonly name: string;
  readonly meaning: string;
  /** By the ids that the expression uses. Without an expression: one metric. */
  readonly metrics: Readonly<Record<string, WatchedMetric>>;
  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html */
  readonly expression?: string;
  readonly comparison: '>' | '<';
  readonly threshold: number;
  readonly window: Window;
}

/** When a condition raises its alarm: `datapoints` of the latest `periods` meet the condition. */
export interface Window {
  readonly periodSeconds: number;
  readonly periods: number;
  readonly datapoints: number;
}

/** An event that must never happen: one is enough. */
export const AT_ONCE: Window = { periodSeconds: 60, periods: 1, datapoints: 1 };

/**
 * A condition that may pass by itself: three periods in a row. A function that holds records publishes its metrics when the
 * invocation ends, so that a shorter period than the timeout would have no data.
 */
export const standing = (timeoutSeconds = 0): Window => ({ ...periodOf(timeoutSeconds), periods: 3, datapoints: 3 });

/** A condition that lasts between two data points: the alarm stays until an invocation has ended without one. */
export const lasting = (timeoutSeconds: number): Window => ({ ...periodOf(timeoutSeconds), periods: 2, datapoints: 1 });

/** Once a day is enough, because the metric comes with each new connection. */
export const DAILY: Window = { periodSeconds: 3600, periods: 24, datapoints: 1 };

const periodOf = (timeoutSeconds: number) => ({ periodSeconds: Math.max(300, Math.ceil(timeoutSeconds / 60) * 60) });

/** The title of the alarm's section in docs/operations.md is its name. */
export const runbookOf = ({ name }: { readonly name: string }): string => `docs/operations.md#${name.toLowerCase()}`;

const COMPARISONS = { '>': 'GreaterThanThreshold', '<': 'LessThanThreshold' } as const;

/**
 * The condition as properties of an alarm. A period without data is within bounds, because the functions publish most metrics
 * only when there is something to count.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
 */
export function conditionOf({ metrics, expression, comparison, threshold, window }: Alarm): object {
  return {
    ...(expression === undefined
      ? single(metrics, window.periodSeconds)
      : mathOf(metrics, expression, window.periodSeconds)),
    ComparisonOperator: COMPARISONS[comparison],
    Threshold: threshold,
    EvaluationPeriods: window.periods,
    DatapointsToAlarm: window.datapoints,
    TreatMissingData: 'notBreaching',
  };
}

function single(metrics: Alarm['metrics'], periodSeconds: number): object {
  const [only] = Object.values(metrics);
  if (only === undefined) throw new Error('an alarm needs a metric');
  const { statistic } = only;
  return {
    ...metricOf(only),
    ...(statistic === 'p99' ? { ExtendedStatistic: statistic } : { Statistic: statistic }),
    Period: periodSeconds,
  };
}

const mathOf = (metrics: Alarm['metrics'], expression: string, periodSeconds: number): object => ({
  Metrics: [
    { Id: 'condition', Expression: expression, ReturnData: true },
    ...Object.entries(metrics).map(([id, metric]) => ({
      Id: id,
      MetricStat: { Metric: metricOf(metric), Stat: metric.statistic, Period: periodSeconds },
      ReturnData: false,
    })),
  ],
});

const metricOf = ({ namespace, metric, dimensions }: WatchedMetric): object => ({
  Namespace: namespace,
  MetricName: metric,
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
});
