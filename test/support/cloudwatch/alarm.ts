import { evaluate, type Series } from './metric-math.ts';

/** One value of a metric, as a function or Lambda publishes it. */
export interface Published {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, unknown>>;
  readonly value: number;
  /** Seconds before the moment of the evaluation. */
  readonly agoSeconds: number;
}

interface MetricProperties {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
}

/** The properties of AWS::CloudWatch::Alarm that decide. */
export interface AlarmProperties extends Partial<MetricProperties> {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly Statistic?: string;
  readonly ExtendedStatistic?: string;
  readonly Period?: number;
  readonly Metrics?: readonly {
    readonly Id: string;
    readonly Expression?: string;
    readonly ReturnData?: boolean;
    readonly MetricStat?: { readonly Metric: MetricProperties; readonly Stat: string; readonly Period: number };
  }[];
  readonly ComparisonOperator: string;
  readonly Threshold: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm: number;
  readonly TreatMissingData: string;
}

/**
 * Whether an alarm is raised by what was published, as CloudWatch evaluates it.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export function isRaised(alarm: AlarmProperties, published: readonly Published[]): boolean {
  if (alarm.TreatMissingData !== 'notBreaching') throw new Error(`${alarm.TreatMissingData} is not modelled`);
  // One period more than is evaluated, because DIFF looks back.
  const values = seriesOf(alarm, published, alarm.EvaluationPeriods + 1).slice(1);
  return values.filter((value) => value !== undefined && breaches(alarm, value)).length >= alarm.DatapointsToAlarm;
}

function seriesOf(alarm: AlarmProperties, published: readonly Published[], periodCount: number): Series {
  const statistic = alarm.Statistic ?? alarm.ExtendedStatistic;
  if (statistic !== undefined) {
    return byPeriod(alarm as MetricProperties, statistic, alarm.Period ?? 0, published, periodCount);
  }
  const metrics = alarm.Metrics ?? [];
  const environment = Object.fromEntries(
    metrics.flatMap(({ Id, MetricStat }) =>
      MetricStat === undefined
        ? []
        : [[Id, byPeriod(MetricStat.Metric, MetricStat.Stat, MetricStat.Period, published, periodCount)]],
    ),
  );
  return evaluate(metrics.find(({ Expression }) => Expression !== undefined)?.Expression ?? '', environment);
}

/** The latest period last. */
function byPeriod(
  metric: MetricProperties,
  statistic: string,
  periodSeconds: number,
  published: readonly Published[],
  periodCount: number,
): Series {
  const dimensions = JSON.stringify(metric.Dimensions.map(({ Name, Value }) => [Name, Value]));
  const own = published.filter(
    (each) =>
      each.namespace === metric.Namespace &&
      each.metric === metric.MetricName &&
      JSON.stringify(Object.entries(each.dimensions)) === dimensions,
  );
  return Array.from({ length: periodCount }, (_, index) => {
    const from = (periodCount - 1 - index) * periodSeconds;
    const values = own
      .filter(({ agoSeconds }) => agoSeconds >= from && agoSeconds < from + periodSeconds)
      .map(({ value }) => value);
    return values.length === 0 ? undefined : statisticOf(statistic, values);
  });
}

function statisticOf(statistic: string, values: readonly number[]): number {
  switch (statistic) {
    case 'Sum':
      return values.reduce((sum, value) => sum + value, 0);
    case 'Maximum':
    case 'p99': // of few values
      return Math.max(...values);
    case 'Minimum':
      return Math.min(...values);
    default:
      throw new Error(`the statistic ${statistic} is not modelled`);
  }
}

const breaches = ({ ComparisonOperator, Threshold }: AlarmProperties, value: number): boolean => {
  if (ComparisonOperator === 'GreaterThanThreshold') return value > Threshold;
  if (ComparisonOperator === 'LessThanThreshold') return value < Threshold;
  throw new Error(`${ComparisonOperator} is not modelled`);
};
