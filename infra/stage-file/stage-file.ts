import * as v from 'valibot';
import { documentdbSettings } from '../../functions/documentdb-sink/settings.ts';
import { kinesisSettings } from '../../functions/kinesis-sink/settings/settings.ts';
import { FUNCTION_TIMEOUT_SECONDS_MAX } from '../../shared/limits.ts';
import { DEPLOYMENT_SETTINGS, metricsLevel } from '../../shared/settings/common-settings.ts';
import {
  arn,
  choice,
  flag,
  flagOr,
  integer,
  integerOr,
  REGION,
  settings,
  text,
} from '../../shared/settings/parse-settings.ts';
import { clusterSettings, permissionsBoundary } from './cluster-settings.ts';
import { triggerChanges, triggerSettings } from './trigger-settings.ts';

/** The only values CloudWatch accepts. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const logRetentionDays = v.pipe(
  v.picklist(LOG_RETENTION_DAYS, `must be a number of days that CloudWatch accepts: ${LOG_RETENTION_DAYS.join(', ')}`),
  v.description('How long CloudWatch keeps log lines.'),
  v.metadata({ form: 'days, one of the values CloudWatch accepts' }),
);

/** A resource has at most 50 tags, and the framework gives the stack one: `STAGE`. */
const TAGS_MAX = 49;
const TAGS_FORM = 'must map names to texts, such as {team: data}';

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const tags = v.pipe(
  v.unknown(),
  v.check((input) => !Array.isArray(input), TAGS_FORM),
  v.record(
    v.pipe(
      v.string(),
      v.regex(
        /^(?![Aa][Ww][Ss]:)[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/u,
        'is not a valid tag name: at most 128 characters, not starting with aws:',
      ),
    ),
    v.pipe(
      v.string('must be a text, in quotes'),
      v.regex(
        /^[\p{L}\p{Z}\p{N}_.:/=+@-]{0,256}$/u,
        'must be a text of at most 256 letters, digits, spaces or _.:/=+@-',
      ),
    ),
    TAGS_FORM,
  ),
  v.check((names) => Object.keys(names).length <= TAGS_MAX, `must be at most ${TAGS_MAX}`),
  v.description('Tags for all deployed resources.'),
  v.metadata({ form: 'names and texts' }),
);

const deadLetters = settings({
  retentionDays: integerOr(365, {
    unit: 'days',
    min: 1,
    max: 36_500,
    description: 'How long the bucket keeps a dead letter.',
  }),
  kmsKeyArn: v.optional(
    arn('kms', 'key/', 'The customer managed KMS key that encrypts the bucket. Without it: SSE-S3.'),
  ),
});

const logLevel = v.optional(
  choice(
    ['DEBUG', 'INFO', 'WARN', 'ERROR'],
    'The lowest level of the log lines that the functions write. `INFO`: one line a batch. `WARN`: a line only for a batch that needs a look.',
  ),
  'INFO',
);

const tracing = flagOr(false, 'true: X-Ray traces a share of the invocations. AWS charges for each trace.');

const alarms = settings({
  topicArn: v.optional(
    arn('sns', '', 'The SNS topic that takes the alarms of both functions. Without it the deployment makes no alarms.'),
  ),
  pageTopicArn: v.optional(
    arn('sns', '', 'The SNS topic for the alarm that a function stands, if another than topicArn takes it.'),
  ),
  recordAgeSecondsMax: integerOr(900, {
    unit: 'seconds',
    min: 1,
    max: 604_800,
    description: 'RecordAge: how far a function may be behind its topic.',
  }),
  lagRecordsMax: integerOr(10_000, {
    unit: 'records',
    min: 0,
    max: 1_000_000_000,
    description: 'LagGrowing: how many records may wait in Kafka without becoming fewer.',
  }),
  unsettledPercentMax: integerOr(20, {
    unit: 'percent',
    min: 0,
    max: 99,
    description: 'RecordsUnsettled: the share of the records that may be handed back to Lambda.',
  }),
  deadLettersMax: integerOr(0, {
    unit: 'records',
    min: 0,
    max: 1_000_000,
    description: 'DeadLetters: how many records may become dead letters within five minutes.',
  }),
  certificateDaysMin: integerOr(30, {
    unit: 'days',
    min: 1,
    max: 3650,
    description: "CertificateDaysLeft: how long DocumentDB's certificates must be valid.",
  }),
  dashboard: flagOr(
    true,
    'true: the deployment makes a CloudWatch dashboard, where topicArn is named. AWS charges for each dashboard.',
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

/** The settings that both functions' sections share. */
const deployed = (memoryMb: number) => ({
  trigger: v.optional(
    v.pipe(
      triggerChanges,
      v.description('Settings that override `trigger` for this function.'),
      v.metadata({ form: 'as `trigger`' }),
    ),
  ),
  memoryMb: integerOr(memoryMb, { unit: 'MB', min: 128, max: 10_240, description: "The function's memory." }),
  timeoutSeconds: integerOr(120, {
    unit: 'seconds',
    min: 15,
    max: FUNCTION_TIMEOUT_SECONDS_MAX,
    description:
      'The timeout of an invocation, and so the time for retries. It must exceed a DocumentDB failover (30 s) or a Kinesis request by 5 s.',
  }),
  reservedConcurrency: v.optional(
    integer({
      unit: 'invocations',
      min: 1,
      max: 100_000,
      description: "The maximum number of concurrent invocations, reserved for this function from the account's quota.",
    }),
  ),
});

export const kinesisSection = v.omit(kinesisSettings, DEPLOYMENT_SETTINGS);
export const documentdbSection = v.omit(documentdbSettings, DEPLOYMENT_SETTINGS);

/** config/<stage>.yml: every setting of a deployment. */
export const stageFile = settings({
  accountId: text('an account id of 12 digits, in quotes', /^\d{12}$/, "The functions' AWS account."),
  region: text('a region like eu-west-1', new RegExp(`^${REGION}$`), "The functions' AWS region."),
  logRetentionDays: v.optional(logRetentionDays, 30),
  logKmsKeyArn: v.optional(
    arn(
      'kms',
      'key/',
      'The customer managed KMS key that encrypts the log groups. Its policy must allow the service logs.REGION.amazonaws.com.',
    ),
  ),
  tags: v.optional(tags),
  permissionsBoundaryArn: v.optional(permissionsBoundary),
  deploymentBucket: v.optional(
    text(
      'the name of an S3 bucket',
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      'An existing bucket for the deployment packages. Without it, the deployment creates one.',
    ),
  ),
  terminationProtection: v.optional(
    flag(
      'true: CloudFormation refuses to delete the stack, and so does `serverless remove`. Each deployment sets the protection to this value; unset: the deployment leaves the protection as it is.',
    ),
  ),
  cluster: clusterSettings,
  trigger: v.optional(triggerSettings, {}),
  deadLetters: v.optional(deadLetters, {}),
  alarms: v.optional(alarms, {}),
  metrics: metricsLevel,
  logLevel,
  tracing,
  kinesisSink: v.optional(
    settings({
      ...kinesisSection.entries,
      ...deployed(512),
      kmsKeyArn: v.optional(
        arn(
          'kms',
          'key/',
          "The customer managed KMS key that encrypts the stream. Only without roleArn: a role in the stream's account has its own permission for the key.",
        ),
      ),
      subnetIds: v.optional(
        idList(
          'subnet',
          16,
          "The function's subnets. Needed only if a policy requires a VPC: the function needs none.",
        ),
      ),
      securityGroupIds: v.optional(idList('sg', 5, "The function's security groups in these subnets.")),
    }),
  ),
  documentdbSink: v.optional(
    settings({
      ...documentdbSection.entries,
      ...deployed(1024),
      secretKmsKeyArn: v.optional(
        arn(
          'kms',
          'key/',
          'The customer managed KMS key that encrypts the secret, or the secrets and parameters that a connector file names, if any.',
        ),
      ),
      subnetIds: idList('subnet', 16, "The function's subnets, in the VPC of DocumentDB."),
      securityGroupIds: idList(
        'sg',
        5,
        "The function's security groups. DocumentDB's security group must allow them on its port.",
      ),
    }),
  ),
});

export type StageFile = Readonly<v.InferOutput<typeof stageFile>>;
