import type { Command, InvocationResult, LogRecord } from './commands.ts';
import { conclude } from './conclude.ts';
import { dispatch, nextDueMs } from './dispatch.ts';
import { enqueue, forgetBelow, isIdle, newPartition, type PartitionState, settledUpTo } from './partition-state.ts';
import { backoffMs, type MachineSettings, type PartialFailureRetry } from './settings.ts';
import {
  type Counters,
  commitIfAdvanced,
  newTriggerState,
  pollerOf,
  type TriggerState,
  usePollers,
} from './trigger-state.ts';

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
  /** Divides the partitions among another number of pollers, at least one. */
  scaledTo(pollers: number, nowMs: number): readonly Command<R>[];
  pollers(): number;
  /** For the answers from now on. */
  partialFailuresReadAs(reading: PartialFailureRetry): void;
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
  const triggerState = newTriggerState<R>(settings);
  for (const [partition, offset] of positions) addPartition(triggerState, partition, offset);
  return {
    recordsArrived: (arrival, nowMs) => recordsArrived(triggerState, arrival, nowMs),
    invocationEnded: (id, result, nowMs) => invocationEnded(triggerState, id, result, nowMs),
    failureDelivered: (id, isDelivered, nowMs) => failureDelivered(triggerState, id, isDelivered, nowMs),
    timePassed: (nowMs) => timePassed(triggerState, nowMs),
    wakeAtMs: () => wakeAtMs(triggerState),
    fetchable: () => fetchable(triggerState),
    partitionAdded: (partition, offset) => addPartition(triggerState, partition, offset),
    scaledTo: (pollers, nowMs) => scaledTo(triggerState, pollers, nowMs),
    pollers: () => triggerState.pollersInUse,
    partialFailuresReadAs: (partialFailureRetry) => {
      triggerState.settings = { ...triggerState.settings, partialFailureRetry };
    },
    positionReset: (partition, offset) => positionReset(partitionOf(triggerState, partition), offset),
    committedOffsets: () => new Map([...triggerState.partitions.values()].map((p) => [p.partition, p.committedOffset])),
    counters: () => structuredClone(triggerState.counters),
    isQuiet: () => [...triggerState.partitions.values()].every((p) => isIdle(p) && settledUpTo(p) === p.nextOffset),
  };
}

function recordsArrived<R extends LogRecord>(
  triggerState: TriggerState<R>,
  arrival: Arrival<R>,
  nowMs: number,
): Command<R>[] {
  const state = partitionOf(triggerState, arrival.partition);
  const commands: Command<R>[] = [];
  triggerState.counters.recordsReceived += enqueue(state, arrival.records, nowMs);
  state.nextOffset = Math.max(state.nextOffset, arrival.nextOffset ?? 0);
  if (isIdle(state)) triggerState.counters.recordsExpiredInKafka += forgetBelow(state, arrival.logStartOffset ?? 0);
  commitIfAdvanced(triggerState, state, commands);
  dispatch(triggerState, pollerOf(triggerState, state), nowMs, commands);
  return commands;
}

function invocationEnded<R extends LogRecord>(
  triggerState: TriggerState<R>,
  id: number,
  result: InvocationResult,
  nowMs: number,
): Command<R>[] {
  const flight = triggerState.flights.get(id);
  if (flight === undefined) throw new Error(`invocation ${id} of topic ${triggerState.settings.topic} is not open`);
  const commands: Command<R>[] = [];
  triggerState.flights.delete(id);
  flight.poller.invocationsOpen -= 1;
  conclude(triggerState, flight, result, nowMs, commands);
  // Its partitions may have other pollers by now.
  const concerned = new Set([flight.poller, ...flight.parts.map(({ state }) => pollerOf(triggerState, state))]);
  for (const poller of concerned) dispatch(triggerState, poller, nowMs, commands);
  return commands;
}

function failureDelivered<R extends LogRecord>(
  triggerState: TriggerState<R>,
  id: number,
  isDelivered: boolean,
  nowMs: number,
): Command<R>[] {
  const delivery = triggerState.deliveries.get(id);
  if (delivery === undefined || delivery.retryAtMs !== undefined) {
    throw new Error(`delivery ${id} of topic ${triggerState.settings.topic} is not open`);
  }
  if (!isDelivered) {
    triggerState.counters.failureDeliveriesRefused += 1;
    const retryAtMs = nowMs + backoffMs(triggerState.settings.backoff, delivery.tries);
    triggerState.deliveries.set(id, { ...delivery, tries: delivery.tries + 1, retryAtMs });
    return [];
  }
  const commands: Command<R>[] = [];
  triggerState.deliveries.delete(id);
  triggerState.counters.failuresDelivered += 1;
  for (const { state, portion } of delivery.parts) {
    state.delivering = undefined;
    triggerState.counters.recordsDeliveredToDestination += portion.records.length;
    commitIfAdvanced(triggerState, state, commands);
  }
  dispatchAll(triggerState, nowMs, commands);
  return commands;
}

function timePassed<R extends LogRecord>(triggerState: TriggerState<R>, nowMs: number): Command<R>[] {
  const commands: Command<R>[] = [];
  for (const [id, delivery] of triggerState.deliveries) {
    if (delivery.retryAtMs === undefined || delivery.retryAtMs > nowMs) continue;
    triggerState.deliveries.set(id, { ...delivery, retryAtMs: undefined });
    commands.push({ kind: 'deliverFailure', id, failure: delivery.failure });
  }
  dispatchAll(triggerState, nowMs, commands);
  return commands;
}

function scaledTo<R extends LogRecord>(triggerState: TriggerState<R>, pollers: number, nowMs: number): Command<R>[] {
  const commands: Command<R>[] = [];
  usePollers(triggerState, pollers);
  dispatchAll(triggerState, nowMs, commands);
  return commands;
}

function dispatchAll<R extends LogRecord>(triggerState: TriggerState<R>, nowMs: number, commands: Command<R>[]): void {
  for (const poller of triggerState.pollers) dispatch(triggerState, poller, nowMs, commands);
}

function wakeAtMs<R extends LogRecord>(triggerState: TriggerState<R>): number {
  const retries = [...triggerState.deliveries.values()].map(
    (delivery) => delivery.retryAtMs ?? Number.POSITIVE_INFINITY,
  );
  return Math.min(...triggerState.pollers.map((poller) => nextDueMs(triggerState, poller)), ...retries);
}

function fetchable<R extends LogRecord>(triggerState: TriggerState<R>): readonly FetchPosition[] {
  const { payloadBytesMax, batchRecordsMax, bufferBytesMax } = triggerState.settings;
  const states = [...triggerState.partitions.values()];
  const waitingBytes = states.reduce((sum, state) => sum + state.queueBytes, 0);
  return states
    .filter((state) => {
      if (state.queue.length === 0) return true;
      const hasRoom = state.queueBytes < payloadBytesMax && state.queue.length < 2 * batchRecordsMax;
      return hasRoom && waitingBytes < bufferBytesMax;
    })
    .map((state) => ({ partition: state.partition, offset: state.nextOffset }));
}

function addPartition<R extends LogRecord>(triggerState: TriggerState<R>, partition: number, offset: number): void {
  if (triggerState.partitions.has(partition)) return;
  const state = newPartition<R>(triggerState.settings.topic, partition, offset);
  triggerState.partitions.set(partition, state);
  usePollers(triggerState, triggerState.pollersInUse);
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

function partitionOf<R extends LogRecord>(triggerState: TriggerState<R>, partition: number): PartitionState<R> {
  const state = triggerState.partitions.get(partition);
  if (state === undefined)
    throw new Error(`partition ${partition} of topic ${triggerState.settings.topic} is unknown to the machine`);
  return state;
}
