import { abortAt } from '../../shared/deadline.ts';
import { assertNever } from '../../shared/errors.ts';
import { type RecordFailure, written } from '../../shared/outcome.ts';
import { untilAborted } from '../../shared/until-aborted.ts';
import { classifyEntry, classifyError, type EntryReply, type RequestFailure } from './classify.ts';
import type { Claim } from './lane.ts';
import { settlePoison } from './poison.ts';
import { type Run, retryTime } from './run.ts';

/** One request, and what comes of each of its entries. */
export async function send(run: Run, claims: readonly Claim[]): Promise<void> {
  const { clock, meter } = run.parts;
  const result = await putRecords(run, claims);
  if (result.kind === 'answered') return applyReplies(run, claims, result.replies);
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
      run.gate.answered();
      return isolate(run, claims, result.failure);
    default:
      return assertNever(result);
  }
}

/**
 * One bad entry makes Kinesis refuse the whole request: halves are sent until it stands alone, each as soon as a request
 * may be opened, so that a slow one keeps no other waiting. A letter is begun at once: a search that the deadline ends has
 * got somewhere, and the next invocation goes on from there.
 */
function isolate(run: Run, claims: readonly Claim[], failure: RecordFailure): void {
  const [only] = claims;
  if (only !== undefined && claims.length === 1) {
    condemn(run, only, failure);
    return;
  }
  for (const claim of claims) run.lanes.blameClaim(claim, NOT_FOUND_OUT);
  const middle = Math.ceil(claims.length / 2);
  run.halves.unshift(claims.slice(0, middle), claims.slice(middle));
}

/** The next half of a rejected request; what would go to a shard that is full waits until that opens. */
export function claimHalf(run: Run): readonly Claim[] {
  const nowMs = run.parts.clock.nowMs();
  for (let half = run.halves.shift(); half !== undefined; half = run.halves.shift()) {
    const [held, open] = partitioned(half, (claim) => opensAtMs(run, claim) > nowMs);
    for (const claim of held) run.lanes.retry(claim, NOT_FOUND_OUT, opensAtMs(run, claim));
    if (open.length > 0) return open;
  }
  return [];
}

const partitioned = <T>(items: readonly T[], is: (item: T) => boolean): readonly [readonly T[], readonly T[]] => [
  items.filter(is),
  items.filter((item) => !is(item)),
];

const opensAtMs = ({ shardGates }: Run, { shares }: Claim): number =>
  Math.max(...shares.map(({ lane }) => shardGates.opensAtMs(lane.shardId)));

/** It is to blame itself: a record for good, an aggregate for one of its records, which is found when each is sent alone. */
function condemn(run: Run, claim: Claim, failure: RecordFailure): void {
  const [record, ...others] = claim.entry.records;
  const [share] = claim.shares;
  if (others.length > 0) run.lanes.split(claim, NOT_FOUND_OUT, run.parts.clock.nowMs());
  else if (record !== undefined && share !== undefined) {
    const { lane } = share;
    run.letters.start(settlePoison(run, { lane, record, failure, attempts: lane.failures }));
  }
}

/** Nothing is known against such a record but the company it was in. */
const NOT_FOUND_OUT: RecordFailure = {
  code: 'deadline_exceeded',
  retryable: true,
  mayBeWritten: false,
  detail: 'Kinesis rejected a request it was in, and which of its records is to blame was not found out in time',
};

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

function applyReplies(run: Run, claims: readonly Claim[], replies: readonly EntryReply[]): void {
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
}

function acknowledge(run: Run, claim: Claim, reply: EntryReply): void {
  run.delivery.acknowledged(claim, reply, run.parts.clock.wallTimeMs());
  for (const { position } of claim.entry.records) run.book.record(written(position));
  for (const { lane, count } of claim.shares) {
    lane.shardId = reply.shardId;
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
