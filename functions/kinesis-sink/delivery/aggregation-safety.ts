import type { Inspection } from '../target/preflight.ts';
import type { Run } from './run.ts';

/**
 * Whether the run may go on. Aggregates wait for the first look at the stream. While it distributes records by itself
 * nothing is sent, and one looks again every few seconds: whoever set it so may set it back (G6).
 */
export async function waitUntilAggregationIsSafe(run: Run, inspection: Inspection): Promise<boolean> {
  const { clock, options, preflight } = run.parts;
  if (options.aggregation === 'off') return true;
  await inspection.isOver;
  for (let objection = preflight.objection(); objection !== undefined; objection = preflight.objection()) {
    run.lanes.blame(objection.failure);
    const lookAtMs = clock.nowMs() + objection.lookAgainInMs;
    if (lookAtMs >= run.deadline.sendUntilMs) return false;
    await clock.waitUntil(lookAtMs);
    await preflight.begin(run.deadline).isOver;
  }
  run.lanes.blame(undefined);
  return true;
}
