import { type Settlement, Lane as SharedLane } from '../../../shared/delivery/lane.ts';
import { assert, assertNever } from '../../../shared/errors.ts';
import { failed, ignored, type RecordFailure, type RecordOutcome, written } from '../../../shared/outcome.ts';
import type { SourceRecord } from '../../../shared/record.ts';
import type { MetricName } from '../../../shared/telemetry/metric-names.ts';
import type { SentWrite } from '../guard/write.ts';
import { CONFLICT_ROUNDS_MAX, DOUBT_PAUSE_MS, DUPLICATE_CONFIRM_MS, MISSES_CARRIED, MISSES_MAX } from '../limits.ts';
import { type HeadTrial, type LaneEntry, UNTRIED } from './entry.ts';
import type { ProvenPoison } from './evidence.ts';
import {
  asFarAsKnown,
  COLLISION,
  CONFLICT,
  DUPLICATE,
  MISMATCH,
  NO_MATCH,
  UNGUARDABLE,
  UNRESOLVABLE,
} from './failures.ts';
import { canBeDeferred, foldOf } from './folding.ts';
import { isTooMuch, judgeRefusal, type Refused } from './refusal.ts';
import type { Effect, Moment, WriteResult } from './write-result.ts';

const NOTHING: readonly Effect[] = [];
const NONE: readonly LaneEntry[] = [];

/** A fold of the first unsettled writes of a lane. */
export interface Step {
  readonly lane: Lane;
  /** Index in the lane of the first entry of the fold. */
  readonly from: number;
  /** Number of entries that the fold settles, besides the deferred ones. */
  readonly count: number;
  readonly write: SentWrite;
}

export interface LaneParts {
  readonly topicPartition: string;
  /** The identity of the document. */
  readonly identity: string;
  /** The namespace as it appears in a dead letter. */
  readonly target: string;
}

/** The records of one partition for one document, in offset order. They are settled one fold after another. */
export class Lane extends SharedLane<LaneEntry, HeadTrial> {
  readonly topicPartition: string;
  readonly identity: string;
  readonly target: string;
  #deferred = NONE;
  #foldBoundaries: Set<number> | undefined;
  #sendsSingly = false;
  #isUnguarded = false;
  /** When an insert first met a document of another writer, if no later attempt of the lane may be stored without an answer. */
  #duplicateSinceMs: number | undefined;

  constructor({ topicPartition, identity, target }: LaneParts) {
    super(UNTRIED);
    this.topicPartition = topicPartition;
    this.identity = identity;
    this.target = target;
  }

  /** Deferred entries: another document holds their unique value, so they are sent and settled with the next write of the lane. */
  get deferred(): readonly LaneEntry[] {
    return this.#deferred;
  }

  /** True once the lane conflicted with another unique index, or cannot be guarded: its records are then sent one by one. */
  get sendsSingly(): boolean {
    return this.#sendsSingly;
  }

  /** True if the lane sends its writes without a guard. */
  get isUnguarded(): boolean {
    return this.#isUnguarded;
  }

  /** Sends each of these records by itself, and not in a fold. Call before anything is sent. */
  keepApart(isApart: (record: SourceRecord) => boolean): void {
    for (const [at, { record }] of this.items.entries()) {
      if (!isApart(record)) continue;
      this.#splitAt(at);
      this.#splitAt(at + 1);
    }
  }

  /** Whether a fold ends before the entry. */
  isFoldBoundary(at: number): boolean {
    return this.#foldBoundaries?.has(at) === true;
  }

  protected override get headCount(): number {
    return foldOf(this)?.count ?? 1;
  }

  /**
   * The next fold; undefined if the head is not a write, or if the deferred entries do not fold with the head.
   * @param upTo the last index in the batch that the fold may include
   */
  step(upTo?: number): Step | undefined {
    const fold = foldOf(this, upTo);
    return fold && { lane: this, from: this.next, count: fold.count, write: fold.write };
  }

  /**
   * Applies the result of the step that was sent last. The only entry of results.
   * @throws InvariantError if the step is not of the head of this lane: no record may be settled by another one's result
   */
  apply({ step, result }: { readonly step: Step; readonly result: WriteResult }, moment: Moment): readonly Effect[] {
    assert(step.lane === this && step.from === this.next, 'a result belongs to the head of its lane');
    assert(this.state === 'open', 'a lane whose head is decided has no result to come');
    if (result.kind === 'written') return this.#settleWritten(step);
    if ('failure' in result && result.failure.mayBeWritten) this.#duplicateSinceMs = undefined;
    // An unguarded write was not sent.
    if (result.kind !== 'unguarded') this.change({ attempts: this.trial.attempts + 1 });
    switch (result.kind) {
      case 'unguarded':
        return this.#leaveGuard(step, moment);
      case 'stale':
        return this.#settleStale(step, result.timestampMs);
      case 'applied':
        return this.#settleApplied(step);
      case 'noMatch':
        return moment.onNoMatch === 'deadLetter'
          ? this.#blame(step, NO_MATCH)
          : this.#settleFold(step, ({ position }) => ignored(position, 'no_match'));
      case 'duplicate':
        return this.#confirmDuplicate(step, moment);
      case 'poison':
        return this.#blame(step, result.failure, result.proven);
      case 'conflict':
        return this.#conflict(step, result.isFound, moment);
      case 'collision':
        return this.#collide(step, COLLISION, moment);
      case 'refused':
        return this.#refuse(step, result, moment);
      case 'retry':
        this.change({ readyAtMs: moment.retryAtMs, failure: asFarAsKnown(this.trial, result.failure) });
        if (isTooMuch(this.trial, result, { ...moment, target: this.target }))
          this.change({ commandSizeMax: Math.ceil(result.commandSize / 2) });
        return [count('WriteRetries')];
      case 'credentials':
      case 'fatal':
        // The circuit breaker decides when the next attempt is due.
        this.change({ failure: asFarAsKnown(this.trial, result.failure) });
        return NOTHING;
      default:
        return assertNever(result);
    }
  }

  /** Settles a deferred record, or the record of the head. Some of the writes of a record may be deferred, and others not. */
  override settleRecord(entry: LaneEntry, outcomeOf: (record: SourceRecord) => RecordOutcome): Settlement {
    this.#deferred = this.#deferred.filter(({ index }) => index !== entry.index);
    return super.settleRecord(entry, outcomeOf);
  }

  /** Lets a blocked head be sent again, although no write was stored since it was blocked. */
  unblock(): void {
    if (this.trial.blockedAtWrittenCount !== undefined) this.change({ blockedAtWrittenCount: undefined });
  }

  override unsettled(): readonly Settlement[] {
    const deferred = this.#deferred.map(({ index, record }) => ({
      index,
      outcome: failed(record.position, COLLISION),
    }));
    return [...deferred, ...super.unsettled()];
  }

  #settleFold(
    { count: settledCount }: Step,
    outcomeOf: (record: SourceRecord) => RecordOutcome,
    more: readonly Effect[] = NOTHING,
  ): readonly Effect[] {
    const effects = [...more];
    const settle = ({ index, isLast, record }: LaneEntry) => {
      if (isLast) effects.push({ kind: 'settle', index, outcome: outcomeOf(record) });
    };
    this.#deferred.forEach(settle);
    for (let at = this.next; at < this.next + settledCount; at += 1) settle(this.items[at] as LaneEntry);
    this.#deferred = NONE;
    this.settle(settledCount);
    return effects;
  }

  #settleWritten(step: Step): readonly Effect[] {
    const { doubt } = this.trial;
    const more: Effect[] = [];
    for (const each of doubt === undefined ? [] : [doubt, ...doubt.others]) {
      if (each.entryCount === step.count) more.push({ kind: 'notePassed', doubt: each });
    }
    if (step.write.kind === 'plain') more.push(count('UnguardedWrites'));
    if (step.count > 1) more.push(count('RecordsFolded', step.count - 1));
    return this.#settleFold(step, ({ position }) => written(position), more);
  }

  /** The lane sends singly from now on, and the setting `missingIndex` decides what happens to the write. */
  #leaveGuard({ count: stepCount }: Step, { missingIndex }: Moment): readonly Effect[] {
    const { head } = this;
    this.#sendsSingly = true;
    if (head === undefined) return NOTHING;
    // Deferred entries can only be sent together with a guarded write.
    if (this.#deferred.length > 0) return [{ kind: 'settle', ...this.stop(head, { ...UNGUARDABLE, retryable: true }) }];
    if (missingIndex === 'write') this.#isUnguarded = true;
    else if (stepCount === 1) return [{ kind: 'bury', entry: head, failure: UNGUARDABLE, policy: missingIndex }];
    return NOTHING;
  }

  /** The write was applied by an earlier attempt in this batch, or before this batch. */
  #settleApplied(step: Step): readonly Effect[] {
    const isOurs = this.trial.failure?.mayBeWritten === true;
    return this.#settleFold(step, ({ position }) =>
      isOurs ? written(position) : ignored(position, 'already_applied'),
    );
  }

  /**
   * Usually another writer changed the document in between. If reads keep finding no document, the filter cannot match
   * the conflicting document: after `MISSES_MAX` reads that document counts as another document with the same unique
   * value.
   */
  #conflict(step: Step, isFound: boolean, moment: Moment): readonly Effect[] {
    const { nowMs, retryAtMs } = moment;
    const conflicts = this.trial.conflicts + 1;
    const misses = this.trial.misses + Number(!isFound);
    const pausedUntilMs = isFound ? retryAtMs : Math.min(retryAtMs, nowMs + DOUBT_PAUSE_MS);
    this.change({
      conflicts,
      misses,
      failure: CONFLICT,
      insertReplacesTombstone: step.write.kind === 'insert',
      readyAtMs: conflicts % CONFLICT_ROUNDS_MAX === 0 ? pausedUntilMs : nowMs,
    });
    if (misses <= MISSES_MAX) return NOTHING;
    const hasMoreThanId = step.write.filter.has('_id') && step.write.filter.size > 1;
    if (hasMoreThanId) return this.#blame(step, MISMATCH);
    return this.#collide(step, step.write.kind === 'plain' ? COLLISION : UNRESOLVABLE, moment);
  }

  /**
   * A read shortly after a failover may return old data: a document of another writer although the insert is stored. A read that is
   * late enough shows every write that was sent before the first such read, so that one pause serves all inserts of the lane.
   */
  #confirmDuplicate(step: Step, { nowMs }: Moment): readonly Effect[] {
    this.#duplicateSinceMs ??= nowMs;
    const readyAtMs = this.#duplicateSinceMs + DUPLICATE_CONFIRM_MS;
    if (nowMs >= readyAtMs) return this.#blame(step, DUPLICATE);
    this.change({ failure: asFarAsKnown(this.trial, { ...DUPLICATE, retryable: true }), readyAtMs });
    return NOTHING;
  }

  /**
   * Offsets decide which version is newer. A stale record with a later timestamp is only counted, for the alarm on
   * `StaleButNewer`.
   */
  #settleStale(step: Step, storedTimestampMs = Number.POSITIVE_INFINITY): readonly Effect[] {
    let newerCount = 0;
    const effects = this.#settleFold(step, ({ position, timestampMs }) => {
      newerCount += Number(timestampMs > storedTimestampMs);
      return ignored(position, 'stale');
    });
    return newerCount === 0 ? effects : [...effects, count('StaleButNewer', newerCount)];
  }

  /**
   * Halves a fold until a write is refused on its own, which is to blame: a fold of thousands of writes takes a dozen commands for
   * each of those.
   */
  #blame({ count: stepCount }: Step, failure: RecordFailure, proven?: ProvenPoison): readonly Effect[] {
    if (stepCount > 1) this.#splitAt(this.next + Math.ceil(stepCount / 2));
    else if (this.head !== undefined) return [{ kind: 'bury', entry: this.head, failure, proven }];
    return NOTHING;
  }

  #splitAt(boundary: number): void {
    this.#foldBoundaries ??= new Set();
    this.#foldBoundaries.add(boundary);
  }

  /**
   * Another document holds the unique value. A record of this batch may still change or delete that document. So the
   * write becomes poison only after all earlier records of its partition are settled, with the lane sending singly.
   */
  #collide(step: Step, failure: RecordFailure, { areEarlierSettled, writtenCount }: Moment): readonly Effect[] {
    const { head } = this;
    const collided = count('UniqueCollisions');
    this.change({ failure });
    if (!this.#sendsSingly) this.#sendsSingly = true;
    else if (head === undefined || !areEarlierSettled(this, head)) this.change({ blockedAtWrittenCount: writtenCount });
    // The document that holds the value may be written later in this batch; a later write of this lane may then give up
    // the value.
    else if (canBeDeferred(this)) return [collided, this.#defer(head)];
    else return [collided, ...this.#blame(step, { ...failure, retryable: false })];
    return [collided];
  }

  /** The next write of the same document meets the same conflict: a few reads confirm what many have shown. */
  #defer(head: LaneEntry): Effect {
    const misses = Math.min(this.trial.misses, MISSES_CARRIED);
    this.#deferred = [...this.#deferred, head];
    this.settle(1);
    this.change({ misses });
    return { kind: 'defer', index: head.index };
  }

  /** Either the write or the target caused the refusal: refusal.ts decides what is done next. */
  #refuse(step: Step, refusal: Refused, moment: Moment): readonly Effect[] {
    const verdict = judgeRefusal(this.trial, { refusal, count: step.count, target: this.target }, moment);
    this.change(verdict.trial);
    if (verdict.splitsFold) this.#splitAt(this.next + Math.ceil(step.count / 2));
    const effects: Effect[] = [count('WriteRetries')];
    if (verdict.needsProbe) effects.push({ kind: 'requestProbe' });
    if (verdict.isToBlame) effects.push(...this.#blame(step, refusal.failure, { code: refusal.code }));
    return effects;
  }
}

const count = (metric: MetricName, by = 1): Effect => ({ kind: 'count', metric, by });
