import { untilAborted } from '../../../../shared/concurrency/until-aborted.ts';
import type { DeadLetterQueue } from '../../../../shared/dead-letter/dead-letter-queue.ts';
import { assert } from '../../../../shared/errors.ts';
import { PROBE_INTERVAL_MS } from '../../../../shared/limits.ts';
import { failed, isSettled, type RecordFailure, type RecordOutcome, skipped } from '../../../../shared/outcome.ts';
import type { PartitionBatch, SourceRecord } from '../../../../shared/record.ts';
import type { Sink } from '../../../../shared/sink-contract.ts';
import { fullJitterMs } from '../../../../shared/time/backoff.ts';
import { abortAt, type Deadline } from '../../../../shared/time/deadline.ts';
import type { Preparation, PreparationParts, Prerequisites } from '../../plan/preparation.ts';

/** A partition's records: those that can be planned, up to the first that cannot. */
interface Divided {
  readonly topicPartition: string;
  readonly ready: readonly SourceRecord[];
  readonly waiting: readonly SourceRecord[];
  /** Why the first of the waiting ones waits. */
  readonly failure?: RecordFailure;
}

interface Writing {
  readonly outcomes: Map<SourceRecord, RecordOutcome>;
  readonly deadline: Deadline;
  readonly signal: AbortSignal;
  readonly redriven: DeadLetterQueue | undefined;
  /** Partitions whose records wait for the next attempt. */
  readonly waiting: Divided[];
  /** Whether an attempt is under way or to come, which takes along whatever waits. */
  isAsking: boolean;
}

export const preparationOf = (prerequisites: Prerequisites): Preparation => ({
  ...prerequisites,
  before: (sink, parts) => createPreparedSink(sink, prerequisites, parts),
});

/**
 * Prepares records before the sink plans them. What cannot be prepared holds the rest of its partition, for which document it
 * writes is not known, and nothing else; it is asked for again until `sendUntilMs`.
 */
function createPreparedSink(sink: Sink, prerequisites: Prerequisites, { clock, random }: PreparationParts): Sink {
  async function write(
    batches: readonly PartitionBatch[],
    deadline: Deadline,
    redriven?: DeadLetterQueue,
  ): Promise<readonly RecordOutcome[]> {
    const outcomes = new Map<SourceRecord, RecordOutcome>();
    const abort = abortAt(clock, deadline.answerByMs);
    const waiting = batches.map(({ topicPartition, records }) => ({ topicPartition, ready: [], waiting: records }));
    try {
      await deliver(1, { outcomes, deadline, signal: abort.signal, redriven, waiting, isAsking: true });
    } finally {
      abort.release();
    }
    return recordsOf(batches).map((record) => outcomeOf(record, outcomes));
  }

  /** Writes what can be prepared. No partition waits for the write of another one (G4). */
  async function deliver(attempt: number, writing: Writing): Promise<void> {
    const asked = writing.waiting.splice(0);
    await prepare(asked, writing);
    const divided = asked.map((each) => divide(each, prerequisites));
    writing.isAsking = false;
    const [whole, parts] = split(divided, ({ waiting }) => waiting.length === 0);
    const [begun, others] = split(parts, ({ ready }) => ready.length > 0);
    await Promise.all([
      writeReady(whole, writing),
      ...begun.map((each) => writeReady([each], writing).then(() => deliverLater([each], attempt, writing))),
      deliverLater(others, attempt, writing),
    ]);
  }

  async function prepare(asked: readonly Divided[], { deadline, signal }: Writing): Promise<void> {
    if (clock.nowMs() >= deadline.sendUntilMs) return;
    const records = asked.flatMap((each) => each.waiting);
    // What is still under way when time is up is left as it is.
    await untilAborted(prerequisites.prepare(records, clock, signal), signal).catch(() => undefined);
  }

  async function writeReady(ready: readonly Divided[], { outcomes, deadline, redriven }: Writing): Promise<void> {
    if (ready.length === 0) return;
    const batches = ready.map(({ topicPartition, ready: records }) => ({ topicPartition, records }));
    const written = await sink.write(batches, deadline, redriven);
    for (const [index, record] of recordsOf(batches).entries()) {
      const outcome = written[index];
      if (outcome !== undefined) outcomes.set(record, outcome);
    }
  }

  /** Tries what still waits again after a pause, together with what waits already. */
  async function deliverLater(divided: readonly Divided[], attempt: number, writing: Writing): Promise<void> {
    const { outcomes, deadline, waiting } = writing;
    const mayBeSent = clock.nowMs() < deadline.sendUntilMs;
    // No record may overtake an unsettled record of its partition: both may be of one document.
    const isBehind = ({ ready }: Divided) => ready.some((record) => !isSettled(outcomeOf(record, outcomes)));
    for (const each of divided) {
      if (mayBeSent && !isBehind(each)) waiting.push(each);
      else leave(each, outcomes);
    }
    if (writing.isAsking || waiting.length === 0) return;
    writing.isAsking = true;
    const retryAtMs = clock.nowMs() + pauseMs(waiting, attempt, random());
    await clock.waitUntil(Math.min(retryAtMs, deadline.sendUntilMs));
    await deliver(attempt + 1, writing);
  }

  return { write };
}

function split<Item>(
  items: readonly Item[],
  isFirst: (item: Item) => boolean,
): readonly [readonly Item[], readonly Item[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

const recordsOf = (batches: readonly PartitionBatch[]): readonly SourceRecord[] =>
  batches.flatMap(({ records }) => records);

function divide({ topicPartition, waiting }: Divided, prerequisites: Prerequisites): Divided {
  for (const [index, record] of waiting.entries()) {
    const failure = prerequisites.obstacleTo(record);
    if (failure !== undefined)
      return { topicPartition, ready: waiting.slice(0, index), waiting: waiting.slice(index), failure };
  }
  return { topicPartition, ready: waiting, waiting: [] };
}

function leave({ waiting, failure = NOT_PREPARED }: Divided, outcomes: Map<SourceRecord, RecordOutcome>): void {
  const [first, ...others] = waiting;
  if (first === undefined) return;
  outcomes.set(first, failed(first.position, failure));
  for (const other of others) outcomes.set(other, skipped(other.position, first.position));
}

const NOT_PREPARED: RecordFailure = {
  code: 'deadline_exceeded',
  retryable: true,
  mayBeWritten: false,
  detail: 'time was up before the record could be prepared',
};

/** What somebody has to mend is not asked for so often. */
const pauseMs = (rest: readonly Divided[], attempt: number, random: number): number =>
  rest.some(({ failure }) => failure?.code === 'schema_unavailable')
    ? fullJitterMs(attempt, random)
    : PROBE_INTERVAL_MS;

function outcomeOf(record: SourceRecord, outcomes: ReadonlyMap<SourceRecord, RecordOutcome>): RecordOutcome {
  const outcome = outcomes.get(record);
  assert(outcome !== undefined, 'every record has an outcome');
  return outcome;
}
