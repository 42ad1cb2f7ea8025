import { isDeepStrictEqual } from 'node:util';

/** Lines to print, one for each change. */
export interface CreateOnlyChanges {
  /** Changes that CloudFormation would fail at and roll back, or report as done although Lambda did not apply them. */
  readonly refusals: readonly string[];
  /** Changes that CloudFormation will make, and what each means for the records. */
  readonly notices: readonly string[];
}

/** How to make a refused change with two deployments. */
export const TWO_DEPLOYMENTS = [
  'Make such a change with two deployments. First remove the topic from trigger.topics. If it is the only topic, remove the',
  "function's section; if that is the only section, run `serverless remove` (the dead-letter bucket stays). Then add it again",
  'with the new settings. Records stay in Kafka meanwhile, and the consumer group keeps its committed offsets.',
].join('\n');

/**
 * Finds changes of create-only properties: those that Lambda cannot change on an existing mapping. Pure.
 *
 * EventSourceArn, StartingPosition and StartingPositionTimestamp are create-only: CloudFormation creates the replacement
 * and then deletes the old mapping, so both exist for a while. Lambda refuses a second mapping of the same
 * function, cluster and topic (https://github.com/aws/aws-sam-cli/issues/2308, https://github.com/aws/aws-cdk/issues/26416),
 * and of the same consumer group (https://docs.aws.amazon.com/lambda/latest/dg/kafka-consumer-group-id.html).
 * CloudFormation updates a changed group or topic in place, but Lambda cannot change either: the mapping stays as it was
 * (https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2140).
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html
 *
 * @param deployed the stack's template, of any shape: nobody has validated it
 * @param next the template about to be deployed
 */
export function createOnlyChanges(deployed: unknown, next: unknown): CreateOnlyChanges {
  const before = resourcesOf(deployed);
  const after = resourcesOf(next);
  const deployedMappings = mappingsOf(before);
  const nextMappings = mappingsOf(after);
  const findings = nextMappings.flatMap((mapping) => findingsOf(mapping, deployedMappings));
  const removed = deployedMappings.filter(
    ({ logicalId }) => !nextMappings.some((each) => each.logicalId === logicalId),
  );
  return {
    refusals: findings.flatMap(({ refusal }) => refusal ?? []),
    notices: [
      ...findings.flatMap(({ notice }) => notice ?? []),
      ...removed.map(removalNotice),
      ...renamings(before, after),
    ],
  };
}

interface Resource {
  readonly logicalId: string;
  readonly type: unknown;
  readonly properties: Readonly<Record<string, unknown>>;
}

interface Mapping {
  readonly logicalId: string;
  readonly function: unknown;
  readonly cluster: unknown;
  readonly topics: unknown;
  readonly group: unknown;
  readonly position: unknown;
  /** Unix time in seconds. */
  readonly timestamp: unknown;
}

interface ChangeFindings {
  readonly refusal?: string;
  readonly notice?: string;
}

function resourcesOf(template: unknown): readonly Resource[] {
  // Compare what CloudFormation receives: JSON drops undefined and turns dates into text.
  const { Resources }: Record<string, unknown> = record(JSON.parse(JSON.stringify(template ?? null)));
  return Object.entries(record(Resources)).map(([logicalId, definition]) => {
    const { Type, Properties } = record(definition);
    return { logicalId, type: Type, properties: record(Properties) };
  });
}

const mappingsOf = (resources: readonly Resource[]): readonly Mapping[] =>
  resources
    .filter(({ type }) => type === 'AWS::Lambda::EventSourceMapping')
    .map(({ logicalId, properties }) => ({
      logicalId,
      function: properties['FunctionName'],
      cluster: properties['EventSourceArn'],
      topics: properties['Topics'],
      group: record(properties['AmazonManagedKafkaEventSourceConfig'])['ConsumerGroupId'],
      position: properties['StartingPosition'],
      timestamp: properties['StartingPositionTimestamp'],
    }));

function findingsOf(mapping: Mapping, deployed: readonly Mapping[]): ChangeFindings {
  const predecessor = deployed.find(({ logicalId }) => logicalId === mapping.logicalId);
  if (predecessor === undefined) return judgeCreation(mapping, deployed, 'new');
  const changes = SETTINGS.filter(({ key }) => !isDeepStrictEqual(predecessor[key], mapping[key]));
  if (changes.length === 0) return {};
  const described = changes
    .map(({ key, setting }) => `${setting} ${shown(key, predecessor)} -> ${shown(key, mapping)}`)
    .join(', ');
  if (changes.some(({ replaces }) => replaces)) return judgeCreation(mapping, deployed, `replaced, ${described}`);
  return {
    refusal: `${mapping.logicalId}: ${described}. Lambda cannot change this on an existing mapping, so the deployment would have no effect.${startHint(predecessor, mapping)}`,
  };
}

/** Decides whether a mapping can be created while all deployed mappings, including its predecessor, still exist. */
function judgeCreation(mapping: Mapping, deployed: readonly Mapping[], what: string): ChangeFindings {
  const { logicalId, group } = mapping;
  const predecessor = deployed.find((each) => each.logicalId === logicalId);
  const sharing = (...keys: readonly (keyof Mapping)[]) =>
    deployed.find((each) =>
      keys.every((key) => mapping[key] !== undefined && isDeepStrictEqual(each[key], mapping[key])),
    );
  const sameSource = sharing('function', 'cluster', 'topics');
  const rival = sameSource ?? sharing('group');
  if (rival === undefined) {
    const order = predecessor ? ' CloudFormation creates the new mapping, then deletes the old one.' : '';
    return { notice: `${logicalId}: ${what}.${order} ${readingOf(mapping)}` };
  }
  const shared = sameSource ? 'function, cluster and topic' : `consumer group ${text(group)}`;
  const hint = sameSource ? predecessor && startHint(predecessor, mapping) : ANOTHER_GROUP;
  return {
    refusal: `${logicalId}: ${what}. CloudFormation would create it while ${rival.logicalId} still exists, and Lambda refuses two mappings with the same ${shared}.${hint ?? ''}`,
  };
}

const SETTINGS = [
  { key: 'cluster', setting: 'cluster.arn (or vpcConnectionArn)', replaces: true },
  { key: 'position', setting: 'trigger.startingPosition', replaces: true },
  { key: 'timestamp', setting: 'trigger.startingTimestamp', replaces: true },
  { key: 'topics', setting: 'trigger.topics', replaces: false },
  { key: 'group', setting: 'trigger.consumerGroupId', replaces: false },
] as const;

const ANOTHER_GROUP = ' Choose another trigger.consumerGroupId to create it in one deployment.';

const shown = (key: (typeof SETTINGS)[number]['key'], mapping: Mapping): string =>
  key === 'timestamp' ? timeText(mapping.timestamp) : text(mapping[key]);

/** Explains a changed start or group: a start is ignored where the group has committed offsets. */
function startHint(predecessor: Mapping, mapping: Mapping): string {
  const changed = (key: 'group' | 'position' | 'timestamp') => !isDeepStrictEqual(predecessor[key], mapping[key]);
  if (changed('group')) return ` ${readingOf(mapping)}`;
  if (!changed('position') && !changed('timestamp')) return '';
  return ' Kafka ignores the start for a group with committed offsets: restore the old start, or also choose a new trigger.consumerGroupId.';
}

const readingOf = (mapping: Mapping): string =>
  `Consumer group ${text(mapping.group)} continues at its committed offsets in ${topicText(mapping.topics)}; without committed offsets it starts ${beginning(mapping)}.`;

/** https://docs.aws.amazon.com/lambda/latest/dg/kafka-starting-positions.html */
function beginning({ position, timestamp }: Mapping): string {
  switch (position) {
    case 'TRIM_HORIZON':
      return 'at the oldest record in Kafka (TRIM_HORIZON) and reads again the records that another group has read';
    case 'LATEST':
      return 'at the newest record (LATEST) and skips all records produced before the mapping runs';
    case 'AT_TIMESTAMP':
      return `at ${timeText(timestamp)} (AT_TIMESTAMP), skips older records and reads again the newer ones that another group has read`;
    default:
      return `at ${text(position)}`;
  }
}

/** https://kafka.apache.org/documentation/#brokerconfigs_offsets.retention.minutes */
const removalNotice = ({ logicalId, topics, group }: Mapping): string =>
  `${logicalId}: removed. Lambda stops reading ${topicText(topics)}. Consumer group ${text(group)} keeps its committed offsets until Kafka expires them (after 7 days by default); a new mapping with this group continues there.`;

/** Resources whose names come from service, stage and accountId, and the effect of a new name. */
const NAMES: ReadonlyMap<unknown, { readonly property: string; readonly effect: string }> = new Map([
  [
    'AWS::S3::Bucket',
    { property: 'BucketName', effect: 'CloudFormation creates a new bucket, and keeps the old one with its objects' },
  ],
  [
    'AWS::IAM::Role',
    {
      property: 'RoleName',
      effect:
        'CloudFormation creates a new role and deletes the old one: policies in other accounts must name the new role',
    },
  ],
]);

const renamings = (before: readonly Resource[], after: readonly Resource[]): readonly string[] =>
  after.flatMap(({ logicalId, type, properties }) => {
    const predecessor = before.find((each) => each.logicalId === logicalId && each.type === type);
    const named = NAMES.get(type);
    if (predecessor === undefined || named === undefined) return [];
    const [old, name] = [predecessor.properties[named.property], properties[named.property]];
    if (isDeepStrictEqual(old, name)) return [];
    return [`${logicalId}: replaced, ${named.property} ${text(old)} -> ${text(name)}: ${named.effect}.`];
  });

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

const text = (value: unknown): string =>
  value === undefined ? 'unset' : typeof value === 'string' ? value : JSON.stringify(value);

const topicText = (topics: unknown): string =>
  Array.isArray(topics) && topics.length === 1 ? `topic ${text(topics[0])}` : `topics ${text(topics)}`;

/** Unix seconds as the stage file writes a time. */
function timeText(seconds: unknown): string {
  const date = new Date(typeof seconds === 'number' ? seconds * 1000 : Number.NaN);
  return Number.isNaN(date.getTime()) ? text(seconds) : date.toISOString().replace('.000Z', 'Z');
}
