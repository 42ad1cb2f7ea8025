import * as v from 'valibot';
import { BATCH_RECORDS_MAX } from '../../shared/limits.ts';
import { choice, flagOr, integer, integerOr, settings, text } from '../../shared/parse-settings.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html: without a raised quota. */
const FILTERS_MAX = 5;

/** https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html: Lambda takes them with pollers of one's own only. */
export const PROVISIONED_SETTINGS = [
  'pollersMin',
  'pollersMax',
  'pollerGroup',
  'retryAttemptsMax',
  'recordAgeSecondsMax',
  'schemaRegistry',
  'metrics',
  'systemLogLevel',
] as const;

/** Has a value of its own for each mapping, or two mappings would read as one group. */
const CONSUMER_GROUP_DEFAULT = '{service}-{stage}-{function}-{topic}';

const topics = v.pipe(
  v.array(
    // Kafka has topics of one character, and such that begin with a dot; a mapping takes neither.
    text(
      'a topic name of 2 to 249 characters that begins with no dot',
      /^[A-Za-z0-9_-][A-Za-z0-9._-]{1,248}$/,
      'A topic.',
    ),
    'must be a list of topic names',
  ),
  v.minLength(1, 'must name at least one topic'),
  v.check((names) => new Set(names).size === names.length, 'names a topic twice'),
  v.description('The topics to read: one mapping for each topic and function.'),
);

const TIMESTAMP_FORM = 'must be a time like 2026-11-01T00:00:00Z';

const startingTimestamp = v.pipe(
  v.union([v.date(), v.string()], TIMESTAMP_FORM),
  v.transform((input) => new Date(input)),
  v.check((date) => Number.isSafeInteger(date.getTime()) && date.getTime() >= 0, TIMESTAMP_FORM),
  v.check((date) => !(date.getTime() > Date.now()), 'must not be in the future: Lambda refuses it'),
  v.description('From when on AT_TIMESTAMP reads, like 2026-11-01T00:00:00Z.'),
  v.metadata({ form: 'time' }),
);

/** Batches, pollers and retries of the event source mappings. https://docs.aws.amazon.com/lambda/latest/dg/msk-esm-parameters.html */
export const triggerSettings = settings({
  topics: v.optional(topics),
  mode: v.optional(
    choice(
      ['provisioned', 'onDemand'],
      'provisioned: pollers of our own, and Lambda repeats only the records that failed. onDemand: no pollers to pay for, and one failed record repeats its whole batch.',
    ),
    'provisioned',
  ),
  enabled: flagOr(true, 'false pauses the mapping: nothing is read, and the committed offsets stay.'),
  consumerGroupId: v.optional(
    text(
      'a group name of at most 200 letters, digits or -/*:_+=.@ and the placeholders {service}, {stage}, {function}, {topic}',
      /^(?:[a-zA-Z0-9/*:_+=.@-]|\{(?:service|stage|function|topic)\}){1,200}$/,
      "The Kafka consumer group, another for each mapping. Lambda goes on at a group's committed offsets, so a group of an earlier consumer can be taken over.",
    ),
    CONSUMER_GROUP_DEFAULT,
  ),
  startingPosition: v.optional(
    choice(
      ['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP'],
      'Where a consumer group without committed offsets begins: at the oldest record, the newest, or at startingTimestamp. LATEST can miss records while the mapping starts.',
    ),
    'TRIM_HORIZON',
  ),
  startingTimestamp: v.optional(startingTimestamp),
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
  filter: v.optional(
    v.pipe(
      v.array(
        v.strictObject(
          {
            value: v.union(
              [v.array(v.unknown()), v.record(v.string(), v.unknown())], // a record would take a list as well
              'must be a pattern of the value, like {type: [order]}',
            ),
          },
          'must be a pattern with value alone: Lambda filters Kafka records by their value',
        ),
        'must be a list of patterns like {value: {type: [order]}}',
      ),
      v.minLength(1, 'must hold at least one pattern'),
      v.maxLength(FILTERS_MAX, `must hold at most ${FILTERS_MAX} patterns`),
      v.description(
        "Patterns of the records to read, as Lambda's FilterCriteria; one that matches is enough. Other records are passed over and never seen again, tombstones among them.",
      ),
    ),
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
  pollerGroup: v.optional(
    text(
      'a name of at most 128 letters, digits, - and _, or none',
      /^[A-Za-z0-9_-]{1,128}$/,
      'Mappings of one group and VPC share the pollers that are paid for. By default one group for the stage; none: each mapping its own. Provisioned mode only.',
    ),
  ),
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
  schemaRegistry: v.optional(
    v.pipe(
      v.looseObject(
        { SchemaRegistryURI: v.string('must be the ARN of a Glue registry, or the URL of a Confluent one') },
        "must hold CloudFormation's SchemaRegistryConfig",
      ),
      v.description(
        "CloudFormation's SchemaRegistryConfig as it is: Lambda then decodes or checks the records. Provisioned mode only.",
      ),
      v.metadata({ form: 'as in CloudFormation' }),
    ),
  ),
  metrics: v.optional(
    v.pipe(
      v.array(
        choice(['EventCount', 'ErrorCount', 'KafkaMetrics'], 'Metrics.'),
        'must be a list of EventCount, ErrorCount and KafkaMetrics',
      ),
      v.description('What the mapping counts in CloudWatch. Provisioned mode only.'),
      v.metadata({ form: 'list of `EventCount`, `ErrorCount`, `KafkaMetrics`' }),
    ),
    ['EventCount', 'ErrorCount', 'KafkaMetrics'],
  ),
  systemLogLevel: v.optional(
    choice(
      ['WARN', 'INFO', 'DEBUG'],
      "What the mapping itself writes into the function's log group. Provisioned mode only.",
    ),
    'WARN',
  ),
});

export type TriggerSettings = Readonly<v.InferOutput<typeof triggerSettings>>;

/** The same settings without their defaults: what one function does otherwise. */
export const triggerChanges = v.partial(triggerSettings);
