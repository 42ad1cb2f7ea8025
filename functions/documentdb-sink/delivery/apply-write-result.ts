import { assertNever } from '../../../shared/errors.ts';
import { ignored, poison, type RecordFailure, written } from '../../../shared/outcome.ts';
import type { Meter } from '../../../shared/telemetry.ts';
import type { Doubt, Evidence } from '../lanes/evidence.ts';
import { canBeDeferred, headOf, type Lane, type Step } from '../lanes/lane.ts';
import type { StepResult, WriteResult } from '../lanes/write-result.ts';
import {
  CONFLICT_ROUNDS_MAX,
  DOUBT_PAUSE_MS,
  DUPLICATE_CONFIRM_MS,
  MISSES_MAX,
  REFUSALS_MAX,
  THROTTLE_PAUSE_MS,
} from '../limits.ts';
import { COLLISION, type OutcomeCollector } from './outcome-collector.ts';
import type { PoisonHandler } from './poison.ts';

export interface Times {
  readonly nowMs: number;
  /** For everything of the wave that is tried again. */
  readonly retryAtMs: number;
}

/** The connector writes it; here that is done without the guard, and counted. */
export type MissingIndex = 'write' | 'deadLetter' | 'block';

export interface WriteResultApplierParts {
  readonly outcomes: OutcomeCollector;
  readonly poison: PoisonHandler;
  readonly meter: Meter;
  readonly evidence: Evidence;
  /** What becomes of a write that cannot be guarded: see collections.ts. */
  readonly missingIndex: MissingIndex;
  /** What becomes of an update that finds nothing to change. */
  readonly onNoMatch: 'ignore' | 'deadLetter';
}

/** Settles what a verdict settles, and decides how its lane goes on. */
export class WriteResultApplier {
  readonly #parts: WriteResultApplierParts;

  constructor(parts: WriteResultApplierParts) {
    this.#parts = parts;
  }

  /** Every verdict of a wave. What the wave shows of the target counts from the next one on: evidence precedes a refusal. */
  applyRound(results: readonly StepResult[], times: Times): void {
    for (const { step, result } of results) this.record(step, result, times);
    for (const { step, result } of results) {
      if (result.kind === 'written') this.#parts.evidence.noteTaken(step.lane.target, times.nowMs);
    }
  }

  record(step: Step, result: WriteResult, { nowMs, retryAtMs }: Times): void {
    const { lane } = step;
    // It was not sent.
    if (result.kind !== 'unguarded') lane.attempts += 1;
    switch (result.kind) {
      case 'written':
        this.#settleWritten(step);
        return;
      case 'unguarded':
        this.#leaveGuard(step);
        return;
      case 'stale':
        this.#settleStale(step, result.timestampMs);
        return;
      case 'applied':
        this.#settleApplied(step);
        return;
      case 'noMatch':
        if (this.#parts.onNoMatch === 'deadLetter') this.#blame(step, NO_MATCH);
        else this.#parts.outcomes.settleFold(step, ({ record }) => ignored(record.position, 'no_match'));
        return;
      case 'duplicate':
        this.#confirmDuplicate(step, nowMs);
        return;
      case 'poison':
        this.#blame(step, result.failure);
        return;
      case 'conflict':
        this.#conflict(step, result, { nowMs, retryAtMs });
        return;
      case 'collision':
        this.#collide(step, COLLISION);
        return;
      case 'refused':
        this.#refuse(step, result, { nowMs, retryAtMs });
        return;
      case 'retry':
        this.#parts.meter.count('WriteRetries');
        lane.notBeforeMs = retryAtMs;
        lane.failure = asFarAsKnown(lane, result.failure);
        if (result.isTooSlow === true) lane.commandSizeMax = Math.ceil(result.commandSize / 2);
        return;
      case 'credentials':
      case 'fatal':
        // A gate says when the next try is due.
        lane.failure = asFarAsKnown(lane, result.failure);
        return;
      default:
        assertNever(result);
    }
  }

  #settleWritten(step: Step): void {
    const { doubt, target } = step.lane;
    if (doubt?.entryCount === step.count) this.#parts.evidence.notePassed(target, doubt);
    if (step.write.kind === 'plain') this.#parts.meter.count('UnguardedWrites');
    if (step.count > 1) this.#parts.meter.count('RecordsFolded', step.count - 1);
    this.#parts.outcomes.settleFold(step, ({ record }) => written(record.position));
  }

  /** It stands alone from now on, and the settings say what becomes of it. */
  #leaveGuard({ lane, count }: Step): void {
    const { outcomes, missingIndex, poison } = this.#parts;
    const head = headOf(lane);
    lane.sendsSingly = true;
    // What is carried could not be sent in one with it.
    if (lane.deferred.length > 0 && head !== undefined) outcomes.stop(lane, head, { ...UNGUARDABLE, retryable: true });
    else if (missingIndex === 'write') lane.isUnguarded = true;
    else if (count === 1 && head !== undefined) {
      poison.settle(lane, head, UNGUARDABLE, { stage: 'writing', policy: missingIndex });
    }
  }

  /** By an earlier try of this batch, or before it. */
  #settleApplied(step: Step): void {
    const isOurs = step.lane.failure?.mayBeWritten === true;
    this.#parts.outcomes.settleFold(step, ({ record: { position } }) =>
      isOurs ? written(position) : ignored(position, 'already_applied'),
    );
  }

  /**
   * Somebody came in between, as a rule. Otherwise the filter does not find the document that stands in the way: after so
   * many rounds that one counts as another document with the same unique value.
   */
  #conflict(step: Step, { isFound }: WriteResult & { kind: 'conflict' }, { nowMs, retryAtMs }: Times): void {
    const { lane, write } = step;
    lane.conflicts += 1;
    lane.misses += Number(!isFound);
    lane.failure = CONFLICT;
    lane.insertReplacesTombstone = write.kind === 'insert';
    const pausedUntilMs = isFound ? retryAtMs : Math.min(retryAtMs, nowMs + DOUBT_PAUSE_MS);
    lane.notBeforeMs = lane.conflicts % CONFLICT_ROUNDS_MAX === 0 ? pausedUntilMs : nowMs;
    if (lane.misses <= MISSES_MAX) return;
    const hasMoreThanId = write.filter.has('_id') && write.filter.size > 1;
    if (hasMoreThanId) this.#blame(step, MISMATCH);
    else this.#collide(step, UNRESOLVABLE);
  }

  /** Right after a failover a read may be of a moment ago: it is looked at once more, when that is past. */
  #confirmDuplicate(step: Step, nowMs: number): void {
    const { lane } = step;
    lane.duplicateAtMs ??= nowMs;
    if (nowMs - lane.duplicateAtMs >= DUPLICATE_CONFIRM_MS) {
      this.#blame(step, DUPLICATE);
      return;
    }
    lane.failure = asFarAsKnown(lane, { ...DUPLICATE, retryable: true });
    lane.notBeforeMs = lane.duplicateAtMs + DUPLICATE_CONFIRM_MS;
  }

  /** A producer's clock says that an older offset is the newer version: an alarm's matter, for offsets decide. */
  #settleStale(step: Step, storedTimestampMs: number | undefined): void {
    this.#parts.outcomes.settleFold(step, ({ record }) => {
      if (storedTimestampMs !== undefined && record.timestampMs > storedTimestampMs) {
        this.#parts.meter.count('StaleButNewer');
      }
      return ignored(record.position, 'stale');
    });
  }

  /** Of a fold the last write is cut off, and blamed once it is refused without the others; then so is the one before it. */
  #blame({ lane, count }: Step, failure: RecordFailure): void {
    const head = headOf(lane);
    if (count > 1) lane.foldBoundaries.add(lane.next + count - 1);
    else if (head !== undefined) this.#parts.poison.settle(lane, head, failure, { stage: 'writing' });
  }

  /**
   * Another document holds a unique value. It may be one that a record of this very batch changes or deletes, so it is
   * poison only once everything before it in its partition is settled, sent record by record.
   */
  #collide(step: Step, failure: RecordFailure): void {
    const { lane } = step;
    const head = headOf(lane);
    this.#parts.meter.count('UniqueCollisions');
    lane.failure = failure;
    if (!lane.sendsSingly) lane.sendsSingly = true;
    else if (head !== undefined && this.#parts.outcomes.areEarlierSettled(lane, head)) {
      // It may be this batch's own later write that holds the value: then a later one of this document gives it up.
      if (canBeDeferred(lane)) this.#parts.outcomes.defer(lane, head);
      else this.#blame(step, { ...failure, retryable: false });
    } else lane.blockedAtSettledCount = this.#parts.outcomes.settledCount;
  }

  /**
   * Either the write is to blame or the target. While the target takes other writes, what was refused is sent in ever smaller
   * company, and a fold in ever smaller parts; one write that is refused by itself again and again is to blame.
   */
  #refuse(step: Step, refusal: Refused, { nowMs, retryAtMs }: Times): void {
    const { lane, count } = step;
    const { evidence, meter } = this.#parts;
    meter.count('WriteRetries');
    lane.failure = asFarAsKnown(lane, { ...refusal.failure, retryable: true });
    const doubt = doubtOf(step, refusal, nowMs);
    const isFirst = lane.doubt === undefined;
    lane.doubt = doubt;
    lane.notBeforeMs = nowMs + pauseMsOf(refusal);
    const isOfCommand = !refusal.isNamed && refusal.commandSize > 1;
    if (isOfCommand && !refusal.failure.mayBeWritten) halve(lane, refusal, nowMs);
    else if (!evidence.hasTakenSince(lane.target, doubt.sinceMs)) {
      lane.notBeforeMs = Math.max(lane.notBeforeMs, retryAtMs);
      if (!isFirst) evidence.wantProbe(lane.target);
    } else if (isOfCommand) halve(lane, refusal, nowMs);
    else if (refusal.commandSize > 1) lane.commandSizeMax = 1;
    else if (count > 1) {
      lane.foldBoundaries.add(lane.next + Math.ceil(count / 2));
      lane.notBeforeMs = nowMs;
    } else if (doubt.refusals >= REFUSALS_MAX) {
      if (!evidence.hasTakenSince(lane.target, doubt.previousMs)) evidence.wantProbe(lane.target);
      else if (evidence.blames(lane.target, doubt, refusal.evidence)) this.#blame(step, refusal.failure);
    }
  }
}

type Refused = WriteResult & { readonly kind: 'refused' };

/** Smaller commands need no pause. */
function halve(lane: Lane, { commandSize }: Refused, nowMs: number): void {
  lane.commandSizeMax = Math.ceil(commandSize / 2);
  lane.notBeforeMs = nowMs;
}

function doubtOf({ lane, count }: Step, { code, isNamed, commandSize }: Refused, nowMs: number): Doubt {
  const known = lane.doubt?.code === code ? lane.doubt : undefined;
  const isOwn = isNamed || commandSize === 1;
  return {
    code,
    sinceMs: known?.sinceMs ?? nowMs,
    previousMs: known?.lastMs ?? nowMs,
    lastMs: nowMs,
    refusals: (known?.refusals ?? 0) + Number(isOwn && count === 1),
    entryCount: isOwn ? count : 0,
  };
}

const pauseMsOf = ({ evidence }: Refused): number => (evidence === 'write' ? THROTTLE_PAUSE_MS : DOUBT_PAUSE_MS);

/** Whether an earlier try was stored, the failure of a later one does not tell; only a read or an acknowledgement does. */
const asFarAsKnown = (lane: Lane, failure: RecordFailure): RecordFailure => ({
  ...failure,
  mayBeWritten: failure.mayBeWritten || lane.failure?.mayBeWritten === true,
});

const DUPLICATE = poison('duplicate_key', 'a document with this _id exists, and the record may only insert');
const MISMATCH = poison(
  'duplicate_key',
  'the document with this _id has other values in the remaining fields of the filter',
);
const UNGUARDABLE = poison(
  'unguardable',
  'the collection has no unique index on exactly the fields of the filter, so the write cannot be guarded against stale versions: create the index, or set msksinks.guard.missingIndex=write',
);
const NO_MATCH = poison('no_match', 'no document matches the filter, and the record may not insert one');

const unsettled = (code: RecordFailure['code'], detail: string): RecordFailure => ({
  code,
  retryable: true,
  mayBeWritten: false,
  detail,
});
const UNRESOLVABLE = unsettled(
  'unresolvable_conflict',
  'the write conflicts with a document that its filter does not find: an array, a collation or an index that DocumentDB does not name',
);
const CONFLICT = unsettled('conflict', 'other writers changed the document between every read and the write after it');
