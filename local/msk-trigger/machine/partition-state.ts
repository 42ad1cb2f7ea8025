import type { LastResponse, LogRecord } from './commands.ts';

/** Records of one partition that are sent, retried and abandoned together. Never empty. */
export interface Portion<R extends LogRecord> {
  readonly records: readonly R[];
  readonly retriesUsed: number;
  readonly invocations: number;
  readonly readyAtMs: number;
  /** Portions of one group share an invocation when they are ready together. */
  readonly group: number;
  readonly lastResponse: LastResponse;
}

interface Waiting<R extends LogRecord> {
  readonly record: R;
  readonly arrivedAtMs: number;
}

/** One partition. Offsets ascend through `retries` and then `queue`; the queue waits while there are retries. */
export interface PartitionState<R extends LogRecord> {
  readonly partition: number;
  readonly topicPartition: string;
  /** The size of `"<topic>-<partition>":[]`. */
  readonly keyBytes: number;
  queue: Waiting<R>[];
  queueBytes: number;
  retries: Portion<R>[];
  inFlight: Portion<R> | undefined;
  delivering: Portion<R> | undefined;
  /** The next offset to fetch. */
  nextOffset: number;
  committedOffset: number;
}

export function newPartition<R extends LogRecord>(topic: string, partition: number, offset: number): PartitionState<R> {
  const topicPartition = `${topic}-${partition}`;
  return {
    partition,
    topicPartition,
    keyBytes: JSON.stringify(topicPartition).length + ':[]'.length,
    queue: [],
    queueBytes: 0,
    retries: [],
    inFlight: undefined,
    delivering: undefined,
    nextOffset: offset,
    committedOffset: offset,
  };
}

/** True if no record of the partition is in an invocation or in a delivery to the destination. */
export function isIdle<R extends LogRecord>(state: PartitionState<R>): boolean {
  return state.inFlight === undefined && state.delivering === undefined;
}

/** Appends new records. A broker returns whole batches, which may begin below the requested offset. */
export function enqueue<R extends LogRecord>(state: PartitionState<R>, records: readonly R[], nowMs: number): number {
  let added = 0;
  for (const record of records) {
    if (record.offset < state.nextOffset) continue;
    state.queue.push({ record, arrivedAtMs: nowMs });
    state.queueBytes += record.bytes;
    state.nextOffset = record.offset + 1;
    added += 1;
  }
  return added;
}

/** Removes and returns the first `count` waiting records. */
export function dequeue<R extends LogRecord>(state: PartitionState<R>, count: number): R[] {
  const records = state.queue.splice(0, count).map((waiting) => waiting.record);
  for (const record of records) state.queueBytes -= record.bytes;
  return records;
}

/** The first unsettled offset, from which a restarted consumer must read. */
export function settledUpTo<R extends LogRecord>(state: PartitionState<R>): number {
  return Math.min(
    state.inFlight?.records[0]?.offset ?? Number.POSITIVE_INFINITY,
    state.delivering?.records[0]?.offset ?? Number.POSITIVE_INFINITY,
    state.retries[0]?.records[0]?.offset ?? Number.POSITIVE_INFINITY,
    state.queue[0]?.record.offset ?? Number.POSITIVE_INFINITY,
    state.nextOffset,
  );
}

/** Drops waiting records below `offset`, which Kafka no longer holds. Returns their number. */
export function forgetBelow<R extends LogRecord>(state: PartitionState<R>, offset: number): number {
  const before = countWaiting(state);
  state.retries = state.retries
    .map((portion) => ({ ...portion, records: portion.records.filter((record) => record.offset >= offset) }))
    .filter((portion) => portion.records.length > 0);
  const gone = state.queue.findIndex((waiting) => waiting.record.offset >= offset);
  dequeue(state, gone === -1 ? state.queue.length : gone);
  return before - countWaiting(state);
}

function countWaiting<R extends LogRecord>(state: PartitionState<R>): number {
  return state.queue.length + state.retries.reduce((sum, portion) => sum + portion.records.length, 0);
}
