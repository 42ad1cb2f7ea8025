import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { BatchMetrics } from '../../../../functions/kinesis-sink/delivery/batch-metrics.ts';
import { QUERIES } from '../../../../infra/operations/queries.ts';
import { templateParts } from '../../../../infra/template/template.ts';
import { failed, poison, written } from '../../../../shared/outcome.ts';
import { settle } from '../../../../shared/settle.ts';
import { logBatch } from '../../../../shared/telemetry/batch-report.ts';
import { ESSENTIAL_METRICS } from '../../../../shared/telemetry/metric-names.ts';
import { aStageFile, type StageFileChanges } from '../../../support/a-stage-file.ts';
import { aRecord, batchesOf } from '../../../support/builders.ts';
import { recordedTelemetry } from '../../../support/recorded-telemetry.ts';

const COLUMNS = 24;
/** Of a mapping, as CloudFormation knows it after the deployment. */
const UUID = '11111111-2222-3333-4444-555555555555';

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
    return UUID;
  });
  return v.parse(dashboard, JSON.parse(body));
}

const linesOf = (changes: StageFileChanges = {}) =>
  dashboardOf(changes).widgets.flatMap((each) => (each.type === 'metric' ? each.properties.metrics : []));

const optionsOf = (line: readonly (string | v.InferOutput<typeof options>)[]): v.InferOutput<typeof options> => {
  const last = line.at(-1);
  return typeof last === 'object' ? last : {};
};

/** A field of a log line as Logs Insights names it: `partitions.0.code`. */
const valueAt = (fields: object, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name], fields);

/** The fields of our own log lines that a query names. */
const fieldsIn = (query: string): readonly string[] =>
  [...query.matchAll(/(?:fields |, |\(|by )([a-z][\w.]*)(?=,| |\)|$)/g)]
    .map(([, field = '']) => field)
    .filter((field) => !['function_name', 'message', 'lines', 'bin'].includes(field));

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

  it('shows these metrics, each by this statistic', () => {
    const shown = dashboardOf().widgets.flatMap((each) => {
      if (each.type !== 'metric') return [];
      const lines = each.properties.metrics.flatMap((line) => {
        const [namespace, name] = line;
        const { stat: by, yAxis, visible } = optionsOf(line);
        const axis = yAxis === undefined ? '' : `, ${yAxis}`;
        return typeof namespace !== 'string' || visible === false ? [] : [`${by} of ${namespace} ${name}${axis}`];
      });
      return [[each.properties.title, lines] as const];
    });
    const own = (...lines: readonly string[]) => lines.map((line) => line.replace(' of ', ' of msk-sinks '));
    const lambda = (...lines: readonly string[]) => lines.map((line) => line.replace(' of ', ' of AWS/Lambda '));
    const both = (name: string) => [
      [
        `${name}: records`,
        own('Sum of RecordsReceived', 'Sum of RecordsWritten', 'Sum of RecordsUnsettled', 'Sum of RecordsDeadLettered'),
      ],
      [
        `${name}: age of the oldest record, ms`,
        own('p50 of RecordAge', 'p99 of RecordAge', ...(name === 'kinesisSink' ? ['Maximum of EndToEndLagP99'] : [])),
      ],
      [`${name}: lag by topic, records`, lambda('Maximum of MaxOffsetLag')],
      [`${name}: lag by partition, records`, []],
      [
        `${name}: invocations`,
        lambda('Sum of Invocations', 'Sum of Errors', 'Sum of Throttles', 'Maximum of ConcurrentExecutions, right'),
      ],
      [`${name}: duration, ms`, lambda('p50 of Duration', 'p99 of Duration', 'Maximum of Duration')],
    ];
    expect(shown).toEqual([
      ...both('kinesisSink'),
      [
        'kinesisSink: throttling',
        own(
          'Sum of EntriesThrottled',
          'Maximum of ThrottlesOfHottestShard',
          'Sum of OrderAnomalies',
          'Maximum of CredentialAge, right',
        ),
      ],
      ...both('documentdbSink'),
      [
        'documentdbSink: guard',
        own(
          'Sum of StaleButNewer',
          'Sum of UnguardedWrites',
          'Minimum of ServerCertificateDaysLeft, right',
          'Minimum of RootCertificateDaysLeft, right',
        ),
      ],
      ['Dollars an hour, at the prices of us-east-1', []],
    ]);
  });

  it('names metrics by the dimensions that the functions and Lambda give them', () => {
    const dimensions = new Set(
      linesOf().flatMap((line) => {
        const [namespace, , ...rest] = line.filter((part) => typeof part === 'string');
        return namespace === undefined ? [] : [`${namespace}: ${rest.join(' ')}`];
      }),
    );
    const [kinesis, documentdb] = ['msk-sinks-dev-kinesisSink', 'msk-sinks-dev-documentdbSink'];
    expect([...dimensions].toSorted()).toEqual(
      [
        `AWS/Lambda: EventSourceMappingUUID ${UUID}`,
        `AWS/Lambda: FunctionName ${kinesis}`,
        `AWS/Lambda: FunctionName ${documentdb}`,
        'msk-sinks: service msk-sinks stage dev function kinesisSink',
        'msk-sinks: service msk-sinks stage dev function documentdbSink',
      ].toSorted(),
    );
    const onDemand = linesOf({ trigger: { mode: 'onDemand', topics: ['orders'] } });
    expect(onDemand).toContainEqual(['AWS/Lambda', 'OffsetLag', 'FunctionName', kinesis, { stat: 'Maximum' }]);
  });

  it('finds the lag of each partition of its topics and groups', () => {
    const searches = linesOf({ trigger: { topics: ['orders', 'items'] } }).flatMap((line) => {
      const { expression = '' } = optionsOf(line);
      return expression.startsWith('SEARCH') ? [expression] : [];
    });
    expect(searches).toHaveLength(4);
    expect(searches[1]).toBe(
      `SEARCH('{AWS/Kafka,"Cluster Name","Consumer Group",Partition,Topic} "Cluster Name"="orders-dev" "Consumer Group"="msk-sinks-dev-kinesisSink-items" Topic="items" MetricName="OffsetLag"', 'Maximum', 60)`,
    );
  });

  // https://aws.amazon.com/lambda/pricing/, us-east-1, arm64
  it('adds up what an hour costs', () => {
    const hour = dashboardOf({ kinesisSink: { memoryMb: 512 }, documentdbSink: { memoryMb: 2048 } }).widgets.find(
      (each) => each.type === 'metric' && each.properties.period === 3600,
    );
    const lines = hour?.type === 'metric' ? hour.properties.metrics : [];
    const byId = new Map(lines.map((line) => [optionsOf(line).id, line]));
    const hidden = ['d0', 'i0', 'd1', 'i1', 'u0', 'u1'].map((id) => byId.get(id) ?? []);
    expect(hidden.map(([, name]) => name)).toEqual([
      'Duration',
      'Invocations',
      'Duration',
      'Invocations',
      'EventPollerUnit',
      'EventPollerUnit',
    ]);
    expect(hidden.map((line) => optionsOf(line))).toMatchObject(
      ['Sum', 'Sum', 'Sum', 'Sum', 'Average', 'Average'].map((by) => ({ stat: by, visible: false })),
    );
    // An hour of 1,000,000 invocations of 200 ms each, and a quarter of a poller unit that published nothing for the other mapping.
    const dollars = (id: string) => dollarsOf(optionsOf(byId.get(id) ?? []).expression ?? '');
    expect(dollars('c0')).toBeCloseTo(200_000 * 0.5 * 0.0000133334 + 0.2, 9);
    expect(dollars('c1')).toBeCloseTo(200_000 * 2 * 0.0000133334 + 0.2, 9);
    expect(optionsOf(byId.get('pollers') ?? []).expression).toBe('(FILL(u0, 0) + FILL(u1, 0)) * 0.185');

    function dollarsOf(expression: string): number {
      const values: Readonly<Record<string, number>> = { d: 200_000_000, i: 1_000_000 };
      // No exponents: the syntax of metric math has none.
      expect(expression).toMatch(/^[\w. +*/]+$/);
      expect(expression).not.toMatch(/\de/);
      const terms = expression.split(' + ').map((term) =>
        term.split(' * ').map((factor) =>
          factor
            .split(' / ')
            .map((each) => values[each.replace(/^([di])\d$/, '$1')] ?? Number(each))
            .reduce((above, below) => above / below),
        ),
      );
      return terms.map((term) => term.reduce((one, other) => one * other)).reduce((one, other) => one + other);
    }
  });

  it('asks the logs for lines and fields that the functions write', () => {
    const record = aRecord();
    const outcomes = [failed(record.position, poison('payload_invalid', 'its value is no JSON'))];
    const batches = batchesOf([record]);
    const { log, meter, lines } = recordedTelemetry();
    const summary = { batches, outcomes, settlements: settle(batches, outcomes), durationMs: 1, wallTimeMs: 1 };
    logBatch(summary, log);
    logBatch(
      { ...summary, outcomes: [written(record.position)], settlements: settle(batches, [written(record.position)]) },
      log,
    );
    const batchMetrics = new BatchMetrics({ meter, log });
    batchMetrics.throttled('shard', 1);
    batchMetrics.report();
    for (const { text } of QUERIES) {
      const all = text.join(' ');
      const messages = [...all.matchAll(/"([a-z_]+)"/g)].map(([, name]) => name);
      const asked = messages.flatMap((name) => lines.filter(({ message }) => message === name));
      expect(asked.length, all).toBe(messages.length);
      for (const field of fieldsIn(all))
        for (const line of asked) expect(valueAt(line.fields, field), field).toBeDefined();
    }
  });

  it('counts minutes, and no pollers where Lambda scales them on demand', () => {
    const graphsOf = (changes: StageFileChanges = {}) =>
      dashboardOf(changes).widgets.flatMap((each) => (each.type === 'metric' ? [each.properties] : []));
    expect(new Set(graphsOf().map(({ period, title }) => (title.startsWith('Dollars') ? 'cost' : period)))).toEqual(
      new Set([60, 'cost']),
    );
    const onDemand = JSON.stringify(graphsOf({ trigger: { mode: 'onDemand', topics: ['orders'] } }));
    expect(onDemand).not.toMatch(/EventPollerUnit|pollers/);
    expect(JSON.stringify(graphsOf())).toMatch(/EventPollerUnit.*pollers/);
  });

  it('shows the latest lines first, of the kinds that need somebody', () => {
    const textOf = (id: string) => QUERIES.find((each) => each.id === id)?.text.join(' | ') ?? '';
    for (const id of ['Unsettled', 'Blocked']) expect(textOf(id)).toContain('| sort @timestamp desc | limit 100');
    expect(textOf('Warnings')).toBe(
      'filter level in ["WARN", "ERROR"] | stats count(*) as lines by message, function_name | sort lines desc',
    );
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
