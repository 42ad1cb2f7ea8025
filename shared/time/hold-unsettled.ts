import { isSettled, type RecordOutcome } from '../outcome.ts';
import type { Clock } from './clock.ts';
import type { Deadline } from './deadline.ts';

/**
 * Waits until `sendUntilMs` when an outcome hands a record back. A blocked record fails at once, every time: without the
 * wait, its batch would use up the mapping's attempts in hours, and then the mapping would give the batch up.
 */
export async function holdUnsettled(
  outcomes: readonly RecordOutcome[],
  clock: Clock,
  { sendUntilMs }: Deadline,
): Promise<void> {
  if (!outcomes.every(isSettled)) await clock.waitUntil(sendUntilMs);
}
