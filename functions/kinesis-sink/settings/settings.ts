import * as v from 'valibot';
import { deploymentSettings, sinkSettings } from '../../../shared/settings/common-settings.ts';
import { arn, choice, integerOr, settings, text } from '../../../shared/settings/parse-settings.ts';
import {
  PARTITION_KEY_CHARACTERS_MAX,
  PARTITION_KEY_PREFIX_CHARACTERS_MAX,
  RECORD_KIB_DEFAULT,
  RECORD_KIB_MAX,
} from '../limits.ts';
import { JSON_POINTER } from './json-pointer.ts';
import { SESSION_NAME_DEFAULT, SESSION_NAME_TEMPLATE } from './session-name.ts';

/** What a user writes under `kinesisSink` in config/<stage>.yml, and what the deployment adds. */
export const kinesisSettings = settings({
  ...deploymentSettings,
  ...sinkSettings,
  streamArn: arn('kinesis', 'stream/', 'The Kinesis stream records are written to, in whichever account.'),
  roleArn: v.optional(
    arn(
      'iam',
      'role/',
      "The role in the stream's account that is assumed for writing. Without it the function's own role writes, and the stream's resource policy must allow it.",
    ),
  ),
  externalId: v.optional(
    text(
      'an external id of 2 to 1224 letters, digits or =,.@:/-_+',
      /^[\w+=,.@:/-]{2,1224}$/,
      "The external id the role's trust policy asks for.",
    ),
  ),
  sessionName: v.optional(
    text(
      'letters, digits or =,.@+-_ and the placeholders {stage}, {id}, {uuid}',
      SESSION_NAME_TEMPLATE,
      "The name of the role's sessions, which the other account's CloudTrail shows: 2 to 64 characters once {stage}, {id} (8 hexadecimal digits) and {uuid} are filled in, anew for each execution environment.",
    ),
    SESSION_NAME_DEFAULT,
  ),
  ordering: v.optional(
    choice(
      ['key', 'partition', 'none'],
      'What is kept in order: the records of a partition key within their Kafka partition; all of a Kafka partition, which then goes to one shard; or nothing.',
    ),
    'key',
  ),
  aggregation: v.optional(
    choice(
      ['off', 'key', 'bucket'],
      'Many records as one Kinesis record, in the format of the Kinesis Producer Library, which consumers must take apart. key: what stands in a row in one lane of the ordering; bucket: whatever goes to one of 128 parts of the hash keys.',
    ),
    'off',
  ),
  partitionKey: v.optional(
    choice(
      ['key', 'partition', 'random', 'constant', 'jsonPointer'],
      "Where the Kinesis partition key comes from: the record's key (a random one where it has none), its topic and partition (orders-0), a random UUID, partitionKeyConstant, or the value's partitionKeyPointer.",
    ),
    'key',
  ),
  partitionKeyPrefix: v.optional(
    text(
      `at most ${PARTITION_KEY_PREFIX_CHARACTERS_MAX} visible ASCII characters`,
      new RegExp(`^[!-~]{1,${PARTITION_KEY_PREFIX_CHARACTERS_MAX}}$`),
      'Stands before every partition key, with a dash.',
    ),
  ),
  partitionKeyConstant: v.optional(
    text(
      `at most ${PARTITION_KEY_CHARACTERS_MAX} visible ASCII characters`,
      new RegExp(`^[!-~]{1,${PARTITION_KEY_CHARACTERS_MAX}}$`),
      'The partition key of every record, with partitionKey: constant. All of them then go to one shard.',
    ),
  ),
  partitionKeyPointer: v.optional(
    text(
      'a JSON pointer like /customer/id (RFC 6901)',
      JSON_POINTER,
      'Where the partition key stands in a value that is JSON, with partitionKey: jsonPointer: a text, a number or a boolean. A record without it is poison.',
    ),
  ),
  envelope: v.optional(
    choice(
      ['none', 'json'],
      'What the data is: the value as it is, or a JSON document with topic, partition, offset, timestamp, key, headers and value (docs/kinesis.md).',
    ),
    'none',
  ),
  tombstone: v.optional(
    choice(
      ['empty', 'skip', 'envelope'],
      'What becomes of a record without a value: data of no bytes; nothing, it is ignored and counted; or an envelope whose value is null. Unset: envelope with envelope: json, else empty.',
    ),
  ),
  recordKiBMax: integerOr(RECORD_KIB_DEFAULT, {
    unit: 'KiB',
    min: 1024,
    max: RECORD_KIB_MAX,
    description: "The stream's MaxRecordSizeInKiB. A greater record (data and partition key) is poison.",
  }),
  requestsInFlightMax: integerOr(4, {
    unit: 'requests',
    min: 1,
    max: 16,
    description: 'PutRecords calls at once. Each carries other lanes, so the order of a key never depends on it.',
  }),
  requestTimeoutMs: integerOr(10_000, {
    unit: 'milliseconds',
    min: 1_000,
    max: 60_000,
    description:
      'One PutRecords call. Keep it long: a call given up may still be stored, and its records are then sent twice.',
  }),
});

export type KinesisSettings = Readonly<v.InferOutput<v.ObjectSchema<typeof kinesisSettings.entries, undefined>>>;

/** @returns what the setting is, where it is left to the envelope */
export const tombstoneOf = ({ tombstone, envelope }: Pick<KinesisSettings, 'tombstone' | 'envelope'>) =>
  tombstone ?? (envelope === 'json' ? 'envelope' : 'empty');
