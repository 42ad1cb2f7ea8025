import { assertNever } from '../../../shared/errors.ts';
import type { RecordFailure } from '../../../shared/outcome.ts';
import type { PackedEntry } from '../lanes/lane.ts';
import { classifyEntry, type EntryReply } from '../target/classify.ts';
import { applyResult, countFailure } from './apply-result.ts';
import { exchange } from './exchange.ts';
import type { Half } from './half.ts';
import { type Run, retryTime } from './run.ts';
import { bisect } from './search.ts';

/** Sends one request and applies the result of each entry. */
export async function send(run: Run, half: Half): Promise<void> {
  const { clock, meter } = run.parts;
  const { packedEntries } = half;
  const request = run.evidence.sends();
  const result = await exchange(run, packedEntries);
  if (result.kind === 'answered') {
    run.requestSize.answered();
    const takenCount = applyReplies(run, packedEntries, result.replies);
    if (takenCount > 0) run.evidence.takes(request);
    if (half.own !== undefined) half.own.isStored = takenCount === packedEntries.length;
    return;
  }
  meter.count('RequestsFailed');
  for (const packedEntry of packedEntries) countFailure(packedEntry);
  switch (result.kind) {
    case 'retry':
      if (result.failure.mayBeWritten) {
        meter.count('RequestsAmbiguous');
        run.requestSize.lost(packedEntries);
      }
      return retryAll(run, packedEntries, result.failure);
    case 'fatal':
      run.gate.trip(clock.nowMs());
      for (const packedEntry of packedEntries) {
        applyResult(run, packedEntry, { kind: 'retry', failure: result.failure, readyAtMs: clock.nowMs() });
      }
      return;
    case 'rejected':
      return bisect(run, half, result.failure);
    default:
      return assertNever(result);
  }
}

interface Refusal {
  readonly packedEntry: PackedEntry;
  readonly failure: RecordFailure;
  /** The shard that throttled the entry, if the reply names it. */
  readonly throttledBy: string | undefined;
}

/** @returns the number of stored entries */
function applyReplies(run: Run, packedEntries: readonly PackedEntry[], replies: readonly EntryReply[]): number {
  run.gate.answered();
  const wallTimeMs = run.parts.clock.wallTimeMs();
  const trusted = replies.length === packedEntries.length;
  const refusals: Refusal[] = [];
  for (const [index, packedEntry] of packedEntries.entries()) {
    const reply = trusted ? replies[index] : undefined;
    const failure = classifyEntry(reply);
    if (failure !== undefined) refusals.push(refuse(run, packedEntry, failure, reply));
    else acknowledge(run, packedEntry, reply as EntryReply, wallTimeMs);
  }
  for (const [shardId, refused] of Map.groupBy(refusals, ({ throttledBy }) => throttledBy)) {
    const retryAtMs = retryTime(
      run,
      refused.map(({ packedEntry }) => packedEntry),
    );
    if (shardId !== undefined) run.shardBackoff.backOff(shardId, retryAtMs);
    for (const { packedEntry, failure } of refused) {
      applyResult(run, packedEntry, { kind: 'retry', failure, readyAtMs: retryAtMs, shardId });
    }
  }
  return packedEntries.length - refusals.length;
}

function acknowledge(run: Run, packedEntry: PackedEntry, reply: EntryReply, wallTimeMs: number): void {
  run.batchMetrics.acknowledged(packedEntry, reply, wallTimeMs);
  for (const record of packedEntry.entry.records) run.evidence.forget(record);
  applyResult(run, packedEntry, { kind: 'written', shardId: reply.shardId });
}

function refuse(run: Run, packedEntry: PackedEntry, failure: RecordFailure, reply: EntryReply | undefined): Refusal {
  const throttledBy = failure.code === 'throttled' ? reply?.shardId : undefined;
  run.parts.meter.count('EntriesRefused');
  if (failure.code === 'throttled') run.batchMetrics.throttled(throttledBy, 1);
  countFailure(packedEntry);
  return { packedEntry, failure, throttledBy };
}

function retryAll(run: Run, packedEntries: readonly PackedEntry[], failure: RecordFailure): void {
  const retryAtMs = retryTime(run, packedEntries);
  for (const packedEntry of packedEntries) {
    applyResult(run, packedEntry, { kind: 'retry', failure, readyAtMs: retryAtMs });
  }
}
