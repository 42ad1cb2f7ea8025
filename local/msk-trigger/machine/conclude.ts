import { type BatchResult, batchResultOf } from './batch-result.ts';
import type { Command, InvocationResult, LogRecord } from './commands.ts';
import type { Portion } from './partition-state.ts';
import { backoffMs } from './settings.ts';
import {
  commitIfAdvanced,
  countRecords,
  type Flight,
  giveUp,
  newId,
  type Part,
  recordsOf,
  type TriggerState,
} from './trigger-state.ts';

/** Handles the end of an invocation: each partition continues separately, with its own count of retries. */
export function conclude<R extends LogRecord>(
  triggerState: TriggerState<R>,
  flight: Flight<R>,
  result: InvocationResult,
  nowMs: number,
  commands: Command<R>[],
): void {
  const batchResult = batchResultOf(triggerState.settings, recordsOf(flight.parts), result);
  const failed = unsettledParts(flight.parts, batchResult);
  triggerState.counters.invocationsEnded[batchResult.ending] += 1;
  triggerState.counters.recordsSucceeded += countRecords(flight.parts) - countRecords(failed);
  for (const { state } of flight.parts) state.inFlight = undefined;
  if (batchResult.ending === 'failed' && triggerState.settings.bisects && countRecords(failed) > 1)
    bisect(triggerState, failed, nowMs);
  else retryOrGiveUp(triggerState, failed, batchResult.ending === 'partlyFailed', nowMs, commands);
  for (const { state } of flight.parts) commitIfAdvanced(triggerState, state, commands);
}

function unsettledParts<R extends LogRecord>(
  parts: readonly Part<R>[],
  batchResult: BatchResult<R>,
): readonly Part<R>[] {
  return parts.flatMap(({ state, portion }) => {
    const records = batchResult.unsettled.get(state.topicPartition);
    if (records === undefined) return [];
    const lastResponse = batchResult.ending === 'failed' ? ('functionError' as const) : ('itemFailures' as const);
    return [{ state, portion: { ...portion, records, invocations: portion.invocations + 1, lastResponse } }];
  });
}

/**
 * Splits the batch as it was sent, not each partition's part: a poison record is alone after log2(batch) errors, and most
 * partitions are separated from it after the first. A split does not use up a retry.
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html (for the quota: kinesis-on-failure-destination.html)
 */
function bisect<R extends LogRecord>(triggerState: TriggerState<R>, parts: readonly Part<R>[], nowMs: number): void {
  const groups = [newId(triggerState), newId(triggerState)] as const;
  let firstHalfLeft = Math.ceil(countRecords(parts) / 2);
  for (const { state, portion } of parts) {
    const cut = Math.min(firstHalfLeft, portion.records.length);
    firstHalfLeft -= cut;
    const readyAtMs = nowMs + backoffMs(triggerState.settings.backoff, portion.retriesUsed + 1);
    const halves: Portion<R>[] = [
      { ...portion, records: portion.records.slice(0, cut), readyAtMs, group: groups[0] },
      { ...portion, records: portion.records.slice(cut), readyAtMs, group: groups[1] },
    ];
    state.retries.unshift(...halves.filter((half) => half.records.length > 0));
  }
}

/** A batch that failed as a whole is repeated as a whole; partitions named in a partial response are repeated separately. */
function retryOrGiveUp<R extends LogRecord>(
  triggerState: TriggerState<R>,
  parts: readonly Part<R>[],
  eachByItself: boolean,
  nowMs: number,
  commands: Command<R>[],
): void {
  const { retriesMax, backoff } = triggerState.settings;
  const sharedGroup = newId(triggerState);
  for (const { state, portion } of parts) {
    if (portion.retriesUsed >= retriesMax) continue;
    const retriesUsed = portion.retriesUsed + 1;
    const readyAtMs = nowMs + backoffMs(backoff, retriesUsed);
    state.retries.unshift({
      ...portion,
      retriesUsed,
      readyAtMs,
      group: eachByItself ? newId(triggerState) : sharedGroup,
    });
  }
  const exhausted = parts.filter((part) => part.portion.retriesUsed >= retriesMax);
  giveUp(triggerState, exhausted, 'RetryAttemptsExhausted', commands);
}
