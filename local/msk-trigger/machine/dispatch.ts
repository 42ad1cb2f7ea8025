import type { Command, GivenUpCondition, LogRecord } from './commands.ts';
import { dequeue, isIdle, type PartitionState, type Portion } from './partition-state.ts';
import type { MachineSettings } from './settings.ts';
import {
  countRecords,
  giveUp,
  newId,
  type Part,
  type PollerState,
  recordsOf,
  type TriggerState,
} from './trigger-state.ts';

/** Starts every due invocation of this poller, up to its limit of open invocations. */
export function dispatch<R extends LogRecord>(
  triggerState: TriggerState<R>,
  poller: PollerState<R>,
  nowMs: number,
  commands: Command<R>[],
): void {
  giveUpUnsendable(triggerState, poller, commands);
  while (poller.invocationsOpen < triggerState.settings.invocationsPerPollerMax) {
    const due = takeRetries(poller, nowMs) ?? takeFresh(triggerState, poller, nowMs);
    if (due === undefined) return;
    const live = withoutExpired(triggerState, due, nowMs, commands);
    if (live.length > 0) startInvocation(triggerState, poller, live, commands);
    giveUpUnsendable(triggerState, poller, commands);
  }
}

/** The time of this poller's next invocation if nothing else happens; Infinity if nothing waits. */
export function nextDueMs<R extends LogRecord>(triggerState: TriggerState<R>, poller: PollerState<R>): number {
  if (poller.invocationsOpen >= triggerState.settings.invocationsPerPollerMax) return Number.POSITIVE_INFINITY;
  let dueMs = Number.POSITIVE_INFINITY;
  for (const state of poller.partitions) {
    if (!isIdle(state)) continue;
    const retryMs = state.retries[0]?.readyAtMs;
    const freshMs = (state.queue[0]?.arrivedAtMs ?? Number.POSITIVE_INFINITY) + triggerState.settings.windowMs;
    dueMs = Math.min(dueMs, retryMs ?? freshMs);
  }
  return dueMs;
}

function startInvocation<R extends LogRecord>(
  triggerState: TriggerState<R>,
  poller: PollerState<R>,
  parts: readonly Part<R>[],
  commands: Command<R>[],
): void {
  const id = newId(triggerState);
  for (const { state, portion } of parts) state.inFlight = portion;
  poller.invocationsOpen += 1;
  triggerState.flights.set(id, { poller, parts });
  triggerState.counters.invocationsStarted += 1;
  triggerState.counters.recordsSent += countRecords(parts);
  if (parts.some((part) => part.portion.invocations > 0)) triggerState.counters.invocationsRetried += 1;
  commands.push({ kind: 'invoke', id, batch: recordsOf(parts) });
}

/** A record that exceeds an invocation's size, or that the schema registry refuses, fails without an invocation. */
function giveUpUnsendable<R extends LogRecord>(
  triggerState: TriggerState<R>,
  poller: PollerState<R>,
  commands: Command<R>[],
): void {
  for (const state of poller.partitions) {
    while (isIdle(state) && state.retries.length === 0) {
      const condition = unsendable(triggerState.settings, state);
      if (condition === undefined) break;
      const part = freshPart(triggerState, state, dequeue(state, 1));
      giveUp(triggerState, [part], condition, commands);
    }
  }
}

/** Why the partition's next record cannot be sent; undefined if it can, or if there is none. */
function unsendable<R extends LogRecord>(
  { envelopeBytes, payloadBytesMax }: MachineSettings,
  { queue, keyBytes }: PartitionState<R>,
): GivenUpCondition | undefined {
  const head = queue[0]?.record;
  if (head === undefined) return undefined;
  const isTooLarge = envelopeBytes + keyBytes + head.bytes > payloadBytesMax;
  return head.refusal ?? (isTooLarge ? 'MaximumPayloadSizeExceeded' : undefined);
}

/** The portions of the group that has been ready longest; portions that are not ready or not at the head of their partition wait. */
function takeRetries<R extends LogRecord>(poller: PollerState<R>, nowMs: number): readonly Part<R>[] | undefined {
  const ready: Part<R>[] = [];
  for (const state of poller.partitions) {
    const portion = state.retries[0];
    if (portion !== undefined && isIdle(state) && portion.readyAtMs <= nowMs) ready.push({ state, portion });
  }
  const first = ready.reduce<Part<R> | undefined>(
    (earliest, part) =>
      earliest !== undefined && earliest.portion.readyAtMs <= part.portion.readyAtMs ? earliest : part,
    undefined,
  );
  if (first === undefined) return undefined;
  const together = ready.filter((part) => part.portion.group === first.portion.group);
  for (const { state } of together) state.retries.shift();
  return together;
}

/**
 * Takes new records: as many as fit of the partition whose first record has waited longest, then of the next partition. A batch is
 * due when the window of the oldest record has passed, or when the batch is full by count or by bytes.
 */
function takeFresh<R extends LogRecord>(
  triggerState: TriggerState<R>,
  poller: PollerState<R>,
  nowMs: number,
): readonly Part<R>[] | undefined {
  const waiting = poller.partitions.filter(
    (state) => isIdle(state) && state.retries.length === 0 && state.queue.length > 0,
  );
  if (waiting.length === 0) return undefined;
  waiting.sort((a, b) => arrivalMs(a) - arrivalMs(b));
  const [oldest] = waiting;
  const windowIsOver = oldest !== undefined && nowMs >= arrivalMs(oldest) + triggerState.settings.windowMs;
  return windowIsOver || isFull(triggerState.settings, waiting) ? fill(triggerState, waiting) : undefined;
}

function arrivalMs<R extends LogRecord>(state: PartitionState<R>): number {
  return state.queue[0]?.arrivedAtMs ?? Number.POSITIVE_INFINITY;
}

function isFull<R extends LogRecord>(settings: MachineSettings, waiting: readonly PartitionState<R>[]): boolean {
  let records = 0;
  let bytes = settings.envelopeBytes - 1;
  for (const state of waiting) {
    records += state.queue.length;
    // n records have n - 1 commas between them, and a comma separates partitions.
    bytes += state.keyBytes + state.queueBytes + state.queue.length;
  }
  return records >= settings.batchRecordsMax || bytes >= settings.payloadBytesMax;
}

function fill<R extends LogRecord>(
  triggerState: TriggerState<R>,
  waiting: readonly PartitionState<R>[],
): readonly Part<R>[] {
  const parts: Part<R>[] = [];
  let recordsLeft = triggerState.settings.batchRecordsMax;
  let bytesLeft = triggerState.settings.payloadBytesMax - triggerState.settings.envelopeBytes;
  for (const state of waiting) {
    const keyBytes = state.keyBytes + (parts.length === 0 ? 0 : ','.length);
    const { count, bytes } = fitting(state, recordsLeft, bytesLeft - keyBytes);
    if (count === 0) break;
    parts.push(freshPart(triggerState, state, dequeue(state, count)));
    recordsLeft -= count;
    bytesLeft -= keyBytes + bytes;
  }
  return parts;
}

function fitting<R extends LogRecord>(
  state: PartitionState<R>,
  recordsMax: number,
  bytesMax: number,
): { readonly count: number; readonly bytes: number } {
  let count = 0;
  let bytes = 0;
  for (const { record } of state.queue) {
    const comma = count === 0 ? 0 : ','.length;
    if (count === recordsMax || record.refusal !== undefined || bytes + comma + record.bytes > bytesMax) break;
    count += 1;
    bytes += comma + record.bytes;
  }
  return { count, bytes };
}

function freshPart<R extends LogRecord>(
  triggerState: TriggerState<R>,
  state: PartitionState<R>,
  records: readonly R[],
): Part<R> {
  const portion: Portion<R> = {
    records,
    retriesUsed: 0,
    invocations: 0,
    readyAtMs: 0,
    group: newId(triggerState),
    lastResponse: undefined,
  };
  return { state, portion };
}

/** Lambda checks the age before each invocation. A partition's other records wait until the destination has the expired ones. */
function withoutExpired<R extends LogRecord>(
  triggerState: TriggerState<R>,
  parts: readonly Part<R>[],
  nowMs: number,
  commands: Command<R>[],
): readonly Part<R>[] {
  const bornBeforeMs = nowMs - triggerState.settings.recordAgeMaxMs;
  if (bornBeforeMs === Number.NEGATIVE_INFINITY) return parts;
  const expired = narrowed(parts, (record) => record.timestampMs < bornBeforeMs);
  if (expired.length === 0) return parts;
  const live = narrowed(parts, (record) => record.timestampMs >= bornBeforeMs);
  // First restore the remaining records, so that a commit takes them into account.
  for (const { state, portion } of live) state.retries.unshift(portion);
  giveUp(triggerState, expired, 'RecordAgeExceeded', commands);
  const sendable = live.filter((part) => isIdle(part.state));
  for (const { state } of sendable) state.retries.shift();
  return sendable;
}

function narrowed<R extends LogRecord>(parts: readonly Part<R>[], keeps: (record: R) => boolean): readonly Part<R>[] {
  return parts
    .map(({ state, portion }) => ({ state, portion: { ...portion, records: portion.records.filter(keeps) } }))
    .filter((part) => part.portion.records.length > 0);
}
