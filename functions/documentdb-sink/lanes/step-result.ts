import type { CommandFailure } from '../target/classify.ts';
import type { Step } from './lane.ts';
import type { WriteResult } from './write-result.ts';

export interface StepResult {
  readonly step: Step;
  readonly result: WriteResult;
}

export const failedSteps = (steps: readonly Step[], failure: CommandFailure): readonly StepResult[] =>
  steps.map((step) => ({ step, result: { ...failure, commandSize: steps.length } }));
