import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { templateParts } from '../../../../infra/template/template.ts';
import { ESSENTIAL_METRICS } from '../../../../shared/telemetry/metric-names.ts';
import { aStageFile, type StageFileChanges } from '../../../support/a-stage-file.ts';

const COLUMNS = 24;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
const stat = v.pipe(v.string(), v.regex(/^(Sum|Average|Minimum|Maximum|SampleCount|p\d{1,2})$/));
const options = v.strictObject({
  id: v.optional(v.pipe(v.string(), v.regex(/^[a-z]\w*$/))),
  expression: v.optional(v.string()),
  label: v.optional(v.string()),
  stat: v.optional(stat),
  visible: v.optional(v.boolean()),
  yAxis: v.optional(v.picklist(['left', 'right'])),
});
const metricLine = v.pipe(
  v.array(v.union([v.string(), options])),
  v.check((line) => line.slice(0, -1).every((part) => typeof part === 'string'), 'options come last'),
  v.check((line) => {
    const names = line.filter((part) => typeof part === 'string');
    return names.length === 0 || (names.length >= 2 && names.length % 2 === 0);
  }, 'a namespace, a name, and pairs of dimensions'),
);
const place = {
  x: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(COLUMNS - 1)),
  y: v.pipe(v.number(), v.integer(), v.minValue(0)),
  width: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(COLUMNS)),
  height: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
};
const widget = v.variant('type', [
  v.strictObject({
    type: v.literal('metric'),
    ...place,
    properties: v.strictObject({
      title: v.string(),
      region: v.string(),
      view: v.picklist(['timeSeries', 'singleValue', 'gauge', 'bar', 'pie']),
      stacked: v.boolean(),
      period: v.pipe(v.number(), v.multipleOf(60)),
      metrics: v.pipe(v.array(metricLine), v.minLength(1), v.maxLength(500)),
    }),
  }),
  v.strictObject({
    type: v.literal('log'),
    ...place,
    properties: v.strictObject({
      title: v.string(),
      region: v.string(),
      view: v.picklist(['table', 'timeSeries', 'bar', 'pie']),
      query: v.pipe(v.string(), v.regex(/^SOURCE '[^']+'( \| SOURCE '[^']+')* \| /)),
    }),
  }),
  v.strictObject({
    type: v.literal('alarm'),
    ...place,
    properties: v.strictObject({
      title: v.string(),
      alarms: v.pipe(v.array(v.pipe(v.string(), v.startsWith('arn:'))), v.minLength(1), v.maxLength(100)),
    }),
  }),
]);
const dashboard = v.strictObject({
  periodOverride: v.picklist(['auto', 'inherit']),
  widgets: v.pipe(v.array(widget), v.maxLength(500)),
});

interface Named {
  readonly Type: string;
  readonly Properties: { readonly DashboardName: string; readonly DashboardBody: { readonly 'Fn::Sub': string } };
}

/** The dashboard of a stage, with what CloudFormation puts in for its references. */
function dashboardOf(changes: StageFileChanges = {}): v.InferOutput<typeof dashboard> {
  const alarms = { topicArn: 'arn:aws:sns:eu-west-1:111111111111:on-call' };
  const { Resources } = templateParts('msk-sinks', 'dev', aStageFile({ alarms, ...changes })).resources;
  const { Properties } = Resources['Dashboard'] as Named;
  expect(Properties.DashboardName).toBe('msk-sinks-dev');
  const body = Properties.DashboardBody['Fn::Sub'].replaceAll(/\$\{([\w:]+)\}/g, (_match, name: string) => {
    if (name.startsWith('AWS::')) return name.slice('AWS::'.length).toLowerCase();
    expect(Resources).toHaveProperty(name);
    return '11111111-2222-3333-4444-555555555555';
  });
  return v.parse(dashboard, JSON.parse(body));
}

const linesOf = (changes: StageFileChanges = {}) =>
  dashboardOf(changes).widgets.flatMap((each) => (each.type === 'metric' ? each.properties.metrics : []));

const idsIn = ({ expression = '' }: { readonly expression?: string | undefined }): readonly string[] =>
  expression.startsWith('SEARCH') ? [] : [...expression.matchAll(/\b[a-z]\w*\b/g)].map(([id]) => id);

describe('the dashboard', () => {
  it.each([
    ['of both functions', {}],
    ['of kinesisSink alone', { documentdbSink: undefined }],
    ['of documentdbSink alone', { kinesisSink: undefined }],
    ['of on-demand pollers', { trigger: { mode: 'onDemand', topics: ['orders'] } }],
    [
      'of many topics',
      { trigger: { topics: Array.from({ length: 20 }, (_, index) => `topic-${index}`), pollersMax: 3 } },
    ],
  ])('%s keeps to the grammar of CloudWatch', (_name, changes) => {
    expect(dashboardOf(changes as StageFileChanges).widgets.length).toBeGreaterThan(8);
  });

  it('has no widget on top of another', () => {
    const cells = dashboardOf().widgets.flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_, cell) => `${x + (cell % width)},${y + Math.floor(cell / width)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...cells.map((cell) => Number(cell.split(',')[0])))).toBeLessThan(COLUMNS);
  });

  it('shows only metrics that the functions publish with `metrics: essential` too', () => {
    const own = linesOf().filter(([namespace]) => namespace === 'msk-sinks');
    expect(own.length).toBeGreaterThan(10);
    for (const [, metric] of own) expect(ESSENTIAL_METRICS).toContain(metric);
  });

  it('computes with metrics of the same graph', () => {
    const graphs = dashboardOf().widgets.flatMap((each) => (each.type === 'metric' ? [each.properties.metrics] : []));
    const all = graphs.map((metrics) => metrics.flat().filter((part) => typeof part === 'object'));
    for (const own of all) {
      const ids = own.flatMap(({ id }) => (id === undefined ? [] : [id]));
      expect(new Set(ids).size).toBe(ids.length);
      for (const used of own.flatMap(idsIn)) expect(ids).toContain(used);
    }
  });

  it('comes with queries over the logs of both functions', () => {
    const alarms = { topicArn: 'arn:aws:sns:eu-west-1:111111111111:on-call' };
    const { Resources } = templateParts('msk-sinks', 'dev', aStageFile({ alarms })).resources;
    const queries = Object.values(Resources).filter(
      (resource) => (resource as { Type: string }).Type === 'AWS::Logs::QueryDefinition',
    );
    expect(queries).toHaveLength(5);
    for (const query of queries) {
      expect(query).toMatchObject({
        Properties: {
          LogGroupNames: ['/aws/lambda/msk-sinks-dev-kinesisSink', '/aws/lambda/msk-sinks-dev-documentdbSink'],
        },
      });
    }
  });

  it('is left out on request', () => {
    const alarms = { topicArn: 'arn:aws:sns:eu-west-1:111111111111:on-call', dashboard: false };
    expect(templateParts('msk-sinks', 'dev', aStageFile({ alarms })).resources.Resources).not.toHaveProperty(
      'Dashboard',
    );
  });
});
