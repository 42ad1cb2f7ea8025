import { isDeepStrictEqual } from 'node:util';

/** One line each, ready to print. */
export interface CreateOnlyChanges {
  /** What CloudFormation would fail at and roll back, or report as done although Lambda did not do it. */
  readonly refusals: readonly string[];
  /** What it will do, and what that means for the records. */
  readonly notices: readonly string[];
}

/** How every refused change can be made after all. */
export const TWO_DEPLOYMENTS = [
  'To make such a change, deploy twice. First leave the topic out of trigger.topics (or, where it is the only one, the whole',
  'function out of the file; if that is the only one too, run `serverless remove`: the dead-letter bucket stays). Then put it',
  'back with its new settings. Meanwhile the records wait in Kafka, and the committed offsets in their group.',
].join('\n');

/**
 * What a deployment will do about properties that cannot be changed on the resource that is there; pure.
 *
 * Create-only are EventSourceArn, StartingPosition and StartingPositionTimestamp: CloudFormation creates the replacement
 * and deletes the old mapping afterwards, so that both exist at once. Lambda refuses a second mapping of the same
 * function, cluster and topic (https://github.com/aws/aws-sam-cli/issues/2308, https://github.com/aws/aws-cdk/issues/26416),
 * and of the same consumer group (https://docs.aws.amazon.com/lambda/latest/dg/kafka-consumer-group-id.html).
 * A new group or topic is no replacement for CloudFormation, and Lambda cannot change either: the mapping stays as it was
 * (https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2140).
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html
 *
 * @param deployed the stack's template; of whatever shape, as nobody checked it
 * @param next the template about to be deployed
 */
export function createOnlyChanges(deployed: unknown, next: unknown): CreateOnlyChanges {
  const before = resourcesOf(deployed);
  const after = resourcesOf(next);
  const deployedMappings = mappingsOf(before);
  const nextMappings = mappingsOf(after);
  const verdicts = nextMappings.flatMap((mapping) => judge(mapping, deployedMappings));
  const removed = deployedMappings.filter(
    ({ logicalId }) => !nextMappings.some((each) => each.logicalId === logicalId),
  );
  return {
    refusals: verdicts.flatMap(({ refusal }) => refusal ?? []),
    notices: [
      ...verdicts.flatMap(({ notice }) => notice ?? []),
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

interface Verdict {
  readonly refusal?: string;
  readonly notice?: string;
}

function resourcesOf(template: unknown): readonly Resource[] {
  // Only what JSON knows can reach CloudFormation, and equal values are then equal in every respect.
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

function judge(mapping: Mapping, deployed: readonly Mapping[]): Verdict {
  const predecessor = deployed.find(({ logicalId }) => logicalId === mapping.logicalId);
  if (predecessor === undefined) return judgeCreation(mapping, deployed, 'new');
  const changes = SETTINGS.filter(({ key }) => !isDeepStrictEqual(predecessor[key], mapping[key]));
  if (changes.length === 0) return {};
  const described = changes
    .map(({ key, setting }) => `${setting} ${shown(key, predecessor)} -> ${shown(key, mapping)}`)
    .join(', ');
  if (changes.some(({ replaces }) => replaces)) return judgeCreation(mapping, deployed, `replaced, ${described}`);
  return {
    refusal: `${mapping.logicalId}: ${described}. Lambda cannot change it on a mapping that exists: the deployment would not take effect.${startHint(predecessor, mapping)}`,
  };
}

/** Whether a mapping can be created while all the deployed ones, its predecessor among them, still exist. */
function judgeCreation(mapping: Mapping, deployed: readonly Mapping[], what: string): Verdict {
  const { logicalId, group } = mapping;
  const predecessor = deployed.find((each) => each.logicalId === logicalId);
  const sharing = (...keys: readonly (keyof Mapping)[]) =>
    deployed.find((each) =>
      keys.every((key) => mapping[key] !== undefined && isDeepStrictEqual(each[key], mapping[key])),
    );
  const sameSource = sharing('function', 'cluster', 'topics');
  const rival = sameSource ?? sharing('group');
  if (rival === undefined) {
    const order = predecessor ? ' The new mapping is created first, then the old one deleted.' : '';
    return { notice: `${logicalId}: ${what}.${order} ${readingOf(mapping)}` };
  }
  const shared = sameSource ? 'function, cluster and topic' : `consumer group ${text(group)}`;
  const hint = sameSource ? predecessor && startHint(predecessor, mapping) : ANOTHER_GROUP;
  return {
    refusal: `${logicalId}: ${what}. CloudFormation would create it while ${rival.logicalId} still exists, and Lambda refuses two mappings of one ${shared}.${hint ?? ''}`,
  };
}

const SETTINGS = [
  { key: 'cluster', setting: 'cluster.arn (or vpcConnectionArn)', replaces: true },
  { key: 'position', setting: 'trigger.startingPosition', replaces: true },
  { key: 'timestamp', setting: 'trigger.startingTimestamp', replaces: true },
  { key: 'topics', setting: 'trigger.topics', replaces: false },
  { key: 'group', setting: 'trigger.consumerGroupId', replaces: false },
] as const;

const ANOTHER_GROUP = ' With another trigger.consumerGroupId it can be created at once.';

const shown = (key: (typeof SETTINGS)[number]['key'], mapping: Mapping): string =>
  key === 'timestamp' ? timeText(mapping.timestamp) : text(mapping[key]);

/** What a changed start or group means, which is not what one might expect of either. */
function startHint(predecessor: Mapping, mapping: Mapping): string {
  const changed = (key: 'group' | 'position' | 'timestamp') => !isDeepStrictEqual(predecessor[key], mapping[key]);
  if (changed('group')) return ` ${readingOf(mapping)}`;
  if (!changed('position') && !changed('timestamp')) return '';
  return ' A group with committed offsets does not look at the start: leave it as it was, or take a new trigger.consumerGroupId as well.';
}

const readingOf = (mapping: Mapping): string =>
  `Consumer group ${text(mapping.group)} goes on in ${topicText(mapping.topics)} at its committed offsets; if it has none, it begins ${beginning(mapping)}.`;

/** https://docs.aws.amazon.com/lambda/latest/dg/kafka-starting-positions.html */
function beginning({ position, timestamp }: Mapping): string {
  switch (position) {
    case 'TRIM_HORIZON':
      return 'at the oldest record Kafka has (TRIM_HORIZON) and reads again what another group has read';
    case 'LATEST':
      return 'at the newest record (LATEST) and skips what is there before the mapping runs';
    case 'AT_TIMESTAMP':
      return `at ${timeText(timestamp)} (AT_TIMESTAMP), skips what is older and reads again what another group has read since`;
    default:
      return `at ${text(position)}`;
  }
}

/** https://kafka.apache.org/documentation/#brokerconfigs_offsets.retention.minutes */
const removalNotice = ({ logicalId, topics, group }: Mapping): string =>
  `${logicalId}: removed. Lambda stops reading ${topicText(topics)}. The committed offsets stay in the consumer group ${text(group)} until Kafka expires them, 7 days later by default; a mapping of that group goes on there.`;

/** Names of a stage's resources. They come from service, stage and accountId. */
const NAMES: ReadonlyMap<unknown, { readonly property: string; readonly effect: string }> = new Map([
  [
    'AWS::S3::Bucket',
    { property: 'BucketName', effect: 'a new bucket is made, and the old one stays with all that is in it' },
  ],
  [
    'AWS::IAM::Role',
    {
      property: 'RoleName',
      effect: 'a new role is made, and the old one deleted: what names it in another account has to name the new one',
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

/** Seconds in the form in which the stage file has them. */
function timeText(seconds: unknown): string {
  const date = new Date(typeof seconds === 'number' ? seconds * 1000 : Number.NaN);
  return Number.isNaN(date.getTime()) ? text(seconds) : date.toISOString().replace('.000Z', 'Z');
}
