import type { RecordFailure } from '../../shared/outcome.ts';
import { PROBE_INTERVAL_MS } from './limits.ts';
import type { Inspection } from './preflight.ts';
import type { Run } from './run.ts';

const NOT_READABLE: RecordFailure = {
  code: 'misconfigured',
  retryable: true,
  mayBeWritten: false,
  detail:
    'the stream distributes its records automatically (RecordDistributionStrategy AUTO), and consumers drop aggregates of such a stream: write aggregation: off, or set the stream to USER_PARTITION_KEY',
};

/**
 * Whether the run may go on. Aggregates wait for the first look at the stream. While it distributes records by itself
 * nothing is sent, and one looks again every few seconds: whoever set it so may set it back (G6).
 */
export async function mayAggregate(run: Run, inspection: Inspection): Promise<boolean> {
  const { clock, options, preflight } = run.parts;
  if (options.aggregation === 'off') return true;
  await inspection.isOver;
  while (preflight.forbidsAggregates()) {
    run.lanes.blame(NOT_READABLE);
    const nextAtMs = clock.nowMs() + PROBE_INTERVAL_MS;
    if (nextAtMs >= run.deadline.sendUntilMs) return false;
    await clock.waitUntil(nextAtMs);
    await preflight.begin(run.deadline).isOver;
  }
  run.lanes.blame(undefined);
  return true;
}
