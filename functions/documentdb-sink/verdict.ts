import type { RecordFailure } from '../../shared/outcome.ts';
import type { Trouble } from './classify.ts';
import type { Step } from './lane.ts';

/** What became of one step. */
export type Verdict =
  | { readonly kind: 'written' }
  /** `timestampMs`: the stored version's own, if it has one */
  | { readonly kind: 'stale'; readonly timestampMs: number | undefined }
  | { readonly kind: 'poison'; readonly failure: RecordFailure }
  /** E11000 of the guard's index, although what is stored is older: somebody else's insert came first */
  | { readonly kind: 'conflict' }
  /** E11000 of another unique index */
  | { readonly kind: 'collision' }
  /** `companyCount`: how many writes the command had */
  | (Trouble & { readonly companyCount: number });

export interface Judged {
  readonly step: Step;
  readonly verdict: Verdict;
}

export const troubled = (steps: readonly Step[], trouble: Trouble): readonly Judged[] =>
  steps.map((step) => ({ step, verdict: { ...trouble, companyCount: steps.length } }));
