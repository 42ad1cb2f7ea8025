import type { Company } from '../lanes/evidence.ts';
import type { PlannedEntry } from '../lanes/lane.ts';

/** What one request is to hold. */
export interface Half {
  readonly plannedEntries: readonly PlannedEntry[];
  /** What was rejected together with these, and is sent apart from them now; undefined: these come for the first time. */
  readonly others?: Company;
  /** These, as the other half sees them. */
  readonly own?: Company;
}
