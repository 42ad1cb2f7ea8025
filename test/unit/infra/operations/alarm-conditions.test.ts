import { describe, expect, it } from 'vitest';
import { templateParts } from '../../../../infra/template/template.ts';
import { aStageFile } from '../../../support/a-stage-file.ts';
import type { AlarmProperties } from '../../../support/cloudwatch/alarm.ts';

type Watched = Partial<Pick<AlarmProperties, 'Namespace' | 'MetricName' | 'Dimensions'>>;

const alarms = { topicArn: 'arn:aws:sns:eu-west-1:111111111111:on-call' };
/** kinesisSink has this timeout, documentdbSink the default. */
const alarmsIn = (timeoutSeconds: number, more: object = {}): readonly AlarmProperties[] =>
  Object.values(
    templateParts('msk-sinks', 'dev', aStageFile({ alarms, kinesisSink: { timeoutSeconds, ...more } })).resources
      .Resources,
  )
    .filter((resource) => (resource as { Type: string }).Type === 'AWS::CloudWatch::Alarm')
    .map((resource) => (resource as { Properties: AlarmProperties }).Properties);

/** `Sum Errors by FunctionName`, the metrics of the functions without their dimensions. */
function shown({ Namespace, MetricName, Dimensions = [] }: Watched, statistic = ''): string {
  const names = Dimensions.map(({ Name }) => Name).join();
  const isOwn = Namespace === 'msk-sinks' && names === 'service,stage,function';
  return `${statistic} ${MetricName} ${isOwn ? 'of the function' : `by ${names}${Namespace === 'AWS/Lambda' ? '' : Namespace}`}`;
}

function conditionOf(alarm: AlarmProperties): readonly string[] {
  const { Metrics: [expression, ...parts] = [], ComparisonOperator, Threshold, Period = [] } = alarm;
  const periods = new Set([Period, ...parts.map(({ MetricStat }) => MetricStat?.Period ?? [])].flat());
  const subject = expression?.Expression ?? shown(alarm, alarm.Statistic ?? `percentile ${alarm.ExtendedStatistic}`);
  return [
    `${subject} ${ComparisonOperator} ${Threshold}`,
    `${alarm.DatapointsToAlarm} of ${alarm.EvaluationPeriods} x ${[...periods].join()} s`,
    ...parts.map(({ Id, MetricStat }) => `${Id}: ${shown(MetricStat?.Metric ?? {}, MetricStat?.Stat)}`),
  ];
}

/** By the last part of the alarm's name. */
const conditionsOf = (functionName: string): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    alarmsIn(840)
      .filter(({ AlarmName }) => AlarmName.startsWith(`msk-sinks-dev-${functionName}-`))
      .map((alarm) => [alarm.AlarmName.split('-').at(-1), conditionOf(alarm)]),
  );

const ofBoth = (timeoutSeconds: number, standingSeconds: number) => ({
  RecordsBlocked: ['Sum RecordsBlocked of the function GreaterThanThreshold 0', `1 of 2 x ${standingSeconds} s`],
  RecordsUnsettled: [
    '100 * unsettled / received GreaterThanThreshold 20',
    `3 of 3 x ${standingSeconds} s`,
    'unsettled: Sum RecordsUnsettled of the function',
    'received: Sum RecordsReceived of the function',
  ],
  RecordAge: ['percentile p99 RecordAge of the function GreaterThanThreshold 900000', `3 of 3 x ${standingSeconds} s`],
  DeadLetters: ['Sum RecordsDeadLettered of the function GreaterThanThreshold 0', '1 of 1 x 300 s'],
  DeadLetterWritesFailed: [
    'Sum DeadLetterWritesFailed of the function GreaterThanThreshold 0',
    `3 of 3 x ${standingSeconds} s`,
  ],
  PlanningFailures: ['Sum PlanningFailures of the function GreaterThanThreshold 0', '1 of 1 x 60 s'],
  Errors: ['Sum Errors by FunctionName GreaterThanThreshold 0', `3 of 3 x ${standingSeconds} s`],
  Throttles: ['Sum Throttles by FunctionName GreaterThanThreshold 0', `3 of 3 x ${standingSeconds} s`],
  DurationNearTimeout: [
    `Maximum Duration by FunctionName GreaterThanThreshold ${timeoutSeconds * 1_000 - 500}`,
    '1 of 1 x 300 s',
  ],
  RecordsDropped: ['Sum DroppedEventCount by EventSourceMappingUUID GreaterThanThreshold 0', '1 of 1 x 60 s'],
  RecordsGivenUp: [
    'Sum OnFailureDestinationDeliveredEventCount by EventSourceMappingUUID GreaterThanThreshold 0',
    '1 of 1 x 60 s',
  ],
  MappingErrors: [
    'FILL(polling, 0) + FILL(commit, 0) + FILL(destination, 0) GreaterThanThreshold 0',
    '3 of 3 x 300 s',
    'polling: Sum PollingErrorCount by EventSourceMappingUUID',
    'commit: Sum CommitErrorCount by EventSourceMappingUUID',
    'destination: Sum OnFailureDestinationDeliveryErrorCount by EventSourceMappingUUID',
  ],
  LagGrowing: [
    'IF(lag > 10000 AND DIFF(lag) >= 0, 1, 0) GreaterThanThreshold 0',
    '3 of 3 x 300 s',
    'lag: Maximum MaxOffsetLag by EventSourceMappingUUID',
  ],
});

describe('the condition of each alarm', () => {
  it('of several metrics returns the expression alone, as CloudWatch asks', () => {
    for (const { Metrics = [] } of alarmsIn(120)) {
      expect(Metrics.map(({ ReturnData }) => ReturnData)).toEqual(Metrics.map((_metric, index) => index === 0));
      for (const { Id } of Metrics) expect(Id).toMatch(/^[a-z]\w*$/);
    }
  });

  it('of a function with the longest timeout', () => {
    expect(conditionsOf('kinesisSink')).toEqual({
      ...ofBoth(840, 840),
      OrderAnomalies: ['Sum OrderAnomalies of the function GreaterThanThreshold 0', '1 of 1 x 60 s'],
      CredentialAge: ['Maximum CredentialAge of the function GreaterThanThreshold 3540', '1 of 1 x 300 s'],
    });
  });

  it('of a function with the default timeout', () => {
    expect(conditionsOf('documentdbSink')).toEqual({
      ...ofBoth(120, 300),
      StaleButNewer: ['Sum StaleButNewer of the function GreaterThanThreshold 0', '1 of 1 x 60 s'],
      CertificateDaysLeft: [
        'MIN([server, root]) LessThanThreshold 30',
        '1 of 24 x 3600 s',
        'server: Minimum ServerCertificateDaysLeft of the function',
        'root: Minimum RootCertificateDaysLeft of the function',
      ],
    });
  });

  it('stands once: the lag is watched by topic where the mapping has metrics', () => {
    const lags = alarmsIn(120).filter(({ AlarmName }) => AlarmName.endsWith('-LagGrowing'));
    expect(lags.map(({ AlarmName }) => AlarmName)).toEqual([
      'msk-sinks-dev-kinesisSink-orders-LagGrowing',
      'msk-sinks-dev-documentdbSink-orders-LagGrowing',
    ]);
  });

  it('leaves out the age of a session where no role is assumed', () => {
    const names = alarmsIn(120, { roleArn: undefined, externalId: undefined }).map(({ AlarmName }) => AlarmName);
    const withRole = alarmsIn(120).map(({ AlarmName }) => AlarmName);
    expect(withRole.filter((name) => !names.includes(name))).toEqual(['msk-sinks-dev-kinesisSink-CredentialAge']);
    expect(names.filter((name) => !withRole.includes(name))).toEqual([]);
  });

  it('of a timeout between whole minutes has periods of whole minutes, as CloudWatch asks', () => {
    const errors = alarmsIn(301).find(({ AlarmName }) => AlarmName === 'msk-sinks-dev-kinesisSink-Errors');
    expect(errors?.Period).toBe(360);
  });
});

describe('the alarm that kinesisSink stands', () => {
  interface Composite {
    readonly DependsOn: readonly string[];
    readonly Properties: Readonly<Record<'AlarmActions' | 'OKActions', readonly string[]>> & {
      readonly AlarmRule: string;
    };
  }

  const standsWith = (changes: object = {}): Composite => {
    const whole = Object.entries(aStageFile({ alarms, ...changes })).filter(([name]) => name !== 'documentdbSink');
    const resources = templateParts('msk-sinks', 'dev', Object.fromEntries(whole)).resources.Resources;
    return resources['KinesisSinkStandsAlarm'] as Composite;
  };
  const childrenOf = ({ Properties }: Composite) => [...Properties.AlarmRule.matchAll(/ALARM\("([^"]+)"\)/g)];
  const manyTopics = (prefix: string) => ({
    trigger: { topics: Array.from({ length: 60 }, (_, index) => `${prefix}${index}`), pollersMax: 1 },
    documentdbSink: { collection: 'all' },
  });

  it('names what waits and what is not written, and is made behind these alarms', () => {
    const stands = standsWith();
    expect(childrenOf(stands).map(([, name = '']) => name.replace('msk-sinks-dev-kinesisSink-', ''))).toEqual([
      ...['RecordsBlocked', 'RecordAge', 'orders-LagGrowing'],
      ...['RecordsUnsettled', 'Errors', 'Throttles', 'orders-MappingErrors'],
    ]);
    expect(stands.DependsOn).toHaveLength(7);
    for (const id of stands.DependsOn) expect(id).toMatch(/^KinesisSink\w+Alarm$/);
  });

  it('reaches the same topic when it is raised and when it is over', () => {
    const pageTopicArn = 'arn:aws:sns:eu-west-1:111111111111:pager';
    const paged = standsWith({ alarms: { ...alarms, pageTopicArn } }).Properties;
    expect([paged.AlarmActions, paged.OKActions]).toEqual([[pageTopicArn], [pageTopicArn]]);
    const { AlarmActions, OKActions } = standsWith().Properties;
    expect([AlarmActions, OKActions]).toEqual([[alarms.topicArn], [alarms.topicArn]]);
  });

  it('has no more children, and no longer rule, than CloudWatch takes', () => {
    expect(childrenOf(standsWith(manyTopics('t')))).toHaveLength(100);
    const { length } = standsWith(manyTopics('t'.repeat(150))).Properties.AlarmRule;
    expect(length).toBeLessThanOrEqual(10_240);
    expect(length).toBeGreaterThan(10_000);
  });
});
