import type { RecordFailure, RecordOutcome } from '../../../shared/outcome.ts';
import type { MetricName } from '../../../shared/telemetry/metric-names.ts';
import type { CommandFailure } from '../target/classify.ts';
import type { LaneEntry } from './entry.ts';
import type { Doubt, EvidenceView, ProvenPoison } from './evidence.ts';

/** The result of one step. */
export type WriteResult =
  | { readonly kind: 'written' }
  /** `timestampMs`: time of the stored version, if stored */
  | { readonly kind: 'stale'; readonly timestampMs: number | undefined }
  /** a write that is not idempotent was applied before */
  | { readonly kind: 'applied' }
  /** no document matched, and the write does not upsert */
  | { readonly kind: 'noMatch' }
  /** a document with the key of the insert exists */
  | { readonly kind: 'duplicate' }
  /** `proven`: what later batches may know, if only evidence showed that the record is poison */
  | { readonly kind: 'poison'; readonly failure: RecordFailure; readonly proven?: ProvenPoison }
  /** the write changed nothing although the stored version is older or missing: another writer was faster */
  | { readonly kind: 'conflict'; readonly isFound: boolean }
  /** the write was not sent because it cannot be guarded */
  | { readonly kind: 'unguarded' }
  /** E11000 from another unique index */
  | { readonly kind: 'collision' }
  /** `commandSize`: number of writes in the command */
  | (CommandFailure & { readonly commandSize: number });

/** What a result asks for, besides the change of the lane's own state. */
export type Effect =
  | { readonly kind: 'settle'; readonly index: number; readonly outcome: RecordOutcome }
  /** the poison policy decides about the record; `policy`: a setting of its own decides; `proven`: to be remembered */
  | {
      readonly kind: 'bury';
      readonly entry: LaneEntry;
      readonly failure: RecordFailure;
      readonly policy?: 'deadLetter' | 'block';
      readonly proven?: ProvenPoison | undefined;
    }
  /** a later write of the lane settles the record */
  | { readonly kind: 'defer'; readonly index: number }
  | { readonly kind: 'count'; readonly metric: MetricName; readonly by: number }
  /** the code of an earlier refusal disappeared */
  | { readonly kind: 'notePassed'; readonly doubt: Pick<Doubt, 'code'> }
  /** no other write shows whether the collection accepts writes */
  | { readonly kind: 'requestProbe' };

/** `write`: the write is sent without a guard, as the connector does, and counted. */
export type MissingIndex = 'write' | 'deadLetter' | 'block';

/** What a lane is told with a result. */
export interface Moment {
  readonly nowMs: number;
  /** When everything that was sent with this write, and must be tried again, is sent again. */
  readonly retryAtMs: number;
  readonly evidence: EvidenceView;
  /** Whether every earlier record of the partition is settled, or deferred in this lane. */
  readonly areEarlierSettled: (lane: { readonly deferred: readonly LaneEntry[] }, head: LaneEntry) => boolean;
  /** Number of writes that the batch stored. */
  readonly writtenCount: number;
  /** What happens to a write that cannot be guarded: see collections.ts. */
  readonly missingIndex: MissingIndex;
  /** What happens to an update that matches no document. */
  readonly onNoMatch: 'ignore' | 'deadLetter';
}
