import { INVOCATION_BYTES_MAX } from '../../../shared/limits.ts';
import { type Answer, readAnswer } from './answer.ts';
import type { InvocationResult, LogRecord, PartitionRecords } from './commands.ts';
import type { MachineSettings } from './settings.ts';

/** `refused`: the function returned an answer that makes Lambda repeat the whole batch. */
export type Ending = 'succeeded' | 'partlyFailed' | 'refused' | 'failed';

export interface BatchResult<R extends LogRecord> {
  readonly ending: Ending;
  /** The records to repeat, by key of `event.records`, ascending; a partition without an entry is settled. */
  readonly unsettled: ReadonlyMap<string, readonly R[]>;
}

/** Decides the result of each partition of an invocation's batch. */
export function batchResultOf<R extends LogRecord>(
  settings: Pick<MachineSettings, 'partialFailureRetry' | 'reportsItemFailures'>,
  batch: readonly PartitionRecords<R>[],
  result: InvocationResult,
): BatchResult<R> {
  // Lambda turns an answer above the limit into the error Function.ResponseSizeTooLarge.
  if (result.kind === 'failed' || result.payload.length > INVOCATION_BYTES_MAX) return whole('failed', batch);
  if (!settings.reportsItemFailures) return { ending: 'succeeded', unsettled: new Map() };
  return batchResultOfAnswer(settings, batch, readAnswer(result.payload, membership(batch)));
}

function batchResultOfAnswer<R extends LogRecord>(
  settings: Pick<MachineSettings, 'partialFailureRetry'>,
  batch: readonly PartitionRecords<R>[],
  answer: Answer,
): BatchResult<R> {
  switch (answer.kind) {
    case 'success':
      return { ending: 'succeeded', unsettled: new Map() };
    case 'invalid':
      return whole('refused', batch);
    case 'failures': {
      const unsettled = new Map<string, readonly R[]>();
      for (const { topicPartition, records } of batch) {
        const reported = answer.offsets.get(topicPartition);
        if (reported !== undefined)
          unsettled.set(topicPartition, sentAgain(settings.partialFailureRetry, records, reported));
      }
      return { ending: 'partlyFailed', unsettled };
    }
  }
}

function sentAgain<R extends LogRecord>(
  partialFailureRetry: MachineSettings['partialFailureRetry'],
  records: readonly R[],
  reported: ReadonlySet<number>,
): readonly R[] {
  if (partialFailureRetry === 'listedOnly') return records.filter((record) => reported.has(record.offset));
  return records.slice(records.findIndex((record) => reported.has(record.offset)));
}

function whole<R extends LogRecord>(ending: Ending, batch: readonly PartitionRecords<R>[]): BatchResult<R> {
  return { ending, unsettled: new Map(batch.map((part) => [part.topicPartition, part.records])) };
}

/** Builds the sets on first use, because most answers name no record. */
function membership<R extends LogRecord>(
  batch: readonly PartitionRecords<R>[],
): (topicPartition: string, offset: number) => boolean {
  let sent: Map<string, Set<number>> | undefined;
  return (topicPartition, offset) => {
    sent ??= new Map(batch.map((part) => [part.topicPartition, new Set(part.records.map((record) => record.offset))]));
    return sent.get(topicPartition)?.has(offset) ?? false;
  };
}
