import * as v from 'valibot';
import { documentdbSettings } from '../../functions/documentdb-sink/settings.ts';
import { kinesisSettings } from '../../functions/kinesis-sink/settings.ts';
import { DEPLOYMENT_SETTINGS } from '../../shared/common-settings.ts';
import { FUNCTION_TIMEOUT_SECONDS_MAX } from '../../shared/limits.ts';
import { arn, integer, integerOr, settings, text } from '../../shared/parse-settings.ts';
import { clusterSettings, permissionsBoundary } from './cluster-settings.ts';
import { triggerChanges, triggerSettings } from './trigger-settings.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html: no other number is taken. */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const logRetentionDays = v.pipe(
  v.picklist(LOG_RETENTION_DAYS, `must be a number of days that CloudWatch knows: ${LOG_RETENTION_DAYS.join(', ')}`),
  v.description('How long log lines are kept.'),
  v.metadata({ form: 'days, one of the numbers CloudWatch knows' }),
);

const TAGS_FORM = 'must hold names and texts like {team: data}';

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const tags = v.pipe(
  v.unknown(),
  v.check((input) => !Array.isArray(input), TAGS_FORM),
  v.record(
    v.pipe(
      v.string(),
      v.regex(/^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/u, 'is no name of a tag: at most 128 characters, not aws:'),
    ),
    v.pipe(
      v.string('must be a text, in quotes'),
      v.regex(
        /^[\p{L}\p{Z}\p{N}_.:/=+@-]{0,256}$/u,
        'must be a text of at most 256 letters, digits, blanks or _.:/=+@-',
      ),
    ),
    TAGS_FORM,
  ),
  v.description('Tags of everything that is deployed.'),
  v.metadata({ form: 'names and texts' }),
);

const deadLetters = settings({
  retentionDays: integerOr(365, {
    unit: 'days',
    min: 1,
    max: 36_500,
    description: 'How long a dead letter is kept in the bucket.',
  }),
  kmsKeyArn: v.optional(
    arn('kms', 'key/', "A key of your own that the bucket is encrypted with. Without it: S3's own (SSE-S3)."),
  ),
});

/** @param countMax https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html */
const idList = (prefix: string, countMax: number, description: string) =>
  v.pipe(
    v.array(
      text(`like ${prefix}-0123456789abcdef0`, new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), description),
      'must be a list',
    ),
    v.minLength(1, 'must name at least one'),
    v.maxLength(countMax, `must name at most ${countMax}`),
    v.description(description),
  );

/** What both functions' sections hold beside the sink's own settings. */
const deployed = (memoryMb: number) => ({
  trigger: v.optional(
    v.pipe(
      triggerChanges,
      v.description('What this function does otherwise than `trigger` says: any of its settings.'),
      v.metadata({ form: 'as `trigger`' }),
    ),
  ),
  memoryMb: integerOr(memoryMb, { unit: 'MB', min: 128, max: 10_240, description: "The function's memory." }),
  timeoutSeconds: integerOr(120, {
    unit: 'seconds',
    min: 15,
    max: FUNCTION_TIMEOUT_SECONDS_MAX,
    description:
      'How long one invocation may keep trying. Long enough for a failover of DocumentDB (30 s), or a request to Kinesis, and 5 s more.',
  }),
  reservedConcurrency: v.optional(
    integer({
      unit: 'invocations',
      min: 1,
      max: 100_000,
      description: "Invocations at once at most, taken from the account's quota and kept for this function.",
    }),
  ),
});

export const kinesisSection = v.omit(kinesisSettings, DEPLOYMENT_SETTINGS);
export const documentdbSection = v.omit(documentdbSettings, DEPLOYMENT_SETTINGS);

/** config/<stage>.yml: all a user edits. */
export const stageFile = settings({
  accountId: text('an account id of 12 digits, in quotes', /^\d{12}$/, 'The account the functions are deployed to.'),
  region: text('a region like eu-west-1', /^[a-z]{2}(-[a-z]+)+-\d$/, 'The region the functions are deployed to.'),
  logRetentionDays: v.optional(logRetentionDays, 30),
  tags: v.optional(tags),
  permissionsBoundaryArn: v.optional(permissionsBoundary),
  deploymentBucket: v.optional(
    text(
      'the name of an S3 bucket',
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      'A bucket that exists and takes the packages of deployments. Without it the deployment makes one.',
    ),
  ),
  cluster: clusterSettings,
  trigger: v.optional(triggerSettings, {}),
  deadLetters: v.optional(deadLetters, {}),
  kinesisSink: v.optional(
    settings({
      ...kinesisSection.entries,
      ...deployed(512),
      kmsKeyArn: v.optional(
        arn(
          'kms',
          'key/',
          "Without roleArn: the key of your own the stream is encrypted with. With it, the role in the stream's account is allowed to use the key.",
        ),
      ),
      subnetIds: v.optional(idList('subnet', 16, 'Subnets, where a policy asks for a VPC; the function needs none.')),
      securityGroupIds: v.optional(idList('sg', 5, 'Security groups of the function in these subnets.')),
    }),
  ),
  documentdbSink: v.optional(
    settings({
      ...documentdbSection.entries,
      ...deployed(1024),
      secretKmsKeyArn: v.optional(
        arn('kms', 'key/', 'The key the secret is encrypted with, if it is one of your own.'),
      ),
      subnetIds: idList('subnet', 16, 'Subnets of the VPC DocumentDB is in.'),
      securityGroupIds: idList('sg', 5, "Security groups the function gets; DocumentDB's must admit them on its port."),
    }),
  ),
});

export type StageFile = Readonly<v.InferOutput<typeof stageFile>>;
