import type { RecordFailure, RecordOutcome } from '../../../shared/outcome.ts';
import type { MetricName } from '../../../shared/telemetry/metric-names.ts';
import type { LaneEntry } from './entry.ts';
import type { Doubt, EvidenceView } from './evidence.ts';

/** What a result asks for, besides the change of the lane's own state. */
export type Effect =
  | { readonly kind: 'settle'; readonly index: number; readonly outcome: RecordOutcome }
  /** the poison policy decides about the record; `policy`: a setting of its own decides */
  | {
      readonly kind: 'bury';
      readonly entry: LaneEntry;
      readonly failure: RecordFailure;
      readonly policy?: 'deadLetter' | 'block';
    }
  /** a later write of the lane settles the record */
  | { readonly kind: 'defer'; readonly index: number }
  | { readonly kind: 'count'; readonly metric: MetricName; readonly by: number }
  /** the code of an earlier refusal disappeared */
  | { readonly kind: 'notePassed'; readonly doubt: Doubt }
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
  /** Number of settled records in the batch. */
  readonly settledCount: number;
  /** What happens to a write that cannot be guarded: see collections.ts. */
  readonly missingIndex: MissingIndex;
  /** What happens to an update that matches no document. */
  readonly onNoMatch: 'ignore' | 'deadLetter';
}
