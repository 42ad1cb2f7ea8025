import { functionSettings } from '../../functions/documentdb-sink/connector/file/function-settings.ts';
import { SEND_RESERVE_MS } from '../../shared/limits.ts';
import type { DeployedFunction, Deployment } from './deployment.ts';

const HOUR_SECONDS = 3_600;

/**
 * Warns where the mapping gives a blocked batch up before the topic deletes its records. On demand, Lambda repeats a batch
 * without a limit. https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
 */
export const blockingNoticesOf = (deployment: Deployment): readonly string[] =>
  deployment.functions.flatMap((each) => (blocks(deployment, each) ? noticesOf(each) : []));

function blocks({ connector, file }: Deployment, { name, trigger }: DeployedFunction): boolean {
  if (trigger.mode === 'onDemand') return false;
  if (name === 'kinesisSink' || connector === undefined) return file[name]?.onPoison === 'block';
  const { onPoison, missingIndex } = functionSettings(connector.connector);
  return onPoison === 'block' || missingIndex === 'block';
}

function noticesOf({ name, trigger, timeoutSeconds }: DeployedFunction): readonly string[] {
  const { retryAttemptsMax, recordAgeSecondsMax, topicRetentionHours } = trigger;
  const attemptSeconds = timeoutSeconds - SEND_RESERVE_MS / 1_000;
  const retentionSeconds = topicRetentionHours * HOUR_SECONDS;
  const topics = topicsKeep(trigger);
  const tooFew = `${name}: a blocked record blocks for at most ${inWords(retryAttemptsMax * attemptSeconds)} (retryAttemptsMax ${retryAttemptsMax} x ${attemptSeconds} s), but ${topics}. The mapping then moves its batch to the dead-letter bucket: raise retryAttemptsMax or timeoutSeconds`;
  const tooOld = `${name}: a blocked record blocks for at most ${inWords(recordAgeSecondsMax ?? 0)} (recordAgeSecondsMax), but ${topics}. The mapping then moves the record to the dead-letter bucket: remove recordAgeSecondsMax, or make it longer`;
  return [
    ...(retryAttemptsMax * attemptSeconds < retentionSeconds ? [tooFew] : []),
    ...(recordAgeSecondsMax !== undefined && recordAgeSecondsMax < retentionSeconds ? [tooOld] : []),
  ];
}

/** Warns where a rewind to the oldest record can restore a deleted document, because its tombstone is gone. */
export const tombstoneNoticesOf = ({ connector, file, functions }: Deployment): readonly string[] =>
  functions.flatMap(({ name, trigger }) => {
    if (name === 'kinesisSink' || file.documentdbSink === undefined) return [];
    const { deletes, tombstoneTtlSeconds } =
      connector === undefined ? file.documentdbSink : functionSettings(connector.connector);
    const retentionSeconds = trigger.topicRetentionHours * HOUR_SECONDS;
    if (deletes === 'hard' || tombstoneTtlSeconds >= retentionSeconds) return [];
    const setting = connector === undefined ? 'tombstoneTtlSeconds' : 'msksinks.deletes.tombstone.ttl.seconds';
    return [
      `${name}: a tombstone lives for ${inWords(tombstoneTtlSeconds)} (${setting}), but ${topicsKeep(trigger)}. An older write that is delivered again after that restores the deleted document: raise ${setting}`,
    ];
  });

const topicsKeep = ({ topicRetentionHours }: DeployedFunction['trigger']): string =>
  `the topics keep their records for ${inWords(topicRetentionHours * HOUR_SECONDS)} (trigger.topicRetentionHours)`;

/** `1.3 days`, `1 hour`. */
function inWords(seconds: number): string {
  const hours = seconds / HOUR_SECONDS;
  const [count, unit] = hours < 48 ? [hours, 'hour'] : [hours / 24, 'day'];
  const rounded = Math.round(count * 10) / 10;
  return `${rounded} ${unit}${rounded === 1 ? '' : 's'}`;
}
