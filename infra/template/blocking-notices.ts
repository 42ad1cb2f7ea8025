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
  const topics = `the topics keep their records for ${inWords(retentionSeconds)} (trigger.topicRetentionHours)`;
  const tooFew = `${name}: a blocked record blocks for at most ${inWords(retryAttemptsMax * attemptSeconds)} (retryAttemptsMax ${retryAttemptsMax} x ${attemptSeconds} s), but ${topics}. The mapping then moves its batch to the dead-letter bucket: raise retryAttemptsMax or timeoutSeconds`;
  const tooOld = `${name}: a blocked record blocks for at most ${inWords(recordAgeSecondsMax ?? 0)} (recordAgeSecondsMax), but ${topics}. The mapping then moves the record to the dead-letter bucket: remove recordAgeSecondsMax, or make it longer`;
  return [
    ...(retryAttemptsMax * attemptSeconds < retentionSeconds ? [tooFew] : []),
    ...(recordAgeSecondsMax !== undefined && recordAgeSecondsMax < retentionSeconds ? [tooOld] : []),
  ];
}

/** `1.3 days`, `1 hour`. */
function inWords(seconds: number): string {
  const hours = seconds / HOUR_SECONDS;
  const [count, unit] = hours < 48 ? [hours, 'hour'] : [hours / 24, 'day'];
  const rounded = Math.round(count * 10) / 10;
  return `${rounded} ${unit}${rounded === 1 ? '' : 's'}`;
}
