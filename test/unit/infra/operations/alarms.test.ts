import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { templateParts } from '../../../../infra/template/template.ts';
import { ESSENTIAL_METRICS } from '../../../../shared/telemetry/metric-names.ts';
import { deadlineOf } from '../../../../shared/time/deadline.ts';
import { aStageFile, type StageFileChanges } from '../../../support/a-stage-file.ts';
import { type AlarmProperties, isRaised, type Published } from '../../../support/cloudwatch/alarm.ts';
import { FAULTS, healthyDocumentdb, healthyKinesis, type PublishedMetrics } from './provoked-faults.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:111111111111:on-call';

interface Resource<Properties> {
  readonly Type: string;
  readonly Properties: Properties;
}

interface CompositeProperties {
  readonly AlarmName: string;
  readonly AlarmRule: string;
  readonly AlarmActions: readonly string[];
}

const resourcesOf = <Properties>(changes: StageFileChanges, type: string): readonly Properties[] =>
  Object.values(templateParts('msk-sinks', 'dev', aStageFile(changes)).resources.Resources)
    .filter((resource) => (resource as Resource<Properties>).Type === type)
    .map((resource) => (resource as Resource<Properties>).Properties);

const alarmsIn = (changes: StageFileChanges) => resourcesOf<AlarmProperties>(changes, 'AWS::CloudWatch::Alarm');
const watched = { alarms: { topicArn: TOPIC } };
const onDemand = { ...watched, trigger: { mode: 'onDemand', topics: ['orders'] } };
const ALARMS = alarmsIn(watched);

/** `msk-sinks-dev-kinesisSink-orders-LagGrowing`: LagGrowing. */
const kindOf = (name: string) => name.split('-').at(-1) ?? '';

/** In each of the latest hours' minutes the same: a fault that lasts. */
const lasting = (each: Omit<Published, 'agoSeconds'>): readonly Published[] =>
  Array.from({ length: 120 }, (_, minute) => ({ ...each, agoSeconds: minute * 60 }));

const ofFunction = (name: string, metrics: PublishedMetrics): readonly Published[] =>
  Object.entries(metrics).flatMap(([metric, value]) =>
    lasting({
      ...{ namespace: 'msk-sinks', metric, value },
      dimensions: { service: 'msk-sinks', stage: 'dev', function: name },
    }),
  );

const ofLambda = (dimensions: Published['dimensions'], metric: string, value: number) =>
  lasting({ namespace: 'AWS/Lambda', metric, dimensions, value });

const KINESIS = { FunctionName: 'msk-sinks-dev-kinesisSink' };
const MAPPING = { EventSourceMappingUUID: { Ref: 'KinesisSinkMappingOrders' } };

/** What Lambda publishes while a fault lasts. https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
const FAULTS_OF_LAMBDA: Readonly<Record<string, readonly Published[]>> = {
  Errors: ofLambda(KINESIS, 'Errors', 1),
  Throttles: ofLambda(KINESIS, 'Throttles', 3),
  DurationNearTimeout: ofLambda(KINESIS, 'Duration', 120_000),
  LagGrowing: ofLambda(MAPPING, 'MaxOffsetLag', 20_000),
  RecordsDropped: ofLambda(MAPPING, 'DroppedEventCount', 1),
  RecordsGivenUp: ofLambda(MAPPING, 'OnFailureDestinationDeliveredEventCount', 10),
  MappingErrors: ofLambda(MAPPING, 'PollingErrorCount', 2),
};

const HEALTHY_LAMBDA = [
  ...['Errors', 'Throttles'].flatMap((metric) => ofLambda(KINESIS, metric, 0)),
  ...ofLambda(KINESIS, 'Duration', 900),
  ...['DroppedEventCount', 'OnFailureDestinationDeliveredEventCount'].flatMap((name) => ofLambda(MAPPING, name, 0)),
  ...['PollingErrorCount', 'CommitErrorCount'].flatMap((metric) => ofLambda(MAPPING, metric, 0)),
  ...ofLambda(MAPPING, 'MaxOffsetLag', 40),
];

const raisedBy = (published: readonly Published[]) =>
  ALARMS.filter((alarm) => isRaised(alarm, published)).map(({ AlarmName }) => AlarmName);

describe('the alarms of a stage', () => {
  it('are there only with a topic that takes them', () => {
    expect(alarmsIn({})).toEqual([]);
    expect(resourcesOf({}, 'AWS::CloudWatch::CompositeAlarm')).toEqual([]);
    expect(resourcesOf({}, 'AWS::CloudWatch::Dashboard')).toEqual([]);
  });

  it('need the ARN of an SNS topic', () => {
    expect(() => alarmsIn({ alarms: { topicArn: 'on-call' } })).toThrow(
      /alarms\.topicArn must be an ARN like arn:aws:sns:/,
    );
  });

  it('have names and logical ids of their own, and reach the topic when they are raised and when they are over', () => {
    const names = ALARMS.map(({ AlarmName }) => AlarmName);
    expect(new Set(names).size).toBe(names.length);
    for (const alarm of ALARMS) expect(alarm).toMatchObject({ AlarmActions: [TOPIC], OKActions: [TOPIC] });
  });

  it('have names that CloudWatch takes, however long the name of a topic is', () => {
    const changes = {
      ...watched,
      trigger: { topics: ['t'.repeat(249)], consumerGroupId: '{function}' },
      documentdbSink: { collection: 'all' },
    };
    const names = alarmsIn(changes).map(({ AlarmName }) => AlarmName);
    expect(new Set(names).size).toBe(names.length);
    expect(Math.max(...names.map(({ length }) => length))).toBe(255);
    const children = resourcesOf<CompositeProperties>(changes, 'AWS::CloudWatch::CompositeAlarm')
      .flatMap(({ AlarmRule }) => [...AlarmRule.matchAll(/ALARM\("([^"]+)"\)/g)])
      .map(([, name = '']) => name);
    expect(children.filter((name) => !names.includes(name))).toEqual([]);
    expect(children.some((name) => name.includes('-ttt'))).toBe(true);
  });

  it('link to a section of docs/operations.md with the cause and what to do', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../../docs/operations.md'), 'utf8');
    const sections = [...page.matchAll(/^### (\w+)$/gm)].map(([, name = '']) => name);
    const kinds = new Set(['Stands', ...ALARMS.map(({ AlarmName }) => kindOf(AlarmName))]);
    expect(sections.toSorted()).toEqual([...kinds].toSorted());
    for (const { AlarmName, AlarmDescription } of ALARMS) {
      expect(AlarmDescription).toContain(`docs/operations.md#${kindOf(AlarmName).toLowerCase()}`);
      expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
    }
  });

  it('watch only metrics of the functions that are published with `metrics: essential` too', () => {
    const own = ALARMS.flatMap(({ Namespace, MetricName, Metrics = [] }) => [
      { Namespace, MetricName },
      ...Metrics.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Metric])),
    ]).filter(({ Namespace }) => Namespace === 'msk-sinks');
    expect(own.length).toBeGreaterThan(10);
    for (const { MetricName } of own) expect(ESSENTIAL_METRICS).toContain(MetricName);
  });

  it('watch a period that is not shorter than an invocation, which publishes only at its end', () => {
    const slow = alarmsIn({ ...watched, kinesisSink: { timeoutSeconds: 840 } });
    const unsettled = slow.find(({ AlarmName }) => AlarmName === 'msk-sinks-dev-kinesisSink-RecordsUnsettled');
    expect(unsettled?.Metrics?.[1]?.MetricStat?.Period).toBe(840);
  });

  it.each([
    ['bucket', 'sent them to the dead-letter bucket.'],
    ['kafka://orders-failed', 'sent them to kafka://orders-failed.'],
  ])('say where the records are that Lambda gave up: %s', (onFailure, place) => {
    const alarms = alarmsIn({ ...watched, trigger: { onFailure } });
    const givenUp = alarms.filter(({ AlarmName }) => kindOf(AlarmName) === 'RecordsGivenUp');
    expect(givenUp).toHaveLength(2);
    for (const { AlarmDescription } of givenUp) expect(AlarmDescription).toContain(place);
  });

  it('watch the lag of the function where the mapping has no metrics', () => {
    const lag = alarmsIn(onDemand).filter(({ AlarmName }) => kindOf(AlarmName) === 'LagGrowing');
    expect(lag.map(({ AlarmName }) => AlarmName)).toEqual([
      'msk-sinks-dev-kinesisSink-LagGrowing',
      'msk-sinks-dev-documentdbSink-LagGrowing',
    ]);
    const growing = lasting({ namespace: 'AWS/Lambda', metric: 'OffsetLag', dimensions: KINESIS, value: 20_000 });
    expect(lag.map((alarm) => isRaised(alarm, growing))).toEqual([true, false]);
  });
});

describe('a healthy stage', () => {
  it('raises no alarm', async () => {
    const published = [
      ...ofFunction('kinesisSink', await healthyKinesis()),
      ...ofFunction('documentdbSink', await healthyDocumentdb()),
      ...HEALTHY_LAMBDA,
    ];
    expect(raisedBy(published)).toEqual([]);
  });

  it('raises no alarm where a function answers as late as it may, because its target does not', () => {
    const { answerByMs } = deadlineOf(0, 120_000);
    expect(raisedBy(ofLambda(KINESIS, 'Duration', answerByMs + 300))).toEqual([]);
  });

  it('raises no alarm where a backlog is being worked off', () => {
    const shrinking = Array.from({ length: 120 }, (_, minute) => ({
      ...{ namespace: 'AWS/Lambda', metric: 'MaxOffsetLag', dimensions: MAPPING },
      ...{ value: 20_000 + minute * 100, agoSeconds: minute * 60 },
    }));
    expect(raisedBy(shrinking)).toEqual([]);
  });
});

describe('each alarm', () => {
  it('has a fault here that raises it', () => {
    const kinds = new Set(ALARMS.map(({ AlarmName }) => kindOf(AlarmName)));
    expect([...Object.keys(FAULTS), ...Object.keys(FAULTS_OF_LAMBDA)].toSorted()).toEqual([...kinds].toSorted());
  });

  it.each(Object.entries(FAULTS))('%s is raised by what the function publishes of the fault', async (kind, provoke) => {
    const ofKinesis = kind === 'OrderAnomalies' || kind === 'CredentialAge';
    const name = ofKinesis ? 'kinesisSink' : 'documentdbSink';
    expect(raisedBy(ofFunction(name, await provoke()))).toContain(`msk-sinks-dev-${name}-${kind}`);
  });

  it.each(Object.entries(FAULTS_OF_LAMBDA))('%s is raised by what Lambda publishes of the fault', (kind, published) => {
    expect(raisedBy(published)).toEqual([expect.stringMatching(new RegExp(`^msk-sinks-dev-kinesisSink-.*${kind}$`))]);
  });
});

describe('the alarm that a function stands', () => {
  let stands: readonly CompositeProperties[];

  beforeAll(() => {
    stands = resourcesOf<CompositeProperties>(watched, 'AWS::CloudWatch::CompositeAlarm');
  });

  /** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html: ALARM, AND, OR, parentheses. */
  const isStanding = (rule: string, raised: readonly string[]): boolean => {
    const asScript = rule
      .replaceAll(/ALARM\("([^"]+)"\)/g, (_match, name: string) => String(raised.includes(name)))
      .replaceAll('AND', '&&')
      .replaceAll('OR', '||');
    expect(asScript).toMatch(/^[truefals&|() ]+$/);
    return Function(`return ${asScript}`)() as boolean;
  };

  const own = (...kinds: readonly string[]) => kinds.map((kind) => `msk-sinks-dev-kinesisSink-${kind}`);

  it.each([
    [['RecordsBlocked'], true],
    [['RecordAge', 'RecordsUnsettled'], true],
    [['orders-LagGrowing', 'Errors'], true],
    [['orders-LagGrowing', 'orders-MappingErrors'], true],
    [['RecordAge'], false],
    [['RecordsUnsettled'], false],
    [['DeadLetters'], false],
    [[], false],
  ])('with %j raised: %s', (kinds, expected) => {
    const rule = stands.find(({ AlarmName }) => AlarmName === 'msk-sinks-dev-kinesisSink-Stands')?.AlarmRule ?? '';
    expect(isStanding(rule, own(...kinds))).toBe(expected);
  });

  it('names only alarms of this stage', () => {
    const names = new Set(ALARMS.map(({ AlarmName }) => AlarmName));
    const children = stands.flatMap(({ AlarmRule }) => [...AlarmRule.matchAll(/"([^"]+)"/g)].map(([, name]) => name));
    expect(children.length).toBeGreaterThan(0);
    for (const name of children) expect(names).toContain(name);
  });

  it('names the lag of every one of thirty topics, within the hundred children that CloudWatch takes', () => {
    const topics = Array.from({ length: 30 }, (_, index) => `topic-${index}`);
    const [first] = resourcesOf<CompositeProperties>(
      { ...watched, trigger: { topics, pollersMax: 3 } },
      'AWS::CloudWatch::CompositeAlarm',
    );
    const children = [...(first?.AlarmRule ?? '').matchAll(/"([^"]+)"/g)].map(([, name]) => name);
    expect(children).toContain('msk-sinks-dev-kinesisSink-topic-29-LagGrowing');
    expect(children.length).toBeLessThanOrEqual(100);
  });

  it('reaches a topic of its own where one is named', () => {
    const pager = 'arn:aws:sns:eu-west-1:111111111111:pager';
    const [first] = resourcesOf<CompositeProperties>(
      { alarms: { topicArn: TOPIC, pageTopicArn: pager } },
      'AWS::CloudWatch::CompositeAlarm',
    );
    expect(first?.AlarmActions).toEqual([pager]);
  });
});
