import type { PackedEntry, SliceResult } from '../lanes/lane.ts';
import type { Run } from './run.ts';

/** Applies what became of an entry to its lanes, and releases them, unless a search for a bad entry keeps them claimed. */
export function applyResult(run: Run, { slices }: PackedEntry, result: SliceResult): void {
  for (const slice of slices) {
    for (const settlement of slice.lane.apply(slice, result)) run.outcomes.record(settlement);
    if (result.kind !== 'searched') run.lanes.place(slice.lane);
  }
}

/** Counts a failed attempt of the entry. */
export function countFailure({ slices }: PackedEntry): void {
  for (const { lane } of slices) lane.countFailure();
}
