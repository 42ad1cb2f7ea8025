import { type Entry, openRecordsOf, type RecordHead } from '../bucket/entry.ts';

/** A record that waits to be sent, once, however many objects hold it. */
export interface QueuedRecord extends RecordHead {
  /** The keys of the objects that hold the record. */
  readonly sources: readonly string[];
}

export interface Plan {
  /** What one invocation takes, in the order in which it is sent. No batch holds two records of one position. */
  readonly batches: readonly (readonly QueuedRecord[])[];
  /** Records that no invocation can take. */
  readonly tooLarge: readonly QueuedRecord[];
}

export interface BatchLimits {
  readonly recordsMax: number;
  readonly bytesMax: number;
}

/** The open records of one function's entries, by topic, partition and offset. */
export function planOf(entries: readonly Entry[], limits: BatchLimits): Plan {
  const queue = queueOf(entries);
  const fits = (record: QueuedRecord) => bytesOf(record) <= limits.bytesMax;
  return { batches: batchesOf(queue.filter(fits), limits), tooLarge: queue.filter((record) => !fits(record)) };
}

function queueOf(entries: readonly Entry[]): readonly QueuedRecord[] {
  const queued = new Map<string, { readonly record: RecordHead; readonly sources: string[] }>();
  // Of records of one position, the one that failed first goes first.
  for (const entry of entries.toSorted((one, other) => one.atMs - other.atMs)) {
    for (const record of openRecordsOf(entry)) {
      const identity = `${placeOf(record)}#${record.fingerprint}`;
      const known = queued.get(identity);
      if (known === undefined) queued.set(identity, { record, sources: [entry.key] });
      else known.sources.push(entry.key);
    }
  }
  return [...queued.values()].map(({ record, sources }) => ({ ...record, sources })).sort(byPosition);
}

function batchesOf(
  queue: readonly QueuedRecord[],
  { recordsMax, bytesMax }: BatchLimits,
): readonly (readonly QueuedRecord[])[] {
  const batches: QueuedRecord[][] = [];
  let batch: QueuedRecord[] = [];
  let bytes = 0;
  for (const record of queue) {
    const isFull = batch.length >= recordsMax || bytes + bytesOf(record) > bytesMax;
    const previous = batch.at(-1);
    if (batch.length === 0 || isFull || (previous !== undefined && placeOf(previous) === placeOf(record))) {
      batch = [];
      batches.push(batch);
      bytes = 0;
    }
    batch.push(record);
    bytes += bytesOf(record);
  }
  return batches;
}

/** A record and, at worst, a partition of its own around it: `"orders-0":[..],` */
const bytesOf = ({ eventBytes, topicPartition }: QueuedRecord): number =>
  eventBytes + Buffer.byteLength(topicPartition) + 8;

export const placeOf = ({ topicPartition, offset }: Pick<RecordHead, 'topicPartition' | 'offset'>): string =>
  `${topicPartition}@${offset}`;

function byPosition(one: RecordHead, other: RecordHead): number {
  if (one.topic !== other.topic) return one.topic < other.topic ? -1 : 1;
  return one.partition - other.partition || one.offset - other.offset;
}
