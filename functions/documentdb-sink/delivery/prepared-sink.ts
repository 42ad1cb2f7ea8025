import { untilAborted } from '../../../shared/concurrency/until-aborted.ts';
import type { DeadLetterQueue } from '../../../shared/dead-letter/dead-letter-queue.ts';
import { assert } from '../../../shared/errors.ts';
import { PROBE_INTERVAL_MS } from '../../../shared/limits.ts';
import { failed, isSettled, type RecordFailure, type RecordOutcome, skipped } from '../../../shared/outcome.ts';
import type { PartitionBatch, SourceRecord } from '../../../shared/record.ts';
import type { Sink } from '../../../shared/sink-contract.ts';
import { fullJitterMs } from '../../../shared/time/backoff.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import { abortAt, type Deadline } from '../../../shared/time/deadline.ts';
import type { Preparation } from '../plan/preparation.ts';

export interface PreparedSinkParts {
  readonly preparation: Preparation;
  readonly clock: Clock;
  /** 0 <= random() < 1 */
  readonly random: () => number;
}

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
  readonly signal: AbortSignal;
  readonly redriven: DeadLetterQueue | undefined;
}

/**
 * Prepares records before the sink plans them. What cannot be prepared holds the rest of its partition, for which document it
 * writes is not known, and nothing else; it is asked for again until `sendUntilMs`.
 */
export function createPreparedSink(sink: Sink, { preparation, clock, random }: PreparedSinkParts): Sink {
  async function write(
    batches: readonly PartitionBatch[],
    deadline: Deadline,
    redriven?: DeadLetterQueue,
  ): Promise<readonly RecordOutcome[]> {
    const outcomes = new Map<SourceRecord, RecordOutcome>();
    const abort = abortAt(clock, deadline.answerByMs);
    let rest: readonly Divided[] = batches.map(({ topicPartition, records }) => ({
      topicPartition,
      ready: [],
      waiting: records,
    }));
    const stopped: Divided[] = [];
    try {
      for (let attempt = 1; rest.length > 0; attempt += 1) {
        const left = await writeWhatCanBe(rest, deadline, { outcomes, signal: abort.signal, redriven });
        // No record may overtake an unsettled record of its partition: both may be of one document.
        const isBehind = ({ ready }: Divided) => ready.some((record) => !isSettled(outcomeOf(record, outcomes)));
        stopped.push(...left.filter(isBehind));
        rest = left.filter((each) => !isBehind(each));
        if (clock.nowMs() >= deadline.sendUntilMs) break;
        const retryAtMs = clock.nowMs() + pauseMs(rest, attempt, random());
        if (rest.length > 0) await clock.waitUntil(Math.min(retryAtMs, deadline.sendUntilMs));
      }
    } finally {
      abort.release();
    }
    for (const each of [...stopped, ...rest]) leave(each, outcomes);
    return recordsOf(batches).map((record) => outcomeOf(record, outcomes));
  }

  /** @returns what still waits */
  async function writeWhatCanBe(
    rest: readonly Divided[],
    deadline: Deadline,
    { outcomes, signal, redriven }: Writing,
  ): Promise<readonly Divided[]> {
    const records = rest.flatMap(({ waiting }) => waiting);
    if (clock.nowMs() < deadline.sendUntilMs) {
      // What is still under way when time is up is left as it is.
      await untilAborted(preparation.prepare(records, clock, signal), signal).catch(() => undefined);
    }
    const divided = rest.map((each) => divide(each, preparation));
    const ready = divided
      .filter((each) => each.ready.length > 0)
      .map(({ topicPartition, ready: own }) => ({ topicPartition, records: own }));
    const written = ready.length === 0 ? [] : await sink.write(ready, deadline, redriven);
    for (const [index, record] of recordsOf(ready).entries()) {
      const outcome = written[index];
      if (outcome !== undefined) outcomes.set(record, outcome);
    }
    return divided.filter(({ waiting }) => waiting.length > 0);
  }

  return { write };
}

const recordsOf = (batches: readonly PartitionBatch[]): readonly SourceRecord[] =>
  batches.flatMap(({ records }) => records);

function divide({ topicPartition, waiting }: Divided, preparation: Preparation): Divided {
  for (const [index, record] of waiting.entries()) {
    const failure = preparation.obstacleTo(record);
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
