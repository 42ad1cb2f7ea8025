import type { SourceRecord } from '../../../shared/record.ts';
import type { Bucket } from './bucket.ts';
import { fingerprintOfRecord, type RecordHead } from './entry.ts';
import { type FunctionNames, RECORDS_PREFIX, readObject, type StoredObject } from './read-object.ts';

/** The record with its payload; undefined if its object is gone. */
export type ReadRecord = (key: string, head: RecordHead) => Promise<SourceRecord | undefined>;

/** The records of one batch follow each other, so few batches need to be kept. */
const BATCHES_KEPT_MAX = 4;

export function createRecordReader(bucket: Bucket, functionNames: FunctionNames): ReadRecord {
  const batches = new Map<string, Promise<StoredObject | undefined>>();

  async function load(key: string): Promise<StoredObject | undefined> {
    const text = await bucket.get(key);
    return text === undefined ? undefined : readObject(key, text, functionNames);
  }

  function loadOnce(key: string): Promise<StoredObject | undefined> {
    const loading = batches.get(key) ?? load(key);
    batches.delete(key);
    batches.set(key, loading);
    const [oldest] = batches.keys();
    if (batches.size > BATCHES_KEPT_MAX && oldest !== undefined) batches.delete(oldest);
    return loading;
  }

  return async (key, { topicPartition, offset, fingerprint }) => {
    const object = await (key.startsWith(RECORDS_PREFIX) ? load(key) : loadOnce(key));
    return object?.records.find(
      (record) =>
        record.position.offset === offset &&
        record.position.topicPartition === topicPartition &&
        fingerprintOfRecord(record) === fingerprint,
    );
  };
}
