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

/** The settings under `kinesisSink` in config/<stage>.yml, and those that the deployment adds. */
export const kinesisSettings = settings({
  ...deploymentSettings,
  ...sinkSettings,
  streamArn: arn('kinesis', 'stream/', 'Target Kinesis stream, in this account or another.'),
  roleArn: v.optional(
    arn(
      'iam',
      'role/',
      "Role in the stream's account that the function assumes to write. Without this setting the function writes with its own role, which the stream's resource policy must allow.",
    ),
  ),
  externalId: v.optional(
    text(
      'an external id of 2 to 1224 letters, digits or =,.@:/-_+',
      /^[\w+=,.@:/-]{2,1224}$/,
      'External ID that the trust policy of `roleArn` requires.',
    ),
  ),
  sessionName: v.optional(
    text(
      'letters, digits or =,.@+-_ and the placeholders {stage}, {id}, {uuid}',
      SESSION_NAME_TEMPLATE,
      "Session name for AssumeRole, as shown in the other account's CloudTrail. Placeholders: {stage}, {id} (8 hexadecimal digits) and {uuid}; {id} and {uuid} differ between execution environments. 2 to 64 characters after substitution.",
    ),
    SESSION_NAME_DEFAULT,
  ),
  ordering: v.optional(
    choice(
      ['key', 'partition', 'none'],
      'Scope of ordering. `key`: records with the same partition key, within their Kafka partition. `partition`: all records of a Kafka partition, which then go to one shard. `none`: no ordering.',
    ),
    'key',
  ),
  aggregation: v.optional(
    choice(
      ['off', 'key', 'bucket'],
      'Packs several records into one Kinesis record, in the format of the Kinesis Producer Library. Consumers must deaggregate. `key`: packs consecutive records of one lane (docs/glossary.md). `bucket`: packs records whose hash keys are in the same of 128 ranges.',
    ),
    'off',
  ),
  partitionKey: v.optional(
    choice(
      ['key', 'partition', 'random', 'constant', 'jsonPointer'],
      "Source of the Kinesis partition key. `key`: the record's key, or a random key if the record has none. `partition`: topic and partition (`orders-0`). `random`: a random UUID. `constant`: `partitionKeyConstant`. `jsonPointer`: the field of the value that `partitionKeyPointer` names.",
    ),
    'key',
  ),
  partitionKeyPrefix: v.optional(
    text(
      `at most ${PARTITION_KEY_PREFIX_CHARACTERS_MAX} visible ASCII characters`,
      new RegExp(`^[!-~]{1,${PARTITION_KEY_PREFIX_CHARACTERS_MAX}}$`),
      'Prefix of every partition key, separated by a dash.',
    ),
  ),
  partitionKeyConstant: v.optional(
    text(
      `at most ${PARTITION_KEY_CHARACTERS_MAX} visible ASCII characters`,
      new RegExp(`^[!-~]{1,${PARTITION_KEY_CHARACTERS_MAX}}$`),
      'Partition key of every record, for `partitionKey: constant`. All records then go to one shard.',
    ),
  ),
  partitionKeyPointer: v.optional(
    text(
      'a JSON pointer like /customer/id (RFC 6901)',
      JSON_POINTER,
      'JSON pointer to the partition key in a JSON value, for `partitionKey: jsonPointer`. The pointer must lead to a string, a number or a boolean; a record where it does not is poison.',
    ),
  ),
  envelope: v.optional(
    choice(
      ['none', 'json'],
      'Format of the Kinesis data. `none`: the unchanged value. `json`: a JSON document with topic, partition, offset, timestamp, key, headers and value (docs/kinesis.md).',
    ),
    'none',
  ),
  tombstone: v.optional(
    choice(
      ['empty', 'skip', 'envelope'],
      'How a record with a null value is sent. `empty`: as data of zero bytes. `skip`: not at all; the record is ignored and counted. `envelope`: as an envelope whose value is null. Default: `envelope` with `envelope: json`, otherwise `empty`.',
    ),
  ),
  recordKiBMax: integerOr(RECORD_KIB_DEFAULT, {
    unit: 'KiB',
    min: 1024,
    max: RECORD_KIB_MAX,
    description: "The stream's MaxRecordSizeInKiB. A record whose data and partition key exceed this size is poison.",
  }),
  requestsInFlightMax: integerOr(4, {
    unit: 'requests',
    min: 1,
    max: 16,
    description:
      'Maximum PutRecords calls in flight. Concurrent calls hold records of different lanes, so this setting never changes the order of a key.',
  }),
  requestTimeoutMs: integerOr(10_000, {
    unit: 'milliseconds',
    min: 1_000,
    max: 60_000,
    description:
      'Timeout of one PutRecords call. Short timeouts cause duplicates: Kinesis may store the records of an aborted call, and they are sent again.',
  }),
});

export type KinesisSettings = Readonly<v.InferOutput<v.ObjectSchema<typeof kinesisSettings.entries, undefined>>>;

/** @returns the setting, or the default that depends on `envelope` */
export const tombstoneOf = ({ tombstone, envelope }: Pick<KinesisSettings, 'tombstone' | 'envelope'>) =>
  tombstone ?? (envelope === 'json' ? 'envelope' : 'empty');
