import { SCALING_INTERVAL_MS } from '../limits.ts';
import { pollersFor } from '../machine/scaling.ts';
import type { Executor } from './executor.ts';
import type { Run } from './run.ts';

interface Seen {
  readonly lag: number;
  readonly committed: number;
}

/** Adds and removes pollers as the lag asks for, until stopped. Never rejects. */
export async function scale(run: Run, executor: Executor, stopping: AbortSignal): Promise<void> {
  const { clock, options } = run;
  // A fixed number is what the caller asked for.
  if (options.pollers !== undefined) return;
  let before: Seen = { lag: 0, committed: 0 };
  while (!stopping.aborted) {
    await clock.waitUntil(clock.nowMs() + SCALING_INTERVAL_MS, stopping);
    if (stopping.aborted) return;
    try {
      before = await run.attempt('lag_read', () => scaleOnce(run, executor, before));
    } catch {
      // Logged; the next turn tries again.
    }
  }
}

async function scaleOnce({ machine, log, options, poller }: Run, executor: Executor, before: Seen): Promise<Seen> {
  const ends = await poller.endOffsets();
  const positions = machine.committedOffsets();
  const lag = [...positions].reduce(
    (sum, [partition, offset]) => sum + Math.max(0, (ends.get(partition) ?? 0) - offset),
    0,
  );
  const committed = machine.counters().offsetsCommitted;
  const from = machine.pollers();
  const load = {
    pollers: from,
    partitions: positions.size,
    lag,
    lagBefore: before.lag,
    consumed: committed - before.committed,
  };
  const to = pollersFor(load, options.mapping);
  if (to !== from) {
    executor.advance((_, nowMs) => machine.scaledTo(to, nowMs));
    log('pollers_scaled', { from, to, lag });
  }
  return { lag, committed };
}
