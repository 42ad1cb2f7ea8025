import type { fetchV17, RecordsBatch } from '@platformatic/kafka';
import type { Arrival } from '../machine/machine.ts';
import type { EventRecord, recordSerializer } from './event.ts';

/** https://kafka.apache.org/documentation/#recordbatch */
const IS_LOG_APPEND_TIME = 1 << 3;
const IS_CONTROL = 1 << 5;

/** What is used of a partition in Kafka's answer. */
export interface Fetched extends Pick<fetchV17.FetchResponsePartition, 'partitionIndex' | 'logStartOffset'> {
  readonly records?: readonly RecordsBatch[] | null | undefined;
}

/**
 * The records of a partition that a fetch from an offset found. A batch is fetched whole: its records before the offset are left out.
 * @param from the offset from which the partition was fetched
 */
export function arrivalOf(
  { partitionIndex: partition, logStartOffset, records: batches }: Fetched,
  from: number,
  serialize: ReturnType<typeof recordSerializer>,
): Arrival<EventRecord> {
  const records: EventRecord[] = [];
  let nextOffset = from;
  for (const batch of batches ?? []) {
    appendRecords(batch, from, serialize, records);
    nextOffset = Number(batch.firstOffset) + batch.lastOffsetDelta + 1;
  }
  return { partition, records, nextOffset, logStartOffset: Number(logStartOffset) };
}

function appendRecords(
  batch: RecordsBatch,
  from: number,
  serialize: ReturnType<typeof recordSerializer>,
  records: EventRecord[],
): void {
  // Skip control records (transaction markers).
  if ((batch.attributes & IS_CONTROL) !== 0) return;
  const firstOffset = Number(batch.firstOffset);
  const firstTimestampMs = Number(batch.firstTimestamp);
  const appendedAtMs = (batch.attributes & IS_LOG_APPEND_TIME) !== 0 ? Number(batch.maxTimestamp) : undefined;
  for (const { offsetDelta, timestampDelta, key, value, headers } of batch.records) {
    const offset = firstOffset + offsetDelta;
    if (offset < from) continue;
    const timestampMs = appendedAtMs ?? firstTimestampMs + Number(timestampDelta);
    const timestampType = appendedAtMs === undefined ? 'CREATE_TIME' : 'LOG_APPEND_TIME';
    records.push(serialize({ offset, timestampMs, timestampType, key, value, headers }));
  }
}
