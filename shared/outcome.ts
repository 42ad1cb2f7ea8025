import { describeForeign } from './errors.ts';
import type { SourcePosition } from './record.ts';

/** A closed set, because the code is a metric dimension and a field of dead letters. */
export type FailureCode =
  // The record can never be written as it is:
  | 'payload_invalid'
  /** this project's code threw for the record, although no rule refuses the record: a fault of this project */
  | 'planning_failed'
  | 'payload_too_large'
  | 'rejected_by_target'
  | 'duplicate_key'
  /** a document that the write's filter does not match holds the unique value */
  | 'unresolvable_conflict'
  | 'no_match'
  /** the write has no guard that tells a stale version from a new one */
  | 'unguardable'
  // Another attempt may succeed:
  | 'throttled'
  | 'target_unreachable'
  | 'target_failed'
  | 'access_denied'
  | 'credentials_unavailable'
  /** the settings and the target contradict each other; either can be corrected */
  | 'misconfigured'
  /** a schema registry does not answer */
  | 'schema_unavailable'
  | 'conflict'
  | 'dead_letter_failed'
  | 'deadline_exceeded'
  | 'unclassified';

export interface RecordFailure {
  readonly code: FailureCode;
  /** False: the record can never be written as it is (poison). */
  readonly retryable: boolean;
  /** True when the target may hold the record although the attempt failed (a timeout, a write concern error). */
  readonly mayBeWritten: boolean;
  /** One line for an operator, without payload and without a foreign error's message. */
  readonly detail: string;
}

/** Why a record needs no write. A closed set, because records are counted by reason. */
export type IgnoredReason =
  /** the target holds a newer version from the same partition */
  | 'stale'
  /** the target already holds this very write */
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
  /** Not attempted: an earlier record of the same lane or document is unsettled, or the deadline passed. */
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

/** A failure that no other attempt can cure: the poison policy decides what happens to the record. */
export const poison = (code: FailureCode, detail: string): RecordFailure => ({
  code,
  retryable: false,
  mayBeWritten: false,
  detail,
});

/**
 * An error thrown while a record is planned makes that record poison: planning would throw the same error for every
 * delivery.
 */
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
