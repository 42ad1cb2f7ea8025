import { systemClock } from '../../../shared/time/clock.ts';
import { createTriggerMachine } from '../machine/machine.ts';
import { machineSettings, type PartialFailureRetry } from '../machine/settings.ts';
import type { Counters } from '../machine/trigger-state.ts';
import { confluentRegistry } from '../registry/registry.ts';
import { endsWithin } from './ends-within.ts';
import { type EventRecord, type EventSource, envelopeBytes } from './event.ts';
import { createExecutor } from './executor.ts';
import { createPoller, type PollerOptions } from './poller.ts';
import { poll, watchPartitions } from './polling.ts';
import { newRun, type Run, type TriggerOptions } from './run.ts';
import { scale } from './scaling.ts';

export interface PartitionLag {
  readonly partition: number;
  readonly endOffset: number;
  readonly committedOffset: number;
  readonly lag: number;
}

export interface Trigger {
  /** Reads the end offset of each partition from Kafka. */
  lag(): Promise<readonly PartitionLag[]>;
  counters(): Counters;
  /** How many pollers the mapping has now. */
  pollers(): number;
  /** The first offset that is not settled, by partition. */
  settledOffsets(): ReadonlyMap<number, number>;
  partialFailuresReadAs(reading: PartialFailureRetry): void;
  /** Starts no more invocations, waits up to `drainMsMax` for open ones, commits and disconnects. Idempotent. */
  stop(drainMsMax?: number): Promise<void>;
}

const DRAIN_MS_DEFAULT = 10_000;
const CLOSE_MS_MAX = 3_000;

/**
 * Runs one mapping until it is stopped: polls, invokes, retries, commits. Resolves when the first fetch begins.
 *
 * @throws {Error} if the topic does not exist, or if the mapping has a destination and `putFailure` is missing
 */
export async function startTrigger(options: TriggerOptions): Promise<Trigger> {
  const { mapping } = options;
  if (mapping.destination !== undefined && options.putFailure === undefined) {
    throw new Error(`${mapping.logicalId} has an on-failure destination: pass putFailure to startTrigger`);
  }
  const poller = options.poller ?? createPoller(pollerOptions(options));
  const source: EventSource = { eventSourceArn: mapping.eventSourceArn, bootstrapServers: options.bootstrapServers };
  try {
    const positions = await poller.positions(new Set());
    const settings = machineSettings(mapping, { ...options, envelopeBytes: envelopeBytes(source) });
    const machine = createTriggerMachine<EventRecord>(settings, positions);
    const stopping = new AbortController();
    const registry = mapping.schemaRegistry && confluentRegistry(mapping.schemaRegistry.url, stopping.signal);
    const parts = { clock: options.clock ?? systemClock, poller, source, machine, registry };
    return running(newRun(options, parts), stopping);
  } catch (error) {
    await poller.close();
    throw error;
  }
}

function pollerOptions({ bootstrapServers, connection, mapping, nullAs }: TriggerOptions): PollerOptions {
  const { topic, consumerGroupId: groupId, startingPosition } = mapping;
  return { bootstrapServers, connection, topic, groupId, startingPosition, nullAs: nullAs ?? 'absent' };
}

function running(run: Run, stopping: AbortController): Trigger {
  const { clock, poller, machine } = run;
  const executor = createExecutor(run, stopping.signal);
  const polling = poll(run, executor, stopping.signal);
  const watching = watchPartitions(run, executor, stopping.signal);
  const scaling = scale(run, executor, stopping.signal);
  let stopped: Promise<void> | undefined;

  const stop = async (drainMsMax: number) => {
    stopping.abort();
    await endsWithin(clock, drainMsMax, executor.drained());
    await endsWithin(clock, CLOSE_MS_MAX, executor.committed());
    executor.dispose();
    // Do not close during an open fetch: the client would treat that as a lost connection and retry for a second.
    await endsWithin(clock, CLOSE_MS_MAX, Promise.all([polling, watching, scaling]));
    await endsWithin(clock, CLOSE_MS_MAX, poller.close());
  };

  return {
    counters: () => machine.counters(),
    pollers: () => machine.pollers(),
    settledOffsets: () => machine.committedOffsets(),
    partialFailuresReadAs: (reading) => machine.partialFailuresReadAs(reading),
    stop: (drainMsMax = DRAIN_MS_DEFAULT) => {
      stopped ??= stop(drainMsMax);
      return stopped;
    },
    lag: async () => {
      const ends = await poller.endOffsets();
      return [...machine.committedOffsets()].map(([partition, committedOffset]) => {
        const endOffset = ends.get(partition) ?? committedOffset;
        return { partition, endOffset, committedOffset, lag: Math.max(0, endOffset - committedOffset) };
      });
    },
  };
}
