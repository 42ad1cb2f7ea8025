import { isSettled, type RecordOutcome } from '../outcome.ts';
import type { Clock } from './clock.ts';
import type { Deadline } from './deadline.ts';

/**
 * Waits until `sendUntilMs` when at least one record is unsettled. A blocked record fails at once, in every delivery:
 * without the wait, the batch would use up the mapping's attempts within hours, and the mapping would then give up the
 * batch.
 */
export async function holdUnsettled(
  outcomes: readonly RecordOutcome[],
  clock: Clock,
  { sendUntilMs }: Deadline,
): Promise<void> {
  if (!outcomes.every(isSettled)) await clock.waitUntil(sendUntilMs);
}
