import { untilAborted } from '../../../shared/concurrency/until-aborted.ts';
import { assertNever } from '../../../shared/errors.ts';
import { type RecordFailure, written } from '../../../shared/outcome.ts';
import { abortAt } from '../../../shared/time/deadline.ts';
import type { Claim } from '../lanes/lane.ts';
import { classifyEntry, classifyError, type EntryReply, type RequestFailure } from '../target/classify.ts';
import type { Half } from './half.ts';
import { type Run, retryTime } from './run.ts';
import { isolate } from './search.ts';

/** One request, and what comes of each of its entries. */
export async function send(run: Run, half: Half): Promise<void> {
  const { clock, meter } = run.parts;
  const { claims } = half;
  const request = run.evidence.sends();
  const result = await putRecords(run, claims);
  if (result.kind === 'answered') {
    const takenCount = applyReplies(run, claims, result.replies);
    if (takenCount > 0) run.evidence.takes(request);
    if (half.own !== undefined) half.own.isTaken = takenCount === claims.length;
    return;
  }
  meter.count('RequestsFailed');
  for (const claim of claims) run.lanes.countFailure(claim);
  switch (result.kind) {
    case 'retry':
      if (result.failure.mayBeWritten) meter.count('RequestsAmbiguous');
      return retryAll(run, claims, result.failure);
    case 'fatal':
      run.gate.shut(clock.nowMs());
      for (const claim of claims) run.lanes.retry(claim, result.failure, clock.nowMs());
      return;
    case 'rejected':
      return isolate(run, half, result.failure);
    default:
      return assertNever(result);
  }
}

type RequestResult = { readonly kind: 'answered'; readonly replies: readonly EntryReply[] } | RequestFailure;

async function putRecords(run: Run, claims: readonly Claim[]): Promise<RequestResult> {
  const { clock, meter, options, port } = run.parts;
  const startedAtMs = clock.nowMs();
  const request = abortAt(clock, Math.min(startedAtMs + options.requestTimeoutMs, run.deadline.answerByMs));
  run.delivery.sent(claims);
  try {
    const entries = claims.map(({ entry }) => entry);
    return { kind: 'answered', replies: await untilAborted(port.putRecords(entries, request.signal), request.signal) };
  } catch (error) {
    return classifyError(error);
  } finally {
    request.release();
    meter.peak('RequestDuration', clock.nowMs() - startedAtMs, 'Milliseconds');
  }
}

interface Refusal {
  readonly claim: Claim;
  readonly failure: RecordFailure;
  /** Of a shard that throttled, where it is known. */
  readonly throttledBy: string | undefined;
}

/** @returns how many entries are stored */
function applyReplies(run: Run, claims: readonly Claim[], replies: readonly EntryReply[]): number {
  run.gate.answered();
  const trusted = replies.length === claims.length;
  const refusals: Refusal[] = [];
  for (const [index, claim] of claims.entries()) {
    const reply = trusted ? replies[index] : undefined;
    const failure = classifyEntry(reply);
    if (failure === undefined && reply !== undefined) acknowledge(run, claim, reply);
    else if (failure !== undefined) refusals.push(refuse(run, claim, failure, reply));
  }
  for (const [shardId, refused] of Map.groupBy(refusals, ({ throttledBy }) => throttledBy)) {
    const retryAtMs = retryTime(
      run,
      refused.map(({ claim }) => claim),
    );
    if (shardId !== undefined) run.shardGates.shut(shardId, retryAtMs);
    for (const { claim, failure } of refused) run.lanes.retry(claim, failure, retryAtMs);
  }
  return claims.length - refusals.length;
}

function acknowledge(run: Run, claim: Claim, reply: EntryReply): void {
  run.delivery.acknowledged(claim, reply, run.parts.clock.wallTimeMs());
  for (const { position } of claim.entry.records) run.book.record(written(position));
  for (const { lane, count } of claim.shares) {
    lane.shardId = reply.shardId;
    if (lane.suspicion !== undefined) for (const record of claim.entry.records) run.evidence.forget(record);
    run.lanes.settle(lane, count);
  }
}

function refuse(run: Run, claim: Claim, failure: RecordFailure, reply: EntryReply | undefined): Refusal {
  const throttledBy = failure.code === 'throttled' ? reply?.shardId : undefined;
  run.parts.meter.count('EntriesRefused');
  if (failure.code === 'throttled') run.delivery.throttled(throttledBy, 1);
  run.lanes.countFailure(claim);
  if (throttledBy !== undefined) for (const { lane } of claim.shares) lane.shardId = throttledBy;
  return { claim, failure, throttledBy };
}

function retryAll(run: Run, claims: readonly Claim[], failure: RecordFailure): void {
  const retryAtMs = retryTime(run, claims);
  for (const claim of claims) run.lanes.retry(claim, failure, retryAtMs);
}
