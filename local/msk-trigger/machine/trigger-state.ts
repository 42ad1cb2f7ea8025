import type { Ending } from './batch-result.ts';
import type { Command, GivenUp, GivenUpCondition, LogRecord, PartitionRecords } from './commands.ts';
import { type PartitionState, type Portion, settledUpTo } from './partition-state.ts';
import type { MachineSettings } from './settings.ts';

/** A portion with its partition. */
export interface Part<R extends LogRecord> {
  readonly state: PartitionState<R>;
  readonly portion: Portion<R>;
}

export interface PollerState<R extends LogRecord> {
  /** Ascending by number. */
  readonly partitions: PartitionState<R>[];
  invocationsOpen: number;
}

export interface Flight<R extends LogRecord> {
  readonly poller: PollerState<R>;
  readonly parts: readonly Part<R>[];
}

export interface FailureDelivery<R extends LogRecord> {
  readonly failure: GivenUp<R>;
  readonly parts: readonly Part<R>[];
  readonly tries: number;
  /** undefined while an attempt is open. */
  readonly retryAtMs: number | undefined;
}

/** Totals since the machine's creation. */
export interface Counters {
  readonly recordsReceived: number;
  /** Counts a record each time it is sent. */
  readonly recordsSent: number;
  readonly recordsSucceeded: number;
  /** Records dropped without a destination, by condition. */
  readonly recordsDropped: Readonly<Record<GivenUpCondition, number>>;
  readonly recordsDeliveredToDestination: number;
  /** Records that Kafka's retention deleted while they waited for a retry. */
  readonly recordsExpiredInKafka: number;
  readonly offsetsCommitted: number;
  readonly invocationsStarted: number;
  /** The number of these invocations that repeated records. */
  readonly invocationsRetried: number;
  readonly invocationsEnded: Readonly<Record<Ending, number>>;
  readonly failuresDelivered: number;
  readonly failureDeliveriesRefused: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] extends number ? number : Writable<T[K]> };

/** The state of a machine. */
export interface TriggerState<R extends LogRecord> {
  settings: MachineSettings;
  readonly partitions: Map<number, PartitionState<R>>;
  /** Grows only: the last ones have no partitions while fewer are in use, and may still have open invocations. */
  readonly pollers: PollerState<R>[];
  pollersInUse: number;
  readonly flights: Map<number, Flight<R>>;
  readonly deliveries: Map<number, FailureDelivery<R>>;
  readonly counters: Writable<Counters>;
  lastId: number;
}

export function newTriggerState<R extends LogRecord>(settings: MachineSettings): TriggerState<R> {
  const triggerState: TriggerState<R> = {
    settings,
    partitions: new Map(),
    pollers: [],
    pollersInUse: 0,
    flights: new Map(),
    deliveries: new Map(),
    counters: {
      recordsReceived: 0,
      recordsSent: 0,
      recordsSucceeded: 0,
      recordsDropped: {
        ...{ RetryAttemptsExhausted: 0, MaximumPayloadSizeExceeded: 0, RecordAgeExceeded: 0 },
        ...{ SCHEMA_NOT_FOUND: 0, DESERIALIZATION_ERROR: 0 },
      },
      recordsDeliveredToDestination: 0,
      recordsExpiredInKafka: 0,
      offsetsCommitted: 0,
      invocationsStarted: 0,
      invocationsRetried: 0,
      invocationsEnded: { succeeded: 0, partlyFailed: 0, refused: 0, failed: 0 },
      failuresDelivered: 0,
      failureDeliveriesRefused: 0,
    },
    lastId: 0,
  };
  usePollers(triggerState, settings.pollers);
  return triggerState;
}

/** Divides the partitions among so many pollers. What is open, waits or is retried of a partition goes with the partition. */
export function usePollers<R extends LogRecord>(triggerState: TriggerState<R>, count: number): void {
  const { pollers, partitions } = triggerState;
  triggerState.pollersInUse = Math.max(1, count);
  while (pollers.length < triggerState.pollersInUse) pollers.push({ partitions: [], invocationsOpen: 0 });
  for (const poller of pollers) poller.partitions.length = 0;
  for (const state of [...partitions.values()].sort((a, b) => a.partition - b.partition))
    pollerOf(triggerState, state).partitions.push(state);
}

export function pollerOf<R extends LogRecord>(triggerState: TriggerState<R>, state: PartitionState<R>): PollerState<R> {
  const poller = triggerState.pollers[state.partition % triggerState.pollersInUse];
  if (poller === undefined) throw new Error('a machine needs at least one poller');
  return poller;
}

export function newId<R extends LogRecord>(triggerState: TriggerState<R>): number {
  triggerState.lastId += 1;
  return triggerState.lastId;
}

export function recordsOf<R extends LogRecord>(parts: readonly Part<R>[]): readonly PartitionRecords<R>[] {
  return parts.map(({ state, portion }) => ({
    topicPartition: state.topicPartition,
    partition: state.partition,
    records: portion.records,
  }));
}

export function countRecords<R extends LogRecord>(parts: readonly Part<R>[]): number {
  return parts.reduce((sum, part) => sum + part.portion.records.length, 0);
}

/** A commit is due when all records below an offset higher than the committed one are settled. */
export function commitIfAdvanced<R extends LogRecord>(
  triggerState: TriggerState<R>,
  state: PartitionState<R>,
  commands: Command<R>[],
): void {
  const offset = settledUpTo(state);
  if (offset <= state.committedOffset) return;
  triggerState.counters.offsetsCommitted += offset - state.committedOffset;
  state.committedOffset = offset;
  commands.push({ kind: 'commit', partition: state.partition, topicPartition: state.topicPartition, offset });
}

/**
 * Sends records that will not be retried to the destination; their partitions wait until it has them. Without a destination the
 * records are dropped, and the partitions continue at once.
 */
export function giveUp<R extends LogRecord>(
  triggerState: TriggerState<R>,
  parts: readonly Part<R>[],
  condition: GivenUpCondition,
  commands: Command<R>[],
): void {
  const [first] = parts;
  if (first === undefined) return;
  if (!triggerState.settings.hasDestination) {
    triggerState.counters.recordsDropped[condition] += countRecords(parts);
    for (const { state } of parts) commitIfAdvanced(triggerState, state, commands);
    return;
  }
  // All parts were in the same invocations.
  const { invocations: invokeCount, lastResponse } = first.portion;
  const failure: GivenUp<R> = { condition, invokeCount, lastResponse, batch: recordsOf(parts) };
  const id = newId(triggerState);
  for (const { state, portion } of parts) state.delivering = portion;
  triggerState.deliveries.set(id, { failure, parts, tries: 1, retryAtMs: undefined });
  commands.push({ kind: 'deliverFailure', id, failure });
}
