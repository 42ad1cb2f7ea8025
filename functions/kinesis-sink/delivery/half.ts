import type { Company } from '../lanes/evidence.ts';
import type { Claim } from '../lanes/lane.ts';

/** What one request is to hold. */
export interface Half {
  readonly claims: readonly Claim[];
  /** What was rejected together with these, and is sent apart from them now; undefined: these come for the first time. */
  readonly others?: Company;
  /** These, as the other half sees them. */
  readonly own?: Company;
}
