import type { Invocation } from '../../local/lambda/invocation.ts';
import type { Counters } from '../../local/msk-trigger/machine/trigger-state.ts';
import type { Mapping } from '../../local/msk-trigger/mapping/mapping.ts';
import type { BatchPart } from '../../local/msk-trigger/runtime/run.ts';

export function mappingLine({ logicalId, topic, consumerGroupId, functionLogicalId }: Mapping): string {
  return `${logicalId}: topic ${topic}, group ${consumerGroupId} -> ${functionLogicalId}`;
}

/** `Orders: 12 records of orders-0@4..15 answered in 8 ms, 2 named as failed` */
export function invocationLine({ logicalId, topic }: Mapping, parts: readonly BatchPart[], result: Invocation): string {
  const records = parts.reduce((sum, part) => sum + part.recordCount, 0);
  const places = parts.map(
    ({ partition, firstOffset, lastOffset }) => `${topic}-${partition}@${firstOffset}..${lastOffset}`,
  );
  const duration = `${result.durationMs.toFixed(0)} ms`;
  const head = `${logicalId}: ${records} record${records === 1 ? '' : 's'} of ${places.join(', ')}`;
  if (result.kind === 'failed')
    return `${head} failed after ${duration}: ${result.errorType} ${result.errorMessage}`.trim();
  const failed = failedCount(result.payload);
  return `${head} answered in ${duration}${failed === 0 ? '' : `, ${failed} named as failed`}`;
}

export function summaryLine({ logicalId }: Mapping, counters: Counters): string {
  const { recordsSucceeded, invocationsStarted, invocationsEnded, recordsDeliveredToDestination } = counters;
  const failed = invocationsEnded.failed + invocationsEnded.refused;
  return `${logicalId}: ${recordsSucceeded} records settled by ${invocationsStarted} invocations (${failed} failed, ${invocationsEnded.partlyFailed} in part); ${recordsDeliveredToDestination} records to the destination, ${droppedCount(counters)} dropped`;
}

/** Records that no invocation settled, with a destination or without. */
export function givenUpCount(counters: Counters): number {
  return counters.recordsDeliveredToDestination + droppedCount(counters);
}

function droppedCount({ recordsDropped }: Counters): number {
  return Object.values(recordsDropped).reduce((sum, count) => sum + count, 0);
}

function failedCount(payload: string): number {
  try {
    const answer: { readonly batchItemFailures?: unknown } | null = JSON.parse(payload);
    return Array.isArray(answer?.batchItemFailures) ? answer.batchItemFailures.length : 0;
  } catch {
    return 0;
  }
}
