import type { Invocation } from '../services/lambda.ts';
import type { Target } from '../services/target.ts';
import type { Violation } from './violation.ts';

/** G5: between invocations an environment keeps facts about its target, and nothing of a record that is settled. */
export function memoryViolations(invocation: Invocation, target: Target): readonly Violation[] {
  const { end, environment, entryCount, id } = invocation;
  if (entryCount === undefined || (end?.kind !== 'answered' && end?.kind !== 'threw')) return [];
  const entriesMax = target.entriesMax(environment);
  if (entryCount <= entriesMax) return [];
  const message = `${environment} keeps ${entryCount} entries after invocation ${id}, and needs ${entriesMax}`;
  return [{ guarantee: 'G5', message }];
}
