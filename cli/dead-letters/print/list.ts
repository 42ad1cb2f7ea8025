import { type Entry, openRecordsOf, type RecordHead } from '../bucket/entry.ts';
import type { Scan } from '../bucket/scan.ts';
import { columns, counted, grouped, timeText, visible } from './text.ts';

const HEADINGS = ['function', 'records', 'open', 'code', 'failed at', 'key'];

/** A line for each object, and how many records wait by function and code. */
export function listLines(bucket: string, { entries, unreadable }: Scan): readonly string[] {
  const rows = entries.map((entry) => [
    entry.sink ?? 'unknown',
    rangesOf(entry.records).map(rangeText).join(' '),
    `${grouped(openRecordsOf(entry).length)} of ${grouped(entry.records.length)}`,
    entry.code,
    timeText(entry.atMs),
    entry.key,
  ]);
  const totals = Map.groupBy(entries, ({ sink, code }) => `${sink ?? 'unknown'} ${code}`);
  return [
    ...(rows.length === 0 ? [] : [...columns([HEADINGS, ...rows]), '']),
    `${bucket}: ${counted(entries.length, 'object')} with ${counted(openCount(entries), 'open record')}`,
    ...[...totals].map(([name, own]) => `  ${name}: ${grouped(openCount(own))}`),
    ...unreadable.map(({ key, problem }) => `not read: ${key} ${problem}`),
  ].map(visible);
}

/** The same as data. */
export function listJson(bucket: string, { entries, unreadable }: Scan): string {
  const objects = entries.map((entry) => ({
    key: entry.key,
    kind: entry.kind,
    function: entry.sink ?? null,
    code: entry.code,
    reason: entry.reason,
    at: timeText(entry.atMs),
    recordCount: entry.records.length,
    openCount: openRecordsOf(entry).length,
    partitions: rangesOf(entry.records),
  }));
  return JSON.stringify({ bucket, objects, unreadable }, null, 2);
}

export interface OffsetRange {
  readonly topic: string;
  readonly partition: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly recordCount: number;
}

/** The offsets of each partition, from the lowest to the highest. */
export const rangesOf = (records: readonly RecordHead[]): readonly OffsetRange[] =>
  [...Map.groupBy(records, ({ topicPartition }) => topicPartition).values()].map((own) => {
    const offsets = own.map(({ offset }) => offset);
    return {
      topic: own[0]?.topic ?? '',
      partition: own[0]?.partition ?? 0,
      firstOffset: offsets.reduce((least, offset) => Math.min(least, offset)),
      lastOffset: offsets.reduce((most, offset) => Math.max(most, offset)),
      recordCount: own.length,
    };
  });

export const rangeText = ({ topic, partition, firstOffset, lastOffset }: OffsetRange): string =>
  `${topic}-${partition}@${firstOffset === lastOffset ? firstOffset : `${firstOffset}..${lastOffset}`}`;

const openCount = (entries: readonly Entry[]): number =>
  entries.reduce((sum, entry) => sum + openRecordsOf(entry).length, 0);
