import * as v from 'valibot';
import { BATCH_RECORDS_MAX } from '../../shared/limits.ts';
import { arn, choice, flagOr, integer, integerOr, settings, text } from '../../shared/settings/parse-settings.ts';

/** The highest quota. https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html */
const FILTERS_MAX = 10;

/** Lambda supports these only in provisioned mode. https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html */
export const PROVISIONED_SETTINGS = [
  'pollersMin',
  'pollersMax',
  'pollerGroup',
  'retryAttemptsMax',
  'recordAgeSecondsMax',
  'schemaRegistry',
  'schemaRegistryKmsKeyArn',
  'metrics',
  'systemLogLevel',
] as const;

/** Unique for each mapping: two mappings must not share a consumer group. */
const CONSUMER_GROUP_DEFAULT = '{service}-{stage}-{function}-{topic}';

/**
 * Kafka allows topics of one character and topics that begin with a dot; a mapping allows neither.
 * https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 */
export const MAPPED_TOPIC = /^[A-Za-z0-9_-][A-Za-z0-9._-]{1,248}$/;
export const MAPPED_TOPIC_FORM = 'a topic name of 2 to 249 characters that does not begin with a dot';

const topics = v.pipe(
  v.array(text(MAPPED_TOPIC_FORM, MAPPED_TOPIC, 'A topic.'), 'must be a list of topic names'),
  v.minLength(1, 'must name at least one topic'),
  v.check((names) => new Set(names).size === names.length, 'must not name a topic twice'),
  v.description('The topics to read. Each topic and function has one event source mapping.'),
);

const TIMESTAMP_FORM = 'must be a time with its zone, such as 2026-11-01T00:00:00Z';

/** A time without a zone would be another one on each machine. A day alone begins in UTC. */
const TIMESTAMP = /^\d{4}-\d{2}-(\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** JavaScript makes March of 30 February. */
const isDay = (text: string): boolean =>
  new Date(text.slice(0, 10)).getUTCDate() === Number(TIMESTAMP.exec(text)?.[1] ?? Number.NaN);

const startingTimestamp = v.pipe(
  v.string(TIMESTAMP_FORM),
  v.check(isDay, TIMESTAMP_FORM),
  v.transform((input) => new Date(input)),
  v.check((date) => date.getTime() >= 0, TIMESTAMP_FORM),
  v.check((date) => !(date.getTime() > Date.now()), 'must not be in the future: Lambda refuses future times'),
  v.description('The time at which AT_TIMESTAMP starts, such as 2026-11-01T00:00:00Z.'),
  v.metadata({ form: 'time' }),
);

/**
 * A FIFO queue or topic is no destination.
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html, .../kafka-on-failure-destination.html
 */
const onFailure = text(
  'bucket, kafka://TOPIC, or the ARN of a standard queue or SNS topic',
  /^(?:bucket|kafka:\/\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}|arn:aws[a-z-]*:(?:sqs|sns):[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256})$/,
  'Where the mapping sends a batch that has used up its attempts. bucket: the dead-letter bucket. kafka://TOPIC: an existing topic of the same cluster, one message for each record; provisioned mode only. The ARN of an SQS queue or an SNS topic: the positions of the records without the records, which then exist only in Kafka. The dead letters of the functions go to the bucket in any case.',
);

/** `v.record` would leave out the fields `constructor`, `prototype` and `__proto__` of a pattern. */
const isSection = (input: unknown): boolean => typeof input === 'object' && input !== null && !Array.isArray(input);

const REGISTRY_URI = 'must be the ARN of a Glue registry, or the URL of a Confluent registry';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-eventsourcemapping-schemaregistryconfig.html */
const schemaRegistryConfig = v.strictObject(
  {
    SchemaRegistryURI: v.pipe(
      v.string(REGISTRY_URI),
      v.check((uri) => /^arn:[^:]+:glue:/.test(uri) || (/^https?:/.test(uri) && URL.canParse(uri)), REGISTRY_URI),
    ),
    EventRecordFormat: v.optional(v.picklist(['JSON', 'SOURCE'], 'must be JSON or SOURCE')),
    AccessConfigs: v.optional(
      v.pipe(
        v.array(
          v.strictObject(
            { Type: v.string('must be a text'), URI: v.string('must be the ARN of a secret') },
            'must have Type and URI, and nothing else',
          ),
          'must be a list of {Type, URI}',
        ),
        v.maxLength(2, 'must be at most 2'),
      ),
    ),
    SchemaValidationConfigs: v.optional(
      v.array(
        v.strictObject(
          { Attribute: v.picklist(['KEY', 'VALUE'], 'must be KEY or VALUE') },
          'must have Attribute, and nothing else',
        ),
        'must be a list of {Attribute: KEY} and {Attribute: VALUE}',
      ),
    ),
  },
  "must hold CloudFormation's SchemaRegistryConfig, and nothing else",
);

/** Batches, pollers and retries of the event source mappings. https://docs.aws.amazon.com/lambda/latest/dg/msk-esm-parameters.html */
export const triggerSettings = settings({
  topics: v.optional(topics),
  mode: v.optional(
    choice(
      ['provisioned', 'onDemand'],
      'provisioned: dedicated pollers, and Lambda repeats only the failed records. onDemand: no cost for pollers, but one failed record repeats its whole batch.',
    ),
    'provisioned',
  ),
  enabled: flagOr(true, 'false pauses the mapping: Lambda reads nothing, and the committed offsets stay.'),
  consumerGroupId: v.optional(
    text(
      'a group name of at most 200 letters, digits or -/*:_+=.@ and the placeholders {service}, {stage}, {function}, {topic}',
      /^(?:[a-zA-Z0-9/*:_+=.@-]|\{(?:service|stage|function|topic)\}){1,200}$/,
      "The Kafka consumer group, different for each mapping. Lambda continues at a group's committed offsets, so a mapping can take over the group of an earlier consumer.",
    ),
    CONSUMER_GROUP_DEFAULT,
  ),
  startingPosition: v.optional(
    choice(
      ['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP'],
      'Where a consumer group without committed offsets starts: at the oldest record, at the newest, or at startingTimestamp. LATEST can miss records while the mapping starts.',
    ),
    'TRIM_HORIZON',
  ),
  startingTimestamp: v.optional(startingTimestamp),
  batchRecordsMax: integerOr(1000, {
    unit: 'records',
    min: 1,
    max: BATCH_RECORDS_MAX,
    description: 'The maximum number of records in an invocation. An event also has a limit of 6 MB.',
  }),
  batchWindowSeconds: integerOr(1, {
    unit: 'seconds',
    min: 0,
    max: 300,
    description:
      'How long a batch may wait for more records. A longer window adds latency and lowers the number of invocations.',
  }),
  filter: v.optional(
    v.pipe(
      v.array(
        v.strictObject(
          {
            value: v.union(
              [v.array(v.unknown()), v.custom<Readonly<Record<string, unknown>>>(isSection)],
              'must be a pattern for the value, such as {type: [order]}',
            ),
          },
          'must be a pattern with value only: Lambda filters Kafka records by their value',
        ),
        'must be a list of patterns such as {value: {type: [order]}}',
      ),
      v.minLength(1, 'must hold at least one pattern'),
      v.maxLength(FILTERS_MAX, `must hold at most ${FILTERS_MAX} patterns`),
      v.description(
        "Patterns of the records to read, as in Lambda's FilterCriteria. A record must match one pattern. Lambda drops all other records for good, tombstones included. More than 5 patterns need a raised quota.",
      ),
    ),
  ),
  filterKmsKeyArn: v.optional(
    arn(
      'kms',
      'key/',
      "The customer managed KMS key with which Lambda encrypts the patterns of filter. The key's policy must allow the function's role to decrypt.",
    ),
  ),
  pollersMin: integerOr(1, {
    unit: 'pollers',
    min: 1,
    max: 200,
    description: 'The minimum number of pollers. Provisioned mode only.',
  }),
  pollersMax: integerOr(10, {
    unit: 'pollers',
    min: 1,
    max: 2000,
    description:
      'The maximum number of pollers. A mapping never uses more than its topic has partitions. Provisioned mode only.',
  }),
  pollerGroup: v.optional(
    text(
      'a name of at most 128 letters, digits, - and _, or none',
      /^[A-Za-z0-9_-]{1,128}$/,
      'Mappings with the same group and VPC share pollers. Default: one group for each function. One name for both functions halves the least cost (an event poller unit, about 130 USD a month, instead of two), but a slow target then takes pollers of the other. none: no sharing. Provisioned mode only.',
    ),
  ),
  onFailure: v.optional(onFailure, 'bucket'),
  onFailureKmsKeyArn: v.optional(
    arn('kms', 'key/', 'The customer managed KMS key of the queue or the SNS topic in onFailure, if any.'),
  ),
  retryAttemptsMax: integerOr(10_000, {
    unit: 'attempts',
    min: 0,
    max: 10_000,
    description:
      'How often the mapping repeats a batch before it sends the batch to onFailure. During an outage one attempt lasts minutes. Provisioned mode only.',
  }),
  recordAgeSecondsMax: v.optional(
    integer({
      unit: 'seconds',
      min: 60,
      max: 604_800,
      description:
        'The mapping sends older records to onFailure without an attempt. Unset: no limit. Provisioned mode only.',
    }),
  ),
  topicRetentionHours: integerOr(168, {
    unit: 'hours',
    min: 1,
    max: 87_600,
    description:
      "How long the topics keep a record: the value of their `retention.ms`, in hours. Default: Kafka's default of 7 days. Packaging only compares the value with the time for which a blocked record can block, and with the lifetime of a tombstone.",
  }),
  schemaRegistry: v.optional(
    v.pipe(
      schemaRegistryConfig,
      v.description(
        "CloudFormation's SchemaRegistryConfig, unchanged. Lambda then decodes or validates the records. Provisioned mode only.",
      ),
      v.metadata({ form: 'as in CloudFormation' }),
    ),
  ),
  schemaRegistryKmsKeyArn: v.optional(
    arn('kms', 'key/', 'The customer managed KMS key that encrypts the secrets of a Confluent registry, if any.'),
  ),
  metrics: v.optional(
    v.pipe(
      v.array(
        choice(['EventCount', 'ErrorCount', 'KafkaMetrics'], 'Metrics.'),
        'must be a list of EventCount, ErrorCount and KafkaMetrics',
      ),
      v.description("The mapping's CloudWatch metrics. Provisioned mode only."),
      v.metadata({ form: 'list of `EventCount`, `ErrorCount`, `KafkaMetrics`' }),
    ),
    ['EventCount', 'ErrorCount', 'KafkaMetrics'],
  ),
  systemLogLevel: v.optional(
    choice(
      ['WARN', 'INFO', 'DEBUG'],
      "The level of the log lines that the mapping writes to the function's log group. Provisioned mode only.",
    ),
    'WARN',
  ),
});

export type TriggerSettings = Readonly<v.InferOutput<typeof triggerSettings>>;

/** The same settings, all optional: the overrides of one function. */
export const triggerChanges = v.partial(triggerSettings);
