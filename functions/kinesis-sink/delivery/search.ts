import type { RecordFailure } from '../../../shared/outcome.ts';
import type { HalfResult } from '../lanes/evidence.ts';
import type { Item, Lane, LaneSlice, PackedEntry } from '../lanes/lane.ts';
import { REJECTION_CONFIRM_MS } from '../limits.ts';
import { applyResult } from './apply-result.ts';
import type { Half } from './half.ts';
import { buryHead } from './poison.ts';
import type { Run } from './run.ts';

/**
 * Kinesis rejects a whole request because of one bad entry. So halves are sent until the bad entry stands alone, each
 * as soon as a request may be opened: a slow half never delays another. A dead letter is begun as soon as its record is
 * found. If the deadline ends the search, the next invocation continues with fewer records.
 */
export function bisect(run: Run, { packedEntries, others }: Half, failure: RecordFailure): void {
  if (packedEntries.length === 1) {
    blame(run, packedEntries[0] as PackedEntry, { failure, others });
    return;
  }
  run.gate.rejected(run.parts.clock.nowMs());
  for (const packedEntry of packedEntries) applyResult(run, packedEntry, SEARCHED);
  const middle = Math.ceil(packedEntries.length / 2);
  const [first, second] = [{ isStored: false }, { isStored: false }];
  run.halves.unshift(
    { packedEntries: packedEntries.slice(0, middle), own: first, others: second },
    { packedEntries: packedEntries.slice(middle), own: second, others: first },
  );
}

/** The next half of a rejected request. Entries for a throttled shard wait for that shard's retry time. */
export function claimHalf(run: Run): Half | undefined {
  const nowMs = run.parts.clock.nowMs();
  for (let half = run.halves.shift(); half !== undefined; half = run.halves.shift()) {
    const [held, open] = partitioned(half.packedEntries, (packedEntry) => opensAtMs(run, packedEntry) > nowMs);
    for (const packedEntry of held) {
      applyResult(run, packedEntry, { ...SEARCHED, kind: 'retry', readyAtMs: opensAtMs(run, packedEntry) });
    }
    if (held.length === 0) return half;
    if (open.length > 0) return { packedEntries: open };
  }
  return undefined;
}

/**
 * Ends the search while the stream rejects everything, because no half shows anything. All entries are sent again one
 * by one.
 */
export function endSearch(run: Run, nowMs: number): void {
  for (const { packedEntries } of run.halves.splice(0)) {
    for (const packedEntry of packedEntries) {
      applyResult(run, packedEntry, { ...SEARCHED, kind: 'retry', readyAtMs: nowMs });
    }
  }
}

const partitioned = <T>(items: readonly T[], is: (item: T) => boolean): readonly [readonly T[], readonly T[]] => [
  items.filter(is),
  items.filter((item) => !is(item)),
];

const opensAtMs = ({ shardBackoff }: Run, { slices }: PackedEntry): number =>
  Math.max(...slices.map(({ lane }) => shardBackoff.retryAtMs(lane.shardId)));

interface Rejection {
  readonly failure: RecordFailure;
  readonly others: HalfResult | undefined;
}

/**
 * The entry was rejected alone. The records of an aggregate are sent again one by one. A single record is rejected if
 * it is proven to be bad; otherwise the record is suspected, and sent again.
 */
function blame(run: Run, packedEntry: PackedEntry, { failure, others }: Rejection): void {
  const nowMs = run.parts.clock.nowMs();
  const { records, byteLength } = packedEntry.entry;
  if (records.length > 1) {
    run.gate.rejected(nowMs);
    applyResult(run, packedEntry, { kind: 'split', failure: CAUSE_UNKNOWN, readyAtMs: nowMs });
    return;
  }
  const { lane } = packedEntry.slices[0] as LaneSlice;
  const item = lane.head as Item;
  const isTooLarge = byteLength > (run.parts.preflight.recordBytesMax() ?? Number.POSITIVE_INFINITY);
  const known = run.evidence.suspect(item.record, others, nowMs);
  const suspicion = lane.trial.suspicion ?? known;
  const isAgain = lane.trial.suspicion !== undefined || known.isKnownPoison;
  const isProven = run.evidence.proves(suspicion);
  if (isTooLarge || (isAgain && isProven)) {
    reject(run, lane, item, failure);
    return;
  }
  if (isProven) run.gate.explained();
  else if (isAgain) run.gate.doubted(nowMs);
  else run.gate.rejected(nowMs);
  const readyAtMs = nowMs + REJECTION_CONFIRM_MS;
  applyResult(run, packedEntry, { kind: 'suspected', suspicion, failure: doubtful(failure), readyAtMs });
}

function reject(run: Run, lane: Lane, item: Item, failure: RecordFailure): void {
  run.evidence.confirmPoison(item.record, run.parts.clock.nowMs());
  run.gate.explained();
  buryHead(run, { lane, item, failure, stage: 'writing' });
}

const doubtful = (failure: RecordFailure): RecordFailure => ({
  ...failure,
  retryable: true,
  detail: `${failure.detail} and has accepted no other record since: the record or the stream may be the cause`,
});

/** The only fact about such a record is that its request was rejected. */
const CAUSE_UNKNOWN: RecordFailure = {
  code: 'deadline_exceeded',
  retryable: true,
  mayBeWritten: false,
  detail:
    'Kinesis rejected a request that contained the record; the record at fault was not found before the invocation deadline',
};

const SEARCHED = { kind: 'searched', failure: CAUSE_UNKNOWN } as const;
