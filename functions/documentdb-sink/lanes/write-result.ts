import type { RecordFailure } from '../../../shared/outcome.ts';
import type { CommandFailure } from '../target/classify.ts';
import type { Step } from './lane.ts';

/** What became of one step. */
export type WriteResult =
  | { readonly kind: 'written' }
  /** `timestampMs`: the stored version's own, if it has one */
  | { readonly kind: 'stale'; readonly timestampMs: number | undefined }
  /** what must not be applied twice was applied before */
  | { readonly kind: 'applied' }
  /** there was nothing to change */
  | { readonly kind: 'noMatch' }
  /** a document is there that was to be inserted */
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'poison'; readonly failure: RecordFailure }
  /** it changed nothing, although what is stored is older, or none is found: somebody else came in between */
  | { readonly kind: 'conflict'; readonly isFound: boolean }
  /** it was not sent: no guard is possible */
  | { readonly kind: 'unguarded' }
  /** E11000 of another unique index */
  | { readonly kind: 'collision' }
  /** `companyCount`: how many writes the command had */
  | (CommandFailure & { readonly commandSize: number });

export interface StepResult {
  readonly step: Step;
  readonly result: WriteResult;
}

export const failedSteps = (steps: readonly Step[], trouble: CommandFailure): readonly StepResult[] =>
  steps.map((step) => ({ step, result: { ...trouble, commandSize: steps.length } }));
