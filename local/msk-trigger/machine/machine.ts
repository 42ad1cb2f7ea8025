import type { Command, InvocationResult, LogRecord } from './commands.ts';
import { conclude } from './conclude.ts';
import { dispatch, nextDueMs } from './dispatch.ts';
import { enqueue, forgetBelow, isIdle, newPartition, type PartitionState, settledUpTo } from './partition-state.ts';
import { backoffMs, type MachineSettings } from './settings.ts';
import { type Counters, commitIfAdvanced, newWorld, type PollerState, type World } from './trigger-state.ts';

/** The result of a fetch for one partition. */
export interface Arrival<R extends LogRecord> {
  readonly partition: number;
  /** In ascending order; may begin with records that are already known. */
  readonly records: readonly R[];
  /** The offset of the next fetch, after control records and gaps of compaction. Default: after the last record. */
  readonly nextOffset?: number;
  /** The first offset that Kafka still holds. */
  readonly logStartOffset?: number;
}

/** A partition to fetch, and the offset to fetch from. */
export interface FetchPosition {
  readonly partition: number;
  readonly offset: number;
}

/**
 * One MSK event source mapping: batching, retries, splits, ages, destinations and commits. The machine has no clock and no effects:
 * each transition returns commands, in order. The same calls return the same commands.
 */
export interface TriggerMachine<R extends LogRecord> {
  recordsArrived(arrival: Arrival<R>, nowMs: number): readonly Command<R>[];
  /** @throws {Error} if no such invocation is open */
  invocationEnded(id: number, result: InvocationResult, nowMs: number): readonly Command<R>[];
  /** @throws {Error} if no such delivery is open */
  failureDelivered(id: number, isDelivered: boolean, nowMs: number): readonly Command<R>[];
  timePassed(nowMs: number): readonly Command<R>[];
  /** When `timePassed` must be called, if nothing else is called before; Infinity: never. */
  wakeAtMs(): number;
  /** The partitions to fetch. Buffers are bounded: a partition is listed while less than one full invocation and less than two batches wait. */
  fetchable(): readonly FetchPosition[];
  partitionAdded(partition: number, offset: number): void;
  /** The log no longer holds the position (retention, or a recreated topic). Waiting records outside the log are dropped. */
  positionReset(partition: number, offset: number): void;
  /** The offset at which a new machine would start, by partition. */
  committedOffsets(): ReadonlyMap<number, number>;
  counters(): Counters;
  /** True if no invocation, retry, delivery or waiting record is left. */
  isQuiet(): boolean;
}

/** @param positions the first offset to read by partition: the committed offset, or the starting position's */
export function createTriggerMachine<R extends LogRecord>(
  settings: MachineSettings,
  positions: ReadonlyMap<number, number>,
): TriggerMachine<R> {
  const world = newWorld<R>(settings);
  for (const [partition, offset] of positions) addPartition(world, partition, offset);
  return {
    recordsArrived: (arrival, nowMs) => recordsArrived(world, arrival, nowMs),
    invocationEnded: (id, result, nowMs) => invocationEnded(world, id, result, nowMs),
    failureDelivered: (id, isDelivered, nowMs) => failureDelivered(world, id, isDelivered, nowMs),
    timePassed: (nowMs) => timePassed(world, nowMs),
    wakeAtMs: () => wakeAtMs(world),
    fetchable: () => fetchable(world),
    partitionAdded: (partition, offset) => addPartition(world, partition, offset),
    positionReset: (partition, offset) => positionReset(partitionOf(world, partition), offset),
    committedOffsets: () => new Map([...world.partitions.values()].map((p) => [p.partition, p.committedOffset])),
    counters: () => structuredClone(world.counters),
    isQuiet: () => [...world.partitions.values()].every((p) => isIdle(p) && settledUpTo(p) === p.nextOffset),
  };
}

function recordsArrived<R extends LogRecord>(world: World<R>, arrival: Arrival<R>, nowMs: number): Command<R>[] {
  const state = partitionOf(world, arrival.partition);
  const commands: Command<R>[] = [];
  world.counters.recordsReceived += enqueue(state, arrival.records, nowMs);
  state.nextOffset = Math.max(state.nextOffset, arrival.nextOffset ?? 0);
  if (isIdle(state) && settledUpTo(state) < (arrival.logStartOffset ?? 0)) {
    world.counters.recordsExpiredInKafka += forgetBelow(state, arrival.logStartOffset ?? 0);
  }
  commitIfAdvanced(world, state, commands);
  dispatch(world, pollerOf(world, state), nowMs, commands);
  return commands;
}

function invocationEnded<R extends LogRecord>(
  world: World<R>,
  id: number,
  result: InvocationResult,
  nowMs: number,
): Command<R>[] {
  const flight = world.flights.get(id);
  if (flight === undefined) throw new Error(`invocation ${id} of topic ${world.settings.topic} is not open`);
  const commands: Command<R>[] = [];
  world.flights.delete(id);
  flight.poller.invocationsOpen -= 1;
  conclude(world, flight, result, nowMs, commands);
  dispatch(world, flight.poller, nowMs, commands);
  return commands;
}

function failureDelivered<R extends LogRecord>(
  world: World<R>,
  id: number,
  isDelivered: boolean,
  nowMs: number,
): Command<R>[] {
  const delivery = world.deliveries.get(id);
  if (delivery === undefined || delivery.retryAtMs !== undefined) {
    throw new Error(`delivery ${id} of topic ${world.settings.topic} is not open`);
  }
  if (!isDelivered) {
    world.counters.failureDeliveriesRefused += 1;
    const retryAtMs = nowMs + backoffMs(world.settings.backoff, delivery.tries);
    world.deliveries.set(id, { ...delivery, tries: delivery.tries + 1, retryAtMs });
    return [];
  }
  const commands: Command<R>[] = [];
  world.deliveries.delete(id);
  world.counters.failuresDelivered += 1;
  for (const { state, portion } of delivery.parts) {
    state.delivering = undefined;
    world.counters.recordsDeliveredToDestination += portion.records.length;
    commitIfAdvanced(world, state, commands);
  }
  for (const poller of world.pollers) dispatch(world, poller, nowMs, commands);
  return commands;
}

function timePassed<R extends LogRecord>(world: World<R>, nowMs: number): Command<R>[] {
  const commands: Command<R>[] = [];
  for (const [id, delivery] of world.deliveries) {
    if (delivery.retryAtMs === undefined || delivery.retryAtMs > nowMs) continue;
    world.deliveries.set(id, { ...delivery, retryAtMs: undefined });
    commands.push({ kind: 'deliverFailure', id, failure: delivery.failure });
  }
  for (const poller of world.pollers) dispatch(world, poller, nowMs, commands);
  return commands;
}

function wakeAtMs<R extends LogRecord>(world: World<R>): number {
  const retries = [...world.deliveries.values()].map((delivery) => delivery.retryAtMs ?? Number.POSITIVE_INFINITY);
  return Math.min(...world.pollers.map((poller) => nextDueMs(world, poller)), ...retries);
}

function fetchable<R extends LogRecord>(world: World<R>): readonly FetchPosition[] {
  const { payloadBytesMax, batchRecordsMax, bufferBytesMax } = world.settings;
  const states = [...world.partitions.values()];
  const waitingBytes = states.reduce((sum, state) => sum + state.queueBytes, 0);
  return states
    .filter((state) => {
      if (state.queue.length === 0) return true;
      const hasRoom = state.queueBytes < payloadBytesMax && state.queue.length < 2 * batchRecordsMax;
      return hasRoom && waitingBytes < bufferBytesMax;
    })
    .map((state) => ({ partition: state.partition, offset: state.nextOffset }));
}

function addPartition<R extends LogRecord>(world: World<R>, partition: number, offset: number): void {
  if (world.partitions.has(partition)) return;
  const state = newPartition<R>(world.settings.topic, partition, offset);
  world.partitions.set(partition, state);
  const { partitions } = pollerOf(world, state);
  partitions.push(state);
  partitions.sort((a, b) => a.partition - b.partition);
}

function positionReset<R extends LogRecord>(state: PartitionState<R>, offset: number): void {
  if (offset < state.nextOffset) {
    state.retries = [];
    state.queue = [];
    state.queueBytes = 0;
    state.committedOffset = Math.min(state.committedOffset, offset);
  }
  state.nextOffset = offset;
}

function partitionOf<R extends LogRecord>(world: World<R>, partition: number): PartitionState<R> {
  const state = world.partitions.get(partition);
  if (state === undefined)
    throw new Error(`partition ${partition} of topic ${world.settings.topic} is unknown to the machine`);
  return state;
}

function pollerOf<R extends LogRecord>(world: World<R>, state: PartitionState<R>): PollerState<R> {
  const poller = world.pollers[state.partition % world.pollers.length];
  if (poller === undefined) throw new Error('a machine needs at least one poller');
  return poller;
}
