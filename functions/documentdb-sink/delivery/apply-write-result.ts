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
  /** When everything of the round that must be tried again is sent again. */
  readonly retryAtMs: number;
}

/** `write`: the write is sent without a guard, as the connector does, and counted. */
export type MissingIndex = 'write' | 'deadLetter' | 'block';

export interface WriteResultApplierParts {
  readonly outcomes: OutcomeCollector;
  readonly poison: PoisonHandler;
  readonly meter: Meter;
  readonly evidence: Evidence;
  /** What happens to a write that cannot be guarded: see collections.ts. */
  readonly missingIndex: MissingIndex;
  /** What happens to an update that matches no document. */
  readonly onNoMatch: 'ignore' | 'deadLetter';
}

/** Applies the result of each step: settles records, and decides how the lane continues. */
export class WriteResultApplier {
  readonly #parts: WriteResultApplierParts;

  constructor(parts: WriteResultApplierParts) {
    this.#parts = parts;
  }

  /**
   * Applies all results of a round. Evidence from this round counts from the next round on, because evidence must be
   * older than a refusal.
   */
  applyRound(results: readonly StepResult[], times: Times): void {
    for (const { step, result } of results) this.record(step, result, times);
    for (const { step, result } of results) {
      if (result.kind === 'written') this.#parts.evidence.noteTaken(step.lane.target, times.nowMs);
    }
  }

  record(step: Step, result: WriteResult, { nowMs, retryAtMs }: Times): void {
    const { lane } = step;
    // An unguarded write was not sent.
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
        // The circuit breaker decides when the next attempt is due.
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

  /** The lane sends singly from now on, and the setting `missingIndex` decides what happens to the write. */
  #leaveGuard({ lane, count }: Step): void {
    const { outcomes, missingIndex, poison } = this.#parts;
    const head = headOf(lane);
    lane.sendsSingly = true;
    // Deferred entries can only be sent together with a guarded write.
    if (lane.deferred.length > 0 && head !== undefined) outcomes.stop(lane, head, { ...UNGUARDABLE, retryable: true });
    else if (missingIndex === 'write') lane.isUnguarded = true;
    else if (count === 1 && head !== undefined) {
      poison.settle(lane, head, UNGUARDABLE, { stage: 'writing', policy: missingIndex });
    }
  }

  /** The write was applied by an earlier attempt in this batch, or before this batch. */
  #settleApplied(step: Step): void {
    const isOurs = step.lane.failure?.mayBeWritten === true;
    this.#parts.outcomes.settleFold(step, ({ record: { position } }) =>
      isOurs ? written(position) : ignored(position, 'already_applied'),
    );
  }

  /**
   * Usually another writer changed the document in between. If reads keep finding no document, the filter cannot match
   * the conflicting document: after `MISSES_MAX` reads that document counts as another document with the same unique
   * value.
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

  /**
   * A read shortly after a failover may return old data, so the duplicate is confirmed by a second read after a pause.
   */
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

  /**
   * Offsets decide which version is newer. A stale record with a later timestamp is only counted, for the alarm on
   * `StaleButNewer`.
   */
  #settleStale(step: Step, storedTimestampMs: number | undefined): void {
    this.#parts.outcomes.settleFold(step, ({ record }) => {
      if (storedTimestampMs !== undefined && record.timestampMs > storedTimestampMs) {
        this.#parts.meter.count('StaleButNewer');
      }
      return ignored(record.position, 'stale');
    });
  }

  /**
   * Splits the last write off a fold; a write that is refused on its own is to blame. Until then, the remaining fold is
   * split in the same way.
   */
  #blame({ lane, count }: Step, failure: RecordFailure): void {
    const head = headOf(lane);
    if (count > 1) lane.foldBoundaries.add(lane.next + count - 1);
    else if (head !== undefined) this.#parts.poison.settle(lane, head, failure, { stage: 'writing' });
  }

  /**
   * Another document holds the unique value. A record of this batch may still change or delete that document. So the
   * write becomes poison only after all earlier records of its partition are settled, with the lane sending singly.
   */
  #collide(step: Step, failure: RecordFailure): void {
    const { lane } = step;
    const head = headOf(lane);
    this.#parts.meter.count('UniqueCollisions');
    lane.failure = failure;
    if (!lane.sendsSingly) lane.sendsSingly = true;
    else if (head !== undefined && this.#parts.outcomes.areEarlierSettled(lane, head)) {
      // The document that holds the value may be written later in this batch; a later write of this lane may then give
      // up the value.
      if (canBeDeferred(lane)) this.#parts.outcomes.defer(lane, head);
      else this.#blame(step, { ...failure, retryable: false });
    } else lane.blockedAtSettledCount = this.#parts.outcomes.settledCount;
  }

  /**
   * Either the write or the target caused the refusal. While the target accepts other writes, the refused write is sent
   * in ever smaller commands, and a fold in ever smaller parts. A single write that is refused repeatedly is to blame.
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
      if (!isFirst) evidence.requestProbe(lane.target);
    } else if (isOfCommand) halve(lane, refusal, nowMs);
    else if (refusal.commandSize > 1) lane.commandSizeMax = 1;
    else if (count > 1) {
      lane.foldBoundaries.add(lane.next + Math.ceil(count / 2));
      lane.notBeforeMs = nowMs;
    } else if (doubt.refusals >= REFUSALS_MAX) {
      if (!evidence.hasTakenSince(lane.target, doubt.previousMs)) evidence.requestProbe(lane.target);
      else if (evidence.blames(lane.target, doubt, refusal.evidence)) this.#blame(step, refusal.failure);
    }
  }
}

type Refused = WriteResult & { readonly kind: 'refused' };

/** A smaller command is sent without a pause. */
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

/** A later failure does not show whether an earlier attempt was stored; only a read or an acknowledgement does. */
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
