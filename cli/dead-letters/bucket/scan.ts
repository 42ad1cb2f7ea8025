import { mapAtMost } from '../at-most.ts';
import { type Filter, mayPass, passes } from '../filter.ts';
import type { Bucket, StoredKey } from './bucket.ts';
import { type Entry, entryOf, openRecordsOf } from './entry.ts';
import { type FunctionNames, RECORDS_PREFIX, readObject, type StoredObject } from './read-object.ts';
import { RECEIPTS_PREFIX, readReceipt, receiptKey, type Settled } from './receipt.ts';

export interface Scan {
  /** By function, topic, partition and offset. */
  readonly entries: readonly Entry[];
  /** Objects that hold no records, or not in a form that this version knows. */
  readonly unreadable: readonly { readonly key: string; readonly problem: string }[];
}

export interface ScanOptions {
  readonly functionNames: FunctionNames;
  readonly filter: Filter;
  /** With the entries that are settled. */
  readonly all: boolean;
}

export const READS_AT_ONCE = 16;
/** A mapping's batch of 6 MB is escaped text inside JSON, so at most twice as large. */
const OBJECT_BYTES_MAX = 32 * 1024 * 1024;
/** S3 cuts times off to seconds, and has another clock than Lambda. */
const CLOCK_SLACK_MS = 60_000;

/** Reads every object that the filter lets pass. */
export async function scan(bucket: Bucket, options: ScanOptions): Promise<Scan> {
  const { filter, all } = options;
  const keys = await bucket.list();
  const receiptTimes = new Map(
    keys.filter(({ key }) => key.startsWith(RECEIPTS_PREFIX)).map(({ key, storedAtMs }) => [key, storedAtMs]),
  );
  const isWorthReading = (stored: StoredKey) =>
    !stored.key.startsWith(RECEIPTS_PREFIX) &&
    mayPass(filter, stored.key) &&
    stored.storedAtMs + CLOCK_SLACK_MS >= (filter.sinceMs ?? 0) &&
    (all || !isSettledLetter(stored, receiptTimes));
  const found = await mapAtMost(READS_AT_ONCE, keys.filter(isWorthReading), (stored) =>
    readEntry(bucket, stored, { receiptTimes, ...options }),
  );
  const entries = found.filter((each) => each !== undefined && 'records' in each);
  return {
    entries: entries
      .filter((entry) => passes(filter, entry) && (all || openRecordsOf(entry).length > 0))
      .toSorted(byPosition),
    unreadable: found.filter((each) => each !== undefined && 'problem' in each),
  };
}

/**
 * A function's dead letter holds one record, so its receipt need not be read. A delivery after the redrive that made the same
 * dead letter again opens it again.
 */
const isSettledLetter = ({ key, storedAtMs }: StoredKey, receiptTimes: ReadonlyMap<string, number>): boolean =>
  key.startsWith(RECORDS_PREFIX) && (receiptTimes.get(receiptKey(key)) ?? -1) >= storedAtMs;

interface Reading {
  readonly receiptTimes: ReadonlyMap<string, number>;
  readonly functionNames: FunctionNames;
}

async function readEntry(bucket: Bucket, stored: StoredKey, { receiptTimes, functionNames }: Reading) {
  const { key, byteLength } = stored;
  if (byteLength > OBJECT_BYTES_MAX) return { key, problem: 'is larger than a dead letter can be' };
  const text = await bucket.get(key);
  if (text === undefined) return undefined; // it expired meanwhile
  let object: StoredObject;
  try {
    object = readObject(key, text, functionNames);
  } catch (error) {
    return { key, problem: error instanceof Error ? error.message : 'cannot be read' };
  }
  return entryOf(object, await settledOf(bucket, stored, receiptTimes));
}

async function settledOf(
  bucket: Bucket,
  stored: StoredKey,
  receiptTimes: ReadonlyMap<string, number>,
): Promise<Settled> {
  const receipt = receiptKey(stored.key);
  const isBatch = !stored.key.startsWith(RECORDS_PREFIX);
  const counts = isBatch ? receiptTimes.has(receipt) : isSettledLetter(stored, receiptTimes);
  return counts ? readReceipt(await bucket.get(receipt)) : new Map();
}

function byPosition(one: Entry, other: Entry): number {
  const [a, b] = [one.records[0], other.records[0]];
  return (
    compare(one.sink ?? '', other.sink ?? '') ||
    compare(a?.topic ?? '', b?.topic ?? '') ||
    (a?.partition ?? 0) - (b?.partition ?? 0) ||
    (a?.offset ?? 0) - (b?.offset ?? 0) ||
    one.atMs - other.atMs
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
