import * as v from 'valibot';
import {
  ACCOUNT_GAP,
  authenticationGaps,
  brokersTell,
  CLUSTER_GAP,
  type Gap,
  handoverSteps,
  type Import,
  REGION_GAP,
} from './import.ts';

/** What YAML writes for null: the file is read without types, so that a group 010 stays 010. */
const isNull = (text: string): boolean => /^(?:|~|null|Null|NULL)$/.test(text);

const written = v.pipe(
  v.string(),
  v.transform((text) => (isNull(text) ? undefined : text)),
);
const optionalText = v.optional(written);
/** One name, several in a list, or several with commas between them. */
const names = v.optional(
  v.pipe(
    v.union([v.string(), v.array(v.string())]),
    v.transform((input) =>
      [input]
        .flat()
        .flatMap((text) => text.split(','))
        .map((name) => name.trim())
        .filter((name) => !isNull(name)),
    ),
  ),
  [],
);

/** The fields of doka's `configs/<env>.yaml` that are read. */
const form = v.object({
  aws: v.object({
    region: optionalText,
    crossAccountArn: optionalText,
    kinesis: v.optional(v.union([v.object({ streamName: optionalText, partitionKey: optionalText }), written]), {}),
  }),
  msk: v.object({ topic: names, brokers: names, groupId: optionalText }),
});

type Doka = v.InferOutput<typeof form>;

const READ = new Set([
  ...['aws.region', 'aws.crossAccountArn', 'aws.kinesis.streamName', 'aws.kinesis.partitionKey'],
  ...['msk.topic', 'msk.brokers', 'msk.groupId'],
]);

/** True for a file that has doka's two sections. */
export const isDoka = (parsed: unknown): boolean =>
  isRecord(parsed) && isRecord(parsed['aws']) && isRecord(parsed['msk']) && !('connector.class' in parsed);

/**
 * @param parsed YAML whose scalars are texts
 * @throws Error that names the field whose form is another one
 */
export function importDoka(parsed: unknown, stage: string): Import {
  const read = v.safeParse(form, parsed);
  if (!read.success) {
    const [issue] = read.issues;
    const path = issue?.path?.map(({ key }) => String(key)).join('.');
    throw new Error(`this is no configuration of doka: ${path ?? 'the file'} has another form`);
  }
  const settings = settingsOf(read.output);
  const has = (name: string) => settings.some(({ path }) => path.join('.') === name);
  const writtenAuthentication = settings.find(({ path }) => path.join('.') === AUTHENTICATION)?.value;
  const authentication = authenticationGaps(writtenAuthentication);
  const gaps: readonly Gap[] = [ACCOUNT_GAP, REGION_GAP, CLUSTER_GAP, ...authentication.gaps, ...KINESIS_GAPS].filter(
    ({ path }) => !has(path.join('.')),
  );
  const { groupId, topic } = read.output.msk;
  const isTaken = has('kinesisSink.trigger.consumerGroupId');
  return {
    source: 'the doka configuration',
    settings,
    gaps: topic.length === 0 ? [...gaps, TOPIC_GAP] : gaps,
    changes: [...CHANGES, ...authentication.changes],
    notTaken: leavesOf(parsed).filter((name) => !READ.has(name)),
    next: [
      'stop doka, and wait until its group has no members (session.timeout.ms)',
      ...(isTaken
        ? []
        : handoverSteps({ stage, sink: 'kinesisSink', group: groupId ?? 'GROUP' }, writtenAuthentication)),
      `npx serverless deploy --stage ${stage}`,
    ],
  };
}

const AUTHENTICATION = 'cluster.authentication';

const KINESIS_GAPS: readonly Gap[] = [
  { path: ['kinesisSink', 'streamArn'], what: 'the stream: arn:aws:kinesis:REGION:ACCOUNT:stream/NAME' },
];
const TOPIC_GAP: Gap = { path: ['kinesisSink', 'trigger', 'topics'], what: 'the topics to read', isList: true };

function settingsOf({ aws, msk }: Doka): Import['settings'] {
  const { region, crossAccountArn, kinesis } = aws;
  const { streamName, partitionKey } = typeof kinesis === 'object' ? kinesis : {};
  const told = brokersTell(msk.brokers.join(','));
  const account = crossAccountArn?.split(':')[4];
  const partition = crossAccountArn?.split(':')[1] ?? 'aws';
  const streamArn =
    region !== undefined && account !== undefined && streamName !== undefined
      ? `arn:${partition}:kinesis:${region}:${account}:stream/${streamName}`
      : undefined;
  const rows: readonly (readonly [path: string, value: unknown, from: string])[] = [
    ['region', told.region, "the brokers' region in msk.brokers"],
    [AUTHENTICATION, told.authentication, "the brokers' port in msk.brokers"],
    ['kinesisSink.streamArn', streamArn, 'aws.region, the account of aws.crossAccountArn, and aws.kinesis.streamName'],
    ['kinesisSink.roleArn', crossAccountArn, 'aws.crossAccountArn'],
    [
      'kinesisSink.sessionName',
      crossAccountArn && 'doka-{stage}-{uuid}',
      "doka's own session name, which the role may ask for",
    ],
    ['kinesisSink.ordering', 'none', "doka's behaviour"],
    ['kinesisSink.partitionKey', 'random', "doka's behaviour"],
    ['kinesisSink.partitionKeyPrefix', partitionKey, 'aws.kinesis.partitionKey'],
    ['kinesisSink.trigger.topics', msk.topic.length === 0 ? undefined : msk.topic, 'msk.topic'],
    [
      'kinesisSink.trigger.consumerGroupId',
      // Each mapping needs a group of its own.
      msk.topic.length > 1 ? undefined : msk.groupId,
      'msk.groupId: the mapping goes on at its offsets',
    ],
  ];
  return rows
    .filter(([, value]) => value !== undefined)
    .map(([path, value, from]) => ({ path: path.split('.'), value, from }));
}

const CHANGES: readonly string[] = [
  'doka logs an error and goes on; kinesisSink repeats a failed record, hands it back, or writes a dead letter: nothing is lost',
  'partition keys stay <prefix>-<uuid> (ordering: none). To have the records of a key in order, remove ordering, partitionKey and partitionKeyPrefix',
  'doka has no external id: write kinesisSink.externalId as soon as the role in account B asks for one',
  "the role in account B must trust the function's role: deploy infra/stream-account.yml, or change its trust",
];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The names of the file's fields. */
const leavesOf = (value: unknown, path: readonly string[] = []): readonly string[] =>
  isRecord(value)
    ? Object.entries(value).flatMap(([name, inner]) => leavesOf(inner, [...path, name]))
    : [path.join('.')];
