import { fullJitterMs } from '../../shared/backoff.ts';
import type { Clock } from '../../shared/clock.ts';
import type { PoisonPolicy } from '../../shared/common-settings.ts';
import { deadLetterOf } from '../../shared/dead-letter.ts';
import type { DeadLetterQueue } from '../../shared/dead-letter-queue.ts';
import { abortAt, type Deadline } from '../../shared/deadline.ts';
import { assertNever } from '../../shared/errors.ts';
import { deadLettered, ignored, type RecordFailure, written } from '../../shared/outcome.ts';
import type { Sink } from '../../shared/sink-contract.ts';
import type { Meter } from '../../shared/telemetry.ts';
import { untilAborted } from '../../shared/until-aborted.ts';
import { classifyEntry, classifyError, type EntryReply, type RequestFailure } from './classify.ts';
import { type Entry, type PrepareOptions, prepare } from './entry.ts';
import { createGate, type Gate } from './gate.ts';
import { type Claim, Lanes, type PoisonClaim } from './lane.ts';
import { REQUEST_BYTES_MAX, REQUEST_RECORDS_MAX } from './limits.ts';
import { createOutcomeBook, ignoredTombstones, type OutcomeBook } from './outcomes.ts';
import { createTasks, type Tasks } from './tasks.ts';

/** What this sink needs of Kinesis. Rejects when the request was not answered as a whole. */
export interface KinesisPort {
  /** One reply per entry, in order; a caller must not trust the count. */
  putRecords(entries: readonly Entry[], signal: AbortSignal): Promise<readonly EntryReply[]>;
}

export interface KinesisSinkParts {
  readonly port: KinesisPort;
  readonly deadLetters: DeadLetterQueue;
  readonly clock: Clock;
  /** 0 <= random() < 1 */
  readonly random: () => number;
  readonly meter: Meter;
  readonly options: PrepareOptions & {
    readonly functionName: string;
    readonly streamArn: string;
    readonly onPoison: PoisonPolicy;
    readonly requestsInFlightMax: number;
    readonly requestTimeoutMs: number;
  };
}

const REQUEST_LIMITS = { recordsMax: REQUEST_RECORDS_MAX, bytesMax: REQUEST_BYTES_MAX };

/** Everything one call of `write` shares. */
interface Run {
  readonly parts: KinesisSinkParts;
  readonly deadline: Deadline;
  readonly lanes: Lanes;
  readonly gate: Gate;
  readonly book: OutcomeBook;
  readonly requests: Tasks;
  readonly letters: Tasks;
}

/** First copies of one key arrive in the order of their Kafka partition; see {@link Lanes} for the rule. */
export function createKinesisSink(parts: KinesisSinkParts): Sink {
  return {
    name: 'kinesis',
    async write(batches, deadline) {
      const prepared = batches.flatMap(({ records }) => records.map((record) => prepare(record, parts.options)));
      const run: Run = {
        parts,
        deadline,
        lanes: new Lanes(prepared.filter((item) => item.kind !== 'tombstone')),
        gate: createGate(parts.options.requestsInFlightMax),
        book: createOutcomeBook(batches),
        requests: createTasks(),
        letters: createTasks(),
      };
      for (const outcome of ignoredTombstones(prepared)) run.book.record(outcome);
      await drive(run);
      return run.book.close(run.lanes.all);
    },
  };
}

/** Starts whatever may be started, waits for the next thing to happen, until nothing is left or time is up. */
async function drive(run: Run): Promise<void> {
  const { requests, letters, parts } = run;
  const { clock } = parts;
  for (;;) {
    const nowMs = clock.nowMs();
    if (nowMs >= run.deadline.answerByMs) return;
    if (maySend(run)) start(run);
    const wakeAtMs = nextWakeAtMs(run, nowMs, requests.openCount());
    if (requests.openCount() + letters.openCount() === 0 && wakeAtMs === undefined) return;
    const woken = new AbortController();
    const timer = clock.waitUntil(wakeAtMs ?? run.deadline.answerByMs, woken.signal);
    await Promise.race([requests.nextEnd(), letters.nextEnd(), timer]);
    woken.abort();
  }
}

const maySend = ({ parts, deadline }: Run): boolean => parts.clock.nowMs() < deadline.sendUntilMs;

function start(run: Run): void {
  const { requests, letters } = run;
  const nowMs = run.parts.clock.nowMs();
  for (const claim of run.lanes.claimPoison(nowMs)) letters.start(settlePoison(run, claim));
  while (run.gate.mayOpen(nowMs, requests.openCount())) {
    const claims = run.lanes.claimRequest(nowMs, REQUEST_LIMITS);
    if (claims.length === 0) return;
    requests.start(send(run, claims));
  }
}

/** When something can be sent without anything having been answered; `undefined` when nothing can before the deadline. */
function nextWakeAtMs(run: Run, nowMs: number, openCount: number): number | undefined {
  const readyAtMs = run.lanes.nextReadyAtMs(nowMs);
  if (readyAtMs === undefined) return undefined;
  const gateAtMs = run.gate.nextChangeAtMs(nowMs);
  if (gateAtMs === undefined && openCount > 0 && readyAtMs <= nowMs) return undefined; // all slots are taken
  const wakeAtMs = Math.max(readyAtMs, gateAtMs ?? nowMs);
  return wakeAtMs < run.deadline.sendUntilMs ? wakeAtMs : undefined;
}

async function send(run: Run, claims: readonly Claim[]): Promise<void> {
  const { clock, meter } = run.parts;
  const result = await putRecords(run, claims);
  if (result.kind === 'answered') return applyReplies(run, claims, result.replies);
  meter.count('RequestsFailed');
  switch (result.kind) {
    case 'retry':
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
 * One bad entry makes Kinesis refuse the whole request: halves are sent until it stands alone. Its letter is begun at
 * once: a search that the deadline ends has got somewhere, and the next invocation goes on from there.
 */
async function isolate(run: Run, claims: readonly Claim[], failure: RequestFailure['failure']): Promise<void> {
  const sent = claims.map((claim) => ({ ...claim, failures: claim.failures + 1 }));
  const [only] = sent;
  if (only !== undefined && sent.length === 1) {
    const { lane, entry, failures } = only;
    return run.letters.start(settlePoison(run, { lane, record: entry.record, failure, attempts: failures }));
  }
  const middle = Math.ceil(sent.length / 2);
  for (const half of [sent.slice(0, middle), sent.slice(middle)]) {
    if (maySend(run) && !run.gate.isShut()) await send(run, half);
    else retryAll(run, half, NOT_FOUND_OUT);
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
  meter.count('Requests');
  meter.count('EntriesSent', claims.length);
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

function applyReplies(run: Run, claims: readonly Claim[], replies: readonly EntryReply[]): void {
  const { meter } = run.parts;
  run.gate.answered();
  const trusted = replies.length === claims.length;
  const retryAtMs = retryTime(run, claims);
  for (const [index, claim] of claims.entries()) {
    const failure = classifyEntry(trusted ? replies[index] : undefined);
    if (failure === undefined) {
      run.book.record(written(claim.entry.record.position));
      run.lanes.settle(claim.lane);
      continue;
    }
    meter.count('EntriesRefused');
    if (failure.code === 'throttled') meter.count('EntriesThrottled');
    run.lanes.retry(claim, failure, retryAtMs);
  }
}

function retryAll(run: Run, claims: readonly Claim[], failure: RequestFailure['failure']): void {
  if (failure.mayBeWritten) run.parts.meter.count('RequestsAmbiguous');
  const retryAtMs = retryTime(run, claims);
  for (const claim of claims) run.lanes.retry(claim, failure, retryAtMs);
}

/** One delay for all entries of a request, so that they are sent again together. */
function retryTime(run: Run, claims: readonly Claim[]): number {
  const attempt = 1 + Math.max(...claims.map(({ failures }) => failures));
  return run.parts.clock.nowMs() + fullJitterMs(attempt, run.parts.random());
}

/** The lane stays claimed until the letter is durable: what follows in it must not overtake a record that may come back. */
async function settlePoison(run: Run, claim: PoisonClaim): Promise<void> {
  const { clock, deadLetters, meter, options } = run.parts;
  const { lane, record, failure, attempts } = claim;
  lane.lastFailure = failure;
  if (options.onPoison === 'block') return run.lanes.block(lane, failure);
  if (options.onPoison === 'skip') {
    run.book.record(ignored(record.position, 'poison'));
    return run.lanes.settle(lane);
  }
  const letter = deadLetterOf(record, failure, {
    functionName: options.functionName,
    target: options.streamArn,
    stage: attempts === 0 ? 'converting' : 'writing',
    attempts,
    atMs: clock.nowMs(),
  });
  const durable = await deadLetters.put(letter, run.deadline);
  if (!durable) {
    const detail = `its dead letter could not be written; it is one because: ${failure.detail}`;
    return run.lanes.block(lane, { ...failure, code: 'dead_letter_failed', retryable: true, detail });
  }
  meter.count('DeadLetters');
  run.book.record(deadLettered(record.position, failure.code));
  run.lanes.settle(lane);
}
