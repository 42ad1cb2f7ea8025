import type { Inspection } from '../target/preflight.ts';
import type { Run } from './run.ts';

/**
 * Waits until aggregates may be sent; returns false if that does not happen before the deadline. The first call waits
 * for a description of the stream. While the stream distributes records automatically, nothing is sent and the stream
 * is described again every few seconds: an operator may change the stream back (G6).
 */
export async function waitUntilAggregationIsSafe(run: Run, inspection: Inspection): Promise<boolean> {
  const { clock, options, preflight } = run.parts;
  if (options.aggregation === 'off') return true;
  await inspection.isOver;
  for (let objection = preflight.objection(); objection !== undefined; objection = preflight.objection()) {
    run.lanes.withhold(objection.failure);
    const lookAtMs = clock.nowMs() + objection.lookAgainInMs;
    if (lookAtMs >= run.deadline.sendUntilMs) return false;
    await clock.waitUntil(lookAtMs);
    await preflight.begin(run.deadline).isOver;
  }
  run.lanes.withhold(undefined);
  return true;
}
