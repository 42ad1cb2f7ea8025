import { describeForeign } from './errors.ts';
import type { SourcePosition } from './record.ts';

/** Closed, because it is a metric dimension and a field of dead letters. */
export type FailureCode =
  // will never succeed as it is
  | 'payload_invalid'
  /** our code threw for it, where no rule of ours refuses it: a fault of ours that this record shows */
  | 'planning_failed'
  | 'payload_too_large'
  | 'rejected_by_target'
  | 'duplicate_key'
  /** a document that its filter does not find stands in the way */
  | 'unresolvable_conflict'
  | 'no_match'
  /** nothing would tell a stale version of it from a new one */
  | 'unguardable'
  // may succeed later
  | 'throttled'
  | 'target_unreachable'
  | 'target_failed'
  | 'access_denied'
  | 'credentials_unavailable'
  /** the settings and the target do not go together; either can be mended */
  | 'misconfigured'
  | 'conflict'
  | 'dead_letter_failed'
  | 'deadline_exceeded'
  | 'unclassified';

export interface RecordFailure {
  readonly code: FailureCode;
  /** False: this record can never succeed as it is (poison). */
  readonly retryable: boolean;
  /** True when the target may hold the record all the same (a timeout, a write concern). */
  readonly mayBeWritten: boolean;
  /** One line for a human, in our words: no payload, no foreign message. */
  readonly detail: string;
}

/** Why a record needs no write. Closed, counted by reason. */
export type IgnoredReason =
  /** the target holds a newer version from the same partition */
  | 'stale'
  /** the target holds exactly this write already */
  | 'already_applied'
  | 'tombstone'
  | 'poison'
  | 'no_match'
  | 'noop'
  /** a single message transform dropped it */
  | 'filtered';

export type RecordOutcome =
  | { readonly kind: 'written'; readonly position: SourcePosition }
  | { readonly kind: 'ignored'; readonly position: SourcePosition; readonly reason: IgnoredReason }
  | { readonly kind: 'deadLettered'; readonly position: SourcePosition; readonly code: FailureCode }
  | { readonly kind: 'failed'; readonly position: SourcePosition; readonly failure: RecordFailure }
  /** Not attempted: an earlier record of its lane or document is unsettled, or time was up. */
  | { readonly kind: 'skipped'; readonly position: SourcePosition; readonly blockedBy: SourcePosition | 'deadline' };

export type OutcomeKind = RecordOutcome['kind'];

export const written = (position: SourcePosition): RecordOutcome => ({ kind: 'written', position });

export const ignored = (position: SourcePosition, reason: IgnoredReason): RecordOutcome => ({
  kind: 'ignored',
  position,
  reason,
});

export const deadLettered = (position: SourcePosition, code: FailureCode): RecordOutcome => ({
  kind: 'deadLettered',
  position,
  code,
});

export const failed = (position: SourcePosition, failure: RecordFailure): RecordOutcome => ({
  kind: 'failed',
  position,
  failure,
});

export const skipped = (position: SourcePosition, blockedBy: SourcePosition | 'deadline'): RecordOutcome => ({
  kind: 'skipped',
  position,
  blockedBy,
});

/** A failure that no retry can mend: the record becomes a dead letter, or what the poison policy says. */
export const poison = (code: FailureCode, detail: string): RecordFailure => ({
  code,
  retryable: false,
  mayBeWritten: false,
  detail,
});

/** What planning a record threw is poison for that record: it would be thrown again whenever the record comes. */
export const planningFailed = (error: unknown): RecordFailure =>
  poison(
    'planning_failed',
    `planning the record failed (${describeForeign(error)}): this is a fault of the sink, please report it`,
  );

/** Whether the offset may be committed as far as this record is concerned (G1). */
export function isSettled(outcome: RecordOutcome): boolean {
  switch (outcome.kind) {
    case 'written':
    case 'ignored':
    case 'deadLettered':
      return true;
    case 'failed':
    case 'skipped':
      return false;
  }
}
