import { aborted } from '../../aborted.ts';
import type { Arrival } from '../machine/machine.ts';
import { validateArrival } from '../registry/validate-arrival.ts';
import type { EventRecord } from './event.ts';
import type { Executor } from './executor.ts';
import { filterArrival } from './filter-arrival.ts';
import { isOutOfRange } from './poller.ts';
import type { Run } from './run.ts';

/** Also the longest time that a stop waits for an idle poller. */
const FETCH_WAIT_MS = 250;
/** A short wait while a partition's buffer is full, so that fetching resumes soon after there is room. */
const FETCH_WAIT_SHORT_MS = 20;
const TROUBLE_PAUSE_MS = 500;
const PARTITIONS_EVERY_MS = 5_000;

/** Fetches the partitions that have room in the machine, until stopped. Never rejects. */
export async function poll(run: Run, executor: Executor, stopping: AbortSignal): Promise<void> {
  const stopped = aborted(stopping);
  while (!stopping.aborted) {
    const change = executor.nextChange();
    if (run.machine.fetchable().length === 0) await Promise.race([change, stopped]);
    else await fetchOnce(run, executor, stopping);
  }
}

async function fetchOnce(run: Run, executor: Executor, stopping: AbortSignal): Promise<void> {
  const { machine, poller, clock, options } = run;
  const wanted = machine.fetchable();
  const isAll = wanted.length === machine.committedOffsets().size;
  try {
    const waitMs = isAll ? FETCH_WAIT_MS : FETCH_WAIT_SHORT_MS;
    const arrivals = await run.attempt('fetch', () => poller.fetch(wanted, waitMs));
    for (const fetched of arrivals) {
      const arrival = filterArrival(await validated(run, fetched), options.mapping.filters);
      if (!stopping.aborted) executor.advance((_, nowMs) => machine.recordsArrived(arrival, nowMs));
    }
  } catch (error) {
    if (stopping.aborted) return;
    if (isOutOfRange(error)) await resetPositions(run);
    await clock.waitUntil(clock.nowMs() + TROUBLE_PAUSE_MS, stopping);
  }
}

async function validated(run: Run, arrival: Arrival<EventRecord>): Promise<Arrival<EventRecord>> {
  const { schemaRegistry } = run.options.mapping;
  const { registry } = run;
  if (schemaRegistry === undefined || registry === undefined || arrival.records.length === 0) return arrival;
  return await run.attempt('schema_registry', () => validateArrival(arrival, schemaRegistry, registry));
}

/** Continues at the log's first offset after retention has deleted the position, or the topic was recreated. */
async function resetPositions(run: Run): Promise<void> {
  try {
    for (const { partition, offset } of await run.poller.outOfRange(run.machine.fetchable())) {
      run.machine.positionReset(partition, offset);
      run.log('position_reset', { partition, offset });
    }
  } catch (error) {
    run.trouble('offsets_unknown', error);
  }
}

/** Finds partitions that were added to the topic. Lambda reads them from their beginning. Never rejects. */
export async function watchPartitions(run: Run, executor: Executor, stopping: AbortSignal): Promise<void> {
  const { machine, poller, clock } = run;
  while (!stopping.aborted) {
    await clock.waitUntil(clock.nowMs() + PARTITIONS_EVERY_MS, stopping);
    if (stopping.aborted) return;
    try {
      const known = new Set(machine.committedOffsets().keys());
      for (const [partition, offset] of await run.attempt('partitions_read', () => poller.positions(known))) {
        executor.advance(() => {
          machine.partitionAdded(partition, offset);
          return [];
        });
        run.log('partition_added', { partition, offset });
      }
    } catch {
      // Logged; the next turn tries again.
    }
  }
}
