import type { DeployedFunction } from '../../../infra/template/deployment.ts';
import type { Value } from '../ask.ts';
import { type Check, type Context, look } from '../context.ts';
import { type Finding, failed, notDeployed, ok, warning } from '../finding.ts';

const GOOD_RESULT = /^(OK|No records processed)$/;

/** State and last result of each mapping, and its consumer group: whose it is, and how far behind. */
export const checkMappings: Check = async (context) => {
  const { file, functions, stage } = context.deployment;
  return await look(
    context.ask,
    {
      title: 'mappings',
      command: 'lambda list-event-source-mappings',
      options: { 'event-source-arn': file.cluster.vpcConnectionArn ?? file.cluster.arn },
      right: 'lambda:ListEventSourceMappings',
      missing: notDeployed(stage),
    },
    async ({ EventSourceMappings = [] }: Value) => {
      const wanted = functions.flatMap((each) => each.mappings.map((mapping) => ({ each, ...mapping })));
      return (await Promise.all(wanted.map((one) => checkMapping(context, one, EventSourceMappings)))).flat();
    },
  );
};

interface Wanted {
  readonly each: DeployedFunction;
  readonly topic: string;
  readonly consumerGroupId: string;
}

async function checkMapping(
  context: Context,
  { each, topic, consumerGroupId }: Wanted,
  mappings: readonly Value[],
): Promise<readonly Finding[]> {
  const title = `${each.name}: mapping of ${topic}`;
  const mapping = mappings.find(
    ({ FunctionArn, Topics }: Value) =>
      String(FunctionArn).endsWith(`:${each.functionName}`) && Topics?.includes(topic),
  );
  const other = mappings.find(
    (own: Value) => own !== mapping && groupOf(own) === consumerGroupId && own.Topics?.includes(topic),
  );
  if (other !== undefined) {
    return [
      failed(
        title,
        `the group ${consumerGroupId} also reads for ${other.FunctionArn}: each gets a part of the records`,
        'choose another trigger.consumerGroupId for one of both',
      ),
    ];
  }
  if (mapping === undefined) return [notDeployed(context.deployment.stage)(title)];
  const group = { title: `${each.name}: group of ${topic}`, topic, wanted: consumerGroupId, used: groupOf(mapping) };
  return [mappingState(title, mapping, each), ...(await checkGroup(context, group))];
}

const groupOf = ({ AmazonManagedKafkaEventSourceConfig }: Value): unknown =>
  AmazonManagedKafkaEventSourceConfig?.ConsumerGroupId;

function mappingState(title: string, { State, LastProcessingResult }: Value, { trigger }: DeployedFunction): Finding {
  if (!trigger.enabled) {
    return warning(title, `${State}: trigger.enabled is false`, 'set trigger.enabled: true and deploy, to read again');
  }
  if (State !== 'Enabled') {
    return failed(title, `the mapping is ${State}`, 'wait if it is being changed; otherwise deploy again');
  }
  return LastProcessingResult === undefined || GOOD_RESULT.test(LastProcessingResult)
    ? ok(title, `Enabled, ${LastProcessingResult ?? 'no result yet'}`)
    : failed(title, LastProcessingResult, 'docs/first-deploy.md has a table of these results');
}

interface Group {
  readonly title: string;
  readonly topic: string;
  readonly wanted: string;
  readonly used: unknown;
}

const LAG_WINDOW_MS = 15 * 60_000;
const LAG_PERIOD_SECONDS = 300;

/**
 * The group that the mapping commits to, and how far its offsets are behind. No API of AWS tells a group's offsets: MSK measures them
 * for CloudWatch. https://docs.aws.amazon.com/msk/latest/developerguide/metrics-details.html
 */
async function checkGroup(context: Context, { title, topic, wanted, used }: Group): Promise<readonly Finding[]> {
  const { deployment, ask, nowMs } = context;
  if (used !== wanted) {
    return [
      warning(
        title,
        `the mapping commits to ${used ?? 'a group of its own'}, and the stage file says ${wanted}`,
        `a mapping keeps its group: set trigger.consumerGroupId to ${used ?? 'the group of the mapping'}, or see docs/first-deploy.md, Changes`,
      ),
    ];
  }
  const [, clusterName = ''] = /:cluster\/([^/]+)/.exec(deployment.file.cluster.arn) ?? [];
  return await look(
    ask,
    {
      title,
      command: 'cloudwatch get-metric-statistics',
      options: {
        ...{ namespace: 'AWS/Kafka', 'metric-name': 'MaxOffsetLag', statistics: 'Maximum' },
        dimensions: [
          `Name=Cluster Name,Value=${clusterName}`,
          `Name=Consumer Group,Value=${wanted}`,
          `Name=Topic,Value=${topic}`,
        ],
        period: String(LAG_PERIOD_SECONDS),
        'start-time': new Date(nowMs - LAG_WINDOW_MS).toISOString(),
        'end-time': new Date(nowMs).toISOString(),
      },
      right: 'cloudwatch:GetMetricStatistics',
      missing: () => offsetsUnknown(title, wanted),
    },
    ({ Datapoints = [] }: Value) => {
      const newest = Datapoints.toSorted((one: Value, other: Value) =>
        String(one.Timestamp).localeCompare(String(other.Timestamp)),
      ).at(-1);
      return newest === undefined
        ? offsetsUnknown(title, wanted)
        : ok(title, `${wanted}, at most ${newest.Maximum} records of a partition behind`);
    },
  );
}

const offsetsUnknown = (title: string, group: string): Finding =>
  warning(
    title,
    `${group}; its offsets are not checked: CloudWatch has no lag of the last quarter of an hour`,
    `from a machine in the VPC: kafka-consumer-groups.sh --bootstrap-server HOST:PORT --command-config client.properties --describe --group ${group}`,
  );
