import { redrive } from './dead-letter/redrive.ts';
import { UnsettledBatchError } from './errors.ts';
import { decodeEvent, purposeOf } from './event.ts';
import { answerProbe } from './probe/probe.ts';
import { type KafkaBatchResponse, settle, toBatchResponse } from './settle.ts';
import type { Sink } from './sink-contract.ts';
import { logBatch, measureBatch } from './telemetry/batch-report.ts';
import type { BatchMeter, Log } from './telemetry/telemetry.ts';
import type { Clock } from './time/clock.ts';
import type { Deadline } from './time/deadline.ts';

/**
 * `provisioned`: the mapping has pollers of its own and reads the response.
 * `onDemand`: Lambda ignores the response, so the function has to throw for an unsettled batch.
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
 */
export type TriggerMode = 'provisioned' | 'onDemand';

export interface BatchParts {
  readonly sink: Sink;
  readonly triggerMode: TriggerMode;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: BatchMeter;
}

/**
 * Runs one invocation: decode, write, settle, report, respond. No other file knows this order. A redrive is answered in
 * every trigger mode: no mapping waits for its answer. A probe has no records.
 * @throws MalformedEventError when the event is malformed
 * @throws UnsettledBatchError when records are unsettled and Lambda would ignore the response
 */
export async function runBatch(event: unknown, deadline: Deadline, parts: BatchParts): Promise<KafkaBatchResponse> {
  const startedAtMs = parts.clock.nowMs();
  const purpose = purposeOf(event);
  if (purpose === 'probe') return answerProbe(parts.sink.probe ?? nothingToSee, deadline, parts.clock);
  const batches = decodeEvent(event);
  if (purpose === 'redrive') return redrive(batches, deadline, parts);
  const outcomes = batches.length === 0 ? [] : await parts.sink.write(batches, deadline);
  const settlements = settle(batches, outcomes);
  const { clock } = parts;
  const durationMs = clock.nowMs() - startedAtMs;
  const summary = { batches, outcomes, settlements, durationMs, wallTimeMs: clock.wallTimeMs() };
  measureBatch(summary, parts.meter);
  logBatch(summary, parts.log);
  const response = toBatchResponse(settlements);
  const unsettledCount = response.batchItemFailures.length;
  if (parts.triggerMode === 'onDemand' && unsettledCount > 0) {
    throw new UnsettledBatchError(
      `${unsettledCount} of ${outcomes.length} records are unsettled, and trigger.mode is onDemand: Lambda must retry the whole batch`,
    );
  }
  return response;
}

const nothingToSee = () => Promise.resolve([]);
