import type { Clock } from '../../../shared/time/clock.ts';
import type { Deadline } from '../../../shared/time/deadline.ts';
import type { Lanes } from '../lanes/lanes.ts';
import type { Aggregation } from '../plan/plan.ts';
import type { Inspection, Preflight } from '../target/preflight.ts';

export interface InspectionParts {
  readonly preflight: Preflight;
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly options: { readonly aggregation: Aggregation };
}

/**
 * Waits until aggregates may be sent; returns false if that does not happen before the deadline. The first call waits
 * for a description of the stream. While the stream distributes records automatically, nothing is sent and the stream
 * is described again every few seconds: an operator may change the stream back (G6).
 */
export async function waitUntilAggregationIsSafe(
  lanes: Lanes,
  inspection: Inspection,
  { preflight, clock, deadline, options }: InspectionParts,
): Promise<boolean> {
  if (options.aggregation === 'off') return true;
  await inspection.isOver;
  for (let objection = preflight.objection(); objection !== undefined; objection = preflight.objection()) {
    lanes.withhold(objection.failure);
    const lookAtMs = clock.nowMs() + objection.lookAgainInMs;
    if (lookAtMs >= deadline.sendUntilMs) return false;
    await clock.waitUntil(lookAtMs);
    await preflight.begin(deadline).isOver;
  }
  lanes.withhold(undefined);
  return true;
}
