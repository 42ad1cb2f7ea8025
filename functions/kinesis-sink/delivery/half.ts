import type { HalfResult } from '../lanes/evidence.ts';
import type { PackedEntry } from '../lanes/lane.ts';

/** The entries of one request. */
export interface Half {
  readonly packedEntries: readonly PackedEntry[];
  /**
   * The other half of a rejected request, which is sent separately; undefined for entries that are sent for the first
   * time.
   */
  readonly others?: HalfResult;
  /** The result of this half, which the other half refers to. */
  readonly own?: HalfResult;
}
