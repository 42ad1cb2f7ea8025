import { mapAtMost } from '../at-most.ts';
import type { Bucket } from '../bucket/bucket.ts';
import type { Entry } from '../bucket/entry.ts';
import { receiptKey, receiptText } from '../bucket/receipt.ts';
import type { QueuedRecord } from './plan.ts';

/** Resolves once the receipts of all records are durable. */
export type Mark = (settled: readonly QueuedRecord[]) => Promise<void>;

const WRITES_AT_ONCE = 16;

/** Writes a receipt for each object of which records are settled; it names those of earlier redrives too. */
export function createMarks(entries: readonly Entry[], bucket: Bucket, wallTimeMs: () => number): Mark {
  const settledByKey = new Map(
    entries.map(({ key, records }) => {
      const settled = Map.groupBy(
        records.filter(({ isSettled }) => isSettled),
        ({ topicPartition }) => topicPartition,
      );
      return [key, new Map([...settled].map(([name, own]) => [name, new Set(own.map(({ offset }) => offset))]))];
    }),
  );
  return async (records) => {
    const changed = new Set<string>();
    for (const { sources, topicPartition, offset } of records) {
      for (const key of sources) {
        const settled = settledByKey.get(key) ?? new Map<string, Set<number>>();
        settledByKey.set(key, settled);
        settled.set(topicPartition, (settled.get(topicPartition) ?? new Set()).add(offset));
        changed.add(key);
      }
    }
    await mapAtMost(WRITES_AT_ONCE, [...changed], (key) =>
      bucket.put(receiptKey(key), receiptText(settledByKey.get(key) ?? new Map(), wallTimeMs())),
    );
  };
}
