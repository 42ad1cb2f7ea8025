import type { SinkName } from '../../../infra/sinks.ts';
import type { SourceRecord } from '../../../shared/record.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import { mapAtMost } from '../at-most.ts';
import type { ReadRecord } from '../bucket/record-reader.ts';
import { READS_AT_ONCE } from '../bucket/scan.ts';
import { redriveEvent } from '../event.ts';
import { type Failure, type Result, resultsOf } from './answer.ts';
import type { Invoke } from './invoke.ts';
import type { Mark } from './marks.ts';
import type { Plan, QueuedRecord } from './plan.ts';

export interface RedriveParts {
  readonly readRecord: ReadRecord;
  readonly invoke: Invoke;
  readonly mark: Mark;
  readonly clock: Pick<Clock, 'nowMs' | 'waitUntil'>;
  readonly ratePerSecond: number;
  readonly isStopped: () => boolean;
  readonly progress: (tally: Tally) => void;
}

/** What became of a function's records so far. */
export interface Tally {
  readonly sink: SinkName;
  readonly recordCount: number;
  readonly settledCount: number;
  /** Records that stay in the bucket, with the reason. */
  readonly left: readonly (Result & { readonly failure: Failure })[];
}

/**
 * Sends the batches of one function, one after the other. A partition ends with its first record that may be settled later:
 * what follows must not overtake that record.
 */
export async function redrive(sink: SinkName, { batches, tooLarge }: Plan, parts: RedriveParts): Promise<Tally> {
  const { clock, ratePerSecond } = parts;
  const left = tooLarge.map((record) => ({ record, failure: TOO_LARGE }));
  const waiting = new Set<string>();
  let settledCount = 0;
  let nextAtMs = clock.nowMs();
  const recordCount = batches.reduce((sum, { length }) => sum + length, tooLarge.length);
  const tally = () => ({ sink, recordCount, settledCount, left });
  for (const planned of batches) {
    const reason = parts.isStopped() ? STOPPED : BEHIND;
    const batch = planned.filter(({ topicPartition }) => reason === BEHIND && !waiting.has(topicPartition));
    left.push(...planned.filter((record) => !batch.includes(record)).map((record) => ({ record, failure: reason })));
    if (batch.length === 0) continue;
    await clock.waitUntil(nextAtMs);
    nextAtMs = clock.nowMs() + (batch.length * 1_000) / ratePerSecond;
    const results = await send(sink, batch, parts);
    const settled = results.filter(({ failure }) => failure === undefined).map(({ record }) => record);
    await parts.mark(settled);
    settledCount += settled.length;
    for (const { record, failure } of results) {
      if (failure === undefined) continue;
      left.push({ record, failure });
      if (failure.retryable) waiting.add(record.topicPartition);
    }
    parts.progress(tally());
  }
  return tally();
}

async function send(
  sink: SinkName,
  batch: readonly QueuedRecord[],
  { readRecord, invoke }: RedriveParts,
): Promise<readonly Result[]> {
  const records = await mapAtMost(READS_AT_ONCE, batch, (queued) => readFromAny(queued, readRecord));
  const present = batch.filter((_, index) => records[index] !== undefined);
  const gone = batch.filter((_, index) => records[index] === undefined).map((record) => ({ record, failure: GONE }));
  if (present.length === 0) return gone;
  const event = redriveEvent(records.filter((record) => record !== undefined));
  return [...resultsOf(present, await invoke(sink, event)), ...gone];
}

async function readFromAny(record: QueuedRecord, readRecord: ReadRecord): Promise<SourceRecord | undefined> {
  for (const key of record.sources) {
    const found = await readRecord(key, record);
    if (found !== undefined) return found;
  }
  return undefined;
}

const TOO_LARGE: Failure = {
  code: 'too_large_to_send',
  retryable: false,
  detail: 'an invocation takes at most 6 MB: write the record to the target by other means',
};
const GONE: Failure = { code: 'object_gone', retryable: false, detail: 'the object expired or was deleted meanwhile' };
const BEHIND: Failure = {
  code: 'waits',
  retryable: true,
  detail: 'an earlier record of the partition may still be settled, and must not be overtaken',
};
const STOPPED: Failure = { code: 'stopped', retryable: true, detail: 'the command was stopped before' };
