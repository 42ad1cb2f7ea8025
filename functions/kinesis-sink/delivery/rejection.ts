import type { RecordFailure } from '../../../shared/outcome.ts';
import type { Evidence, HalfResult } from '../lanes/evidence.ts';
import type { Item, LaneSlice, PackedEntry, SliceResult } from '../lanes/lane.ts';
import { REJECTION_CONFIRM_MS } from '../limits.ts';
import type { RequestGate } from './request-gate.ts';
import { CAUSE_UNKNOWN } from './search.ts';

export interface Rejection {
  readonly failure: RecordFailure;
  /** The other half of the rejected request, if there was one. */
  readonly others: HalfResult | undefined;
}

export interface RejectionJudge {
  readonly evidence: Evidence;
  /** Is told what the rejection shows of the stream. */
  readonly gate: RequestGate;
  /** The stream's own limit, if known. */
  readonly recordBytesMax: number | undefined;
  readonly nowMs: number;
}

/**
 * What becomes of an entry that was rejected alone. The records of an aggregate are sent again one by one. A single record is
 * poison if it is proven to be bad; otherwise the record is suspected, and sent again.
 */
export function judgeRejection(
  packedEntry: PackedEntry,
  { failure, others }: Rejection,
  { evidence, gate, recordBytesMax = Number.POSITIVE_INFINITY, nowMs }: RejectionJudge,
): SliceResult | 'poison' {
  const { records, byteLength } = packedEntry.entry;
  if (records.length > 1) {
    gate.rejected(nowMs);
    return { kind: 'split', failure: CAUSE_UNKNOWN, readyAtMs: nowMs };
  }
  const { lane } = packedEntry.slices[0] as LaneSlice;
  const { record } = lane.head as Item;
  const known = evidence.suspect(record, others, nowMs);
  const suspicion = lane.trial.suspicion ?? known;
  const isAgain = lane.trial.suspicion !== undefined || known.isKnownPoison;
  const isProven = evidence.proves(suspicion);
  if (byteLength > recordBytesMax || (isAgain && isProven)) {
    gate.explained();
    return 'poison';
  }
  if (isProven) gate.explained();
  else if (isAgain) gate.doubted(nowMs);
  else gate.rejected(nowMs);
  return { kind: 'suspected', suspicion, failure: doubtful(failure), readyAtMs: nowMs + REJECTION_CONFIRM_MS };
}

const doubtful = (failure: RecordFailure): RecordFailure => ({
  ...failure,
  retryable: true,
  detail: `${failure.detail} and has accepted no other record since: the record or the stream may be the cause`,
});
