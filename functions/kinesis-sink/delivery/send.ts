import { untilAborted } from '../../../shared/concurrency/until-aborted.ts';
import { assertNever } from '../../../shared/errors.ts';
import type { RecordFailure } from '../../../shared/outcome.ts';
import { abortAt } from '../../../shared/time/deadline.ts';
import type { PlannedEntry } from '../lanes/lane.ts';
import { classifyEntry, classifyError, type EntryReply, type RequestFailure } from '../target/classify.ts';
import { applyResult, countFailure } from './apply-result.ts';
import type { Half } from './half.ts';
import { type Run, retryTime } from './run.ts';
import { bisect } from './search.ts';

/** Sends one request and applies the result of each entry. */
export async function send(run: Run, half: Half): Promise<void> {
  const { clock, meter } = run.parts;
  const { plannedEntries } = half;
  const request = run.evidence.sends();
  const result = await putRecords(run, plannedEntries);
  if (result.kind === 'answered') {
    const takenCount = applyReplies(run, plannedEntries, result.replies);
    if (takenCount > 0) run.evidence.takes(request);
    if (half.own !== undefined) half.own.isStored = takenCount === plannedEntries.length;
    return;
  }
  meter.count('RequestsFailed');
  for (const plannedEntry of plannedEntries) countFailure(plannedEntry);
  switch (result.kind) {
    case 'retry':
      if (result.failure.mayBeWritten) meter.count('RequestsAmbiguous');
      return retryAll(run, plannedEntries, result.failure);
    case 'fatal':
      run.gate.trip(clock.nowMs());
      for (const plannedEntry of plannedEntries) {
        applyResult(run, plannedEntry, { kind: 'retry', failure: result.failure, readyAtMs: clock.nowMs() });
      }
      return;
    case 'rejected':
      return bisect(run, half, result.failure);
    default:
      return assertNever(result);
  }
}

type RequestResult = { readonly kind: 'answered'; readonly replies: readonly EntryReply[] } | RequestFailure;

async function putRecords(run: Run, plannedEntries: readonly PlannedEntry[]): Promise<RequestResult> {
  const { clock, meter, options, port } = run.parts;
  const startedAtMs = clock.nowMs();
  const request = abortAt(clock, Math.min(startedAtMs + options.requestTimeoutMs, run.deadline.answerByMs));
  run.batchMetrics.sent(plannedEntries);
  try {
    const entries = plannedEntries.map(({ entry }) => entry);
    return { kind: 'answered', replies: await untilAborted(port.putRecords(entries, request.signal), request.signal) };
  } catch (error) {
    return classifyError(error);
  } finally {
    request.release();
    meter.peak('RequestDuration', clock.nowMs() - startedAtMs, 'Milliseconds');
  }
}

interface Refusal {
  readonly plannedEntry: PlannedEntry;
  readonly failure: RecordFailure;
  /** The shard that throttled the entry, if the reply names it. */
  readonly throttledBy: string | undefined;
}

/** @returns the number of stored entries */
function applyReplies(run: Run, plannedEntries: readonly PlannedEntry[], replies: readonly EntryReply[]): number {
  run.gate.answered();
  const wallTimeMs = run.parts.clock.wallTimeMs();
  const trusted = replies.length === plannedEntries.length;
  const refusals: Refusal[] = [];
  for (const [index, plannedEntry] of plannedEntries.entries()) {
    const reply = trusted ? replies[index] : undefined;
    const failure = classifyEntry(reply);
    if (failure === undefined && reply !== undefined) acknowledge(run, plannedEntry, reply, wallTimeMs);
    else if (failure !== undefined) refusals.push(refuse(run, plannedEntry, failure, reply));
  }
  for (const [shardId, refused] of Map.groupBy(refusals, ({ throttledBy }) => throttledBy)) {
    const retryAtMs = retryTime(
      run,
      refused.map(({ plannedEntry }) => plannedEntry),
    );
    if (shardId !== undefined) run.shardBackoff.backOff(shardId, retryAtMs);
    for (const { plannedEntry, failure } of refused) {
      applyResult(run, plannedEntry, { kind: 'retry', failure, readyAtMs: retryAtMs, shardId });
    }
  }
  return plannedEntries.length - refusals.length;
}

function acknowledge(run: Run, plannedEntry: PlannedEntry, reply: EntryReply, wallTimeMs: number): void {
  run.batchMetrics.acknowledged(plannedEntry, reply, wallTimeMs);
  for (const { lane } of plannedEntry.slices) {
    if (lane.trial.suspicion !== undefined)
      for (const record of plannedEntry.entry.records) run.evidence.forget(record);
  }
  applyResult(run, plannedEntry, { kind: 'written', shardId: reply.shardId });
}

function refuse(run: Run, plannedEntry: PlannedEntry, failure: RecordFailure, reply: EntryReply | undefined): Refusal {
  const throttledBy = failure.code === 'throttled' ? reply?.shardId : undefined;
  run.parts.meter.count('EntriesRefused');
  if (failure.code === 'throttled') run.batchMetrics.throttled(throttledBy, 1);
  countFailure(plannedEntry);
  return { plannedEntry, failure, throttledBy };
}

function retryAll(run: Run, plannedEntries: readonly PlannedEntry[], failure: RecordFailure): void {
  const retryAtMs = retryTime(run, plannedEntries);
  for (const plannedEntry of plannedEntries) {
    applyResult(run, plannedEntry, { kind: 'retry', failure, readyAtMs: retryAtMs });
  }
}
