import * as v from 'valibot';
import { documentdbSettings } from '../functions/documentdb-sink/settings.ts';
import { kinesisSettings } from '../functions/kinesis-sink/settings.ts';
import { DEPLOYMENT_SETTINGS } from '../shared/common-settings.ts';
import { BATCH_RECORDS_MAX, FUNCTION_TIMEOUT_SECONDS_MAX } from '../shared/limits.ts';
import { arn, choice, integer, integerOr, parseSettings, settings, text } from '../shared/parse-settings.ts';

/** Pollers, batches and retries of the event source mappings. https://docs.aws.amazon.com/lambda/latest/dg/msk-esm-parameters.html */
const triggerSettings = settings({
  clusterArn: arn('kafka', 'cluster/', 'The MSK cluster. Both functions read it.'),
  topics: v.pipe(
    v.array(text('a topic name', /^[A-Za-z0-9._-]{1,249}$/, 'A topic.'), 'must be a list of topic names'),
    v.minLength(1, 'must name at least one topic'),
    v.check((topics) => new Set(topics).size === topics.length, 'names a topic twice'),
    v.description('The topics to read: one mapping for each topic and function.'),
  ),
  mode: v.optional(
    choice(
      ['provisioned', 'onDemand'],
      'provisioned: pollers of our own, and Lambda repeats only the records that failed. onDemand: no pollers to pay for, and one failed record repeats its whole batch.',
    ),
    'provisioned',
  ),
  batchRecordsMax: integerOr(1000, {
    unit: 'records',
    min: 1,
    max: BATCH_RECORDS_MAX,
    description: 'Records of one invocation; 6 MB of them is the other limit.',
  }),
  batchWindowSeconds: integerOr(1, {
    unit: 'seconds',
    min: 0,
    max: 300,
    description: 'How long a batch may wait to fill up. It adds to the latency, and lowers the number of invocations.',
  }),
  startingPosition: v.optional(
    choice(
      ['TRIM_HORIZON', 'LATEST'],
      'Where a consumer group without committed offsets begins. LATEST can miss records while the mapping starts.',
    ),
    'TRIM_HORIZON',
  ),
  pollersMin: integerOr(1, {
    unit: 'pollers',
    min: 1,
    max: 200,
    description: 'Pollers kept ready. Provisioned mode only.',
  }),
  pollersMax: integerOr(10, {
    unit: 'pollers',
    min: 1,
    max: 2000,
    description: 'Pollers at most; more than the topic has partitions is never used. Provisioned mode only.',
  }),
  retryAttemptsMax: integerOr(10_000, {
    unit: 'attempts',
    min: 0,
    max: 10_000,
    description:
      'How often the mapping repeats a batch before it goes to the dead-letter bucket. During an outage one attempt lasts minutes. Provisioned mode only.',
  }),
  recordAgeSecondsMax: v.optional(
    integer({
      unit: 'seconds',
      min: 60,
      max: 604_800,
      description:
        'Records older than this go to the dead-letter bucket untried. Unset: no limit. Provisioned mode only.',
    }),
  ),
});

const sizing = (memoryMb: number) => ({
  memoryMb: integerOr(memoryMb, { unit: 'MB', min: 128, max: 10_240, description: "The function's memory." }),
  timeoutSeconds: integerOr(120, {
    unit: 'seconds',
    min: 15,
    max: FUNCTION_TIMEOUT_SECONDS_MAX,
    description: 'How long one invocation may keep trying. Longer than a failover of the target plus 5 s.',
  }),
});

const idList = (prefix: string, description: string) =>
  v.pipe(
    v.array(
      text(`like ${prefix}-0123456789abcdef0`, new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), description),
      'must be a list',
    ),
    v.minLength(1, 'must name at least one'),
    v.description(description),
  );

export const kinesisSection = v.omit(kinesisSettings, DEPLOYMENT_SETTINGS);
export const documentdbSection = v.omit(documentdbSettings, DEPLOYMENT_SETTINGS);

/** config/<stage>.yml: all a user edits. */
export const stageFile = settings({
  accountId: text('an account id of 12 digits, in quotes', /^\d{12}$/, 'The account the functions are deployed to.'),
  region: text('a region like eu-west-1', /^[a-z]{2}(-[a-z]+)+-\d$/, 'The region the functions are deployed to.'),
  logRetentionDays: integerOr(30, { unit: 'days', min: 1, max: 3653, description: 'How long log lines are kept.' }),
  trigger: v.pipe(
    triggerSettings,
    v.check(({ pollersMin, pollersMax }) => pollersMin <= pollersMax, 'pollersMin must not be greater than pollersMax'),
  ),
  kinesisSink: v.pipe(
    settings({ ...kinesisSection.entries, ...sizing(512) }),
    v.check(
      ({ roleArn, externalId }) => roleArn !== undefined || externalId === undefined,
      'has an externalId but no roleArn: the id belongs to the role that is assumed',
    ),
  ),
  documentdbSink: settings({
    ...documentdbSection.entries,
    ...sizing(1024),
    subnetIds: idList('subnet', 'Subnets of the VPC DocumentDB is in.'),
    securityGroupIds: idList('sg', "Security groups the function gets; DocumentDB's must admit them on its port."),
  }),
});

export type StageFile = Readonly<v.InferOutput<typeof stageFile>>;

/** @throws SettingsError that lists every problem of the file. */
export const parseStageFile = (input: unknown, file: string): StageFile => parseSettings(stageFile, input, file);
