import * as v from 'valibot';
import { deploymentSettings, sinkSettings } from '../../shared/common-settings.ts';
import { arn, choice, integerOr, settings, text } from '../../shared/parse-settings.ts';
import { RECORD_KIB_DEFAULT, RECORD_KIB_MAX } from './limits.ts';

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
  tombstone: v.optional(
    choice(['empty', 'skip'], 'A record without a value becomes an entry without data, or is ignored and counted.'),
    'empty',
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
