import type { MetricName } from '../../shared/telemetry/metric-names.ts';
import { METRICS_NAMESPACE } from '../../shared/telemetry/telemetry.ts';
import type { DeployedFunction, Deployment } from '../template/deployment.ts';
import { QUERIES, queryText } from './queries.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
interface Widget {
  readonly type: 'metric' | 'log' | 'alarm' | 'text';
  readonly width: number;
  readonly height: number;
  readonly properties: object;
}

/** A metric as a dashboard writes it: namespace, name, dimension names and values in turn, options. */
type Line = readonly (string | object)[];

const COLUMNS = 24;
const REGION = `\${AWS::Region}`;

/** The dashboard of a stage, wide enough for a wall: a row of alarms, then the rows of each function. */
export function dashboardOf(deployment: Deployment, alarmNames: readonly string[]): Readonly<Record<string, object>> {
  const widgets = [
    alarmsWidget(alarmNames),
    ...deployment.functions.flatMap((each) => rowsOf(deployment, each)),
    costWidget(deployment),
    ...deadLetterWidgets(deployment),
  ];
  return {
    Dashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: {
        DashboardName: `${deployment.service}-${deployment.stage}`,
        DashboardBody: { 'Fn::Sub': JSON.stringify({ periodOverride: 'inherit', widgets: placed(widgets) }) },
      },
    },
  };
}

/** Puts the widgets beside each other from left to right, and below each other where a row is full. */
function placed(widgets: readonly Widget[]): readonly object[] {
  let [x, y, rowHeight] = [0, 0, 0];
  return widgets.map((widget) => {
    if (x + widget.width > COLUMNS) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const at = { x, y };
    x += widget.width;
    rowHeight = Math.max(rowHeight, widget.height);
    return { ...widget, ...at };
  });
}

const alarmsWidget = (alarmNames: readonly string[]): Widget => ({
  type: 'alarm',
  width: COLUMNS,
  height: 4,
  properties: {
    title: 'Alarms',
    alarms: alarmNames
      .slice(0, ALARMS_SHOWN_MAX)
      .map((name) => `arn:\${AWS::Partition}:cloudwatch:${REGION}:\${AWS::AccountId}:alarm:${name}`),
  },
});

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
const ALARMS_SHOWN_MAX = 100;

function rowsOf(deployment: Deployment, each: DeployedFunction): readonly Widget[] {
  const { name } = each;
  const own = (metric: MetricName, options: object): Line => [
    METRICS_NAMESPACE,
    metric,
    ...['service', deployment.service, 'stage', deployment.stage, 'function', name],
    options,
  ];
  const lambda = (metric: string, options: object): Line => [
    'AWS/Lambda',
    metric,
    ...['FunctionName', each.functionName],
    options,
  ];
  const sum = { stat: 'Sum' };
  return [
    graph(`${name}: records`, 6, [
      own('RecordsReceived', { ...sum, label: 'received' }),
      own('RecordsWritten', { ...sum, label: 'written' }),
      own('RecordsUnsettled', { ...sum, label: 'unsettled' }),
      own('RecordsDeadLettered', { ...sum, label: 'dead letters' }),
    ]),
    graph(`${name}: age of the oldest record, ms`, 6, [
      own('RecordAge', { stat: 'p50', label: 'p50' }),
      own('RecordAge', { stat: 'p99', label: 'p99' }),
      ...(name === 'kinesisSink' ? [own('EndToEndLagP99', { stat: 'Maximum', label: 'until stored, p99' })] : []),
    ]),
    graph(`${name}: lag by topic, records`, 6, lagLines(each)),
    graph(`${name}: lag by partition, records`, 6, partitionLines(deployment, each)),
    graph(`${name}: invocations`, 6, [
      lambda('Invocations', sum),
      lambda('Errors', sum),
      lambda('Throttles', sum),
      lambda('ConcurrentExecutions', { stat: 'Maximum', yAxis: 'right' }),
    ]),
    graph(`${name}: duration, ms`, 6, [
      lambda('Duration', { stat: 'p50', label: 'p50' }),
      lambda('Duration', { stat: 'p99', label: 'p99' }),
      lambda('Duration', { stat: 'Maximum', label: 'longest' }),
    ]),
    ...(name === 'kinesisSink' ? kinesisWidgets(each, own) : documentdbWidgets(each, own)),
  ];
}

type OwnLine = (metric: MetricName, options: object) => Line;

const kinesisWidgets = (each: DeployedFunction, own: OwnLine): readonly Widget[] => [
  graph('kinesisSink: throttling', 6, [
    own('EntriesThrottled', { stat: 'Sum', label: 'entries' }),
    own('ThrottlesOfHottestShard', { stat: 'Maximum', label: 'of the hottest shard' }),
    own('OrderAnomalies', { stat: 'Sum', label: 'order anomalies' }),
    own('CredentialAge', { stat: 'Maximum', label: 'age of the session, s', yAxis: 'right' }),
  ]),
  logTable('kinesisSink: shards that throttle', 6, [each], 'ThrottledShards'),
];

const documentdbWidgets = (each: DeployedFunction, own: OwnLine): readonly Widget[] => [
  graph('documentdbSink: guard', 6, [
    own('StaleButNewer', { stat: 'Sum', label: 'stale although newer' }),
    own('UnguardedWrites', { stat: 'Sum', label: 'without a guard' }),
    own('ServerCertificateDaysLeft', { stat: 'Minimum', label: 'days left, certificate', yAxis: 'right' }),
    own('RootCertificateDaysLeft', { stat: 'Minimum', label: 'days left, root', yAxis: 'right' }),
  ]),
  logTable('documentdbSink: why records are unsettled', 6, [each], 'Unsettled'),
];

/** Provisioned mode publishes the lag of each mapping, on-demand mode the lag of the function. */
const lagLines = ({ trigger, mappings, functionName }: DeployedFunction): readonly Line[] =>
  trigger.mode === 'provisioned'
    ? mappings.map(({ logicalId, topic }) => [
        'AWS/Lambda',
        'MaxOffsetLag',
        ...['EventSourceMappingUUID', `\${${logicalId}}`],
        { stat: 'Maximum', label: topic },
      ])
    : [['AWS/Lambda', 'OffsetLag', 'FunctionName', functionName, { stat: 'Maximum' }]];

/**
 * MSK publishes the lag of each partition with the monitoring level PER_TOPIC_PER_PARTITION. Below that level the graph is
 * empty. https://docs.aws.amazon.com/msk/latest/developerguide/metrics-details.html
 */
const partitionLines = ({ file }: Deployment, { mappings }: DeployedFunction): readonly Line[] => {
  const [, cluster = ''] = file.cluster.arn.split('/');
  return mappings.map(({ consumerGroupId, topic }, index) => [
    {
      id: `p${index}`,
      expression: `SEARCH('{AWS/Kafka,"Cluster Name","Consumer Group",Partition,Topic} "Cluster Name"="${cluster}" "Consumer Group"="${consumerGroupId}" Topic="${topic}" MetricName="OffsetLag"', 'Maximum', 60)`,
    },
  ]);
};

/** Prices of us-east-1, arm64, without free tier. https://aws.amazon.com/lambda/pricing/ */
const DOLLARS_PER_GB_SECOND = 0.0000133334;
/** Per request, this would be written with an exponent, which metric math does not document. */
const DOLLARS_PER_MILLION_REQUESTS = 0.2;
const DOLLARS_PER_POLLER_UNIT_HOUR = 0.185;
const HOUR_SECONDS = 3600;

function costWidget({ functions }: Deployment): Widget {
  const lines = functions.flatMap(({ name, functionName, memoryMb }, index): readonly Line[] => [
    ['AWS/Lambda', 'Duration', 'FunctionName', functionName, { id: `d${index}`, stat: 'Sum', visible: false }],
    ['AWS/Lambda', 'Invocations', 'FunctionName', functionName, { id: `i${index}`, stat: 'Sum', visible: false }],
    [
      {
        id: `c${index}`,
        expression: `d${index} / 1000 * ${memoryMb / 1024} * ${DOLLARS_PER_GB_SECOND} + i${index} / 1000000 * ${DOLLARS_PER_MILLION_REQUESTS}`,
        label: `${name}, invocations`,
      },
    ],
  ]);
  const pollers = functions.flatMap(({ trigger, mappings }) =>
    trigger.mode === 'provisioned' ? mappings.map(({ logicalId }) => logicalId) : [],
  );
  const units = pollers.map(
    (logicalId, index): Line => [
      'AWS/Lambda',
      'EventPollerUnit',
      ...['EventSourceMappingUUID', `\${${logicalId}}`],
      { id: `u${index}`, stat: 'Average', visible: false },
    ],
  );
  const sumOfUnits = units.map((_line, index) => `FILL(u${index}, 0)`).join(' + ');
  return graph(
    'Dollars an hour, at the prices of us-east-1',
    12,
    [
      ...lines,
      ...units,
      ...(units.length === 0
        ? []
        : [[{ id: 'pollers', expression: `(${sumOfUnits}) * ${DOLLARS_PER_POLLER_UNIT_HOUR}`, label: 'pollers' }]]),
    ],
    HOUR_SECONDS,
  );
}

const deadLetterWidgets = ({ functions }: Deployment): readonly Widget[] => [
  logTable('Records that block their lane', 12, functions, 'Blocked'),
];

const graph = (title: string, width: number, metrics: readonly Line[], period = 60): Widget => ({
  type: 'metric',
  width,
  height: 6,
  properties: { title, region: REGION, view: 'timeSeries', stacked: false, period, metrics },
});

function logTable(
  title: string,
  width: number,
  functions: readonly DeployedFunction[],
  id: (typeof QUERIES)[number]['id'],
): Widget {
  const found = QUERIES.find((each) => each.id === id);
  const sources = functions.map(({ functionName }) => `SOURCE '/aws/lambda/${functionName}'`).join(' | ');
  const query = `${sources} | ${queryText(found?.text ?? [])}`;
  return { type: 'log', width, height: 6, properties: { title, region: REGION, view: 'table', query } };
}
