import { isUtf8 } from 'node:buffer';
import type { Payload, SourceRecord } from '../../../shared/record.ts';
import { type Entry, openRecordsOf } from '../bucket/entry.ts';
import { rangesOf, rangeText } from './list.ts';
import { columns, counted, grouped, timeText, visible } from './text.ts';

/** An object in detail. @param records with their payloads, if these are to be shown */
export function showLines(entry: Entry, records: readonly SourceRecord[]): readonly string[] {
  const { key, kind, sink, code, reason, atMs, details } = entry;
  const open = openRecordsOf(entry).length;
  const facts = [
    ['kind', kind === 'record' ? 'dead letter of the function' : 'batch that the mapping gave up'],
    ['function', sink ?? 'of no function of this stage'],
    ['code', code],
    ['reason', reason],
    ['failed at', timeText(atMs)],
    ...details,
    ...rangesOf(entry.records).map((range) => [
      'records',
      `${rangeText(range)}, ${counted(range.recordCount, 'record')}`,
    ]),
    [
      'state',
      open === 0 ? 'settled by a redrive' : `${grouped(open)} of ${counted(entry.records.length, 'record')} open`,
    ],
  ] as const;
  return [key, ...columns(facts).map((line) => `  ${line}`), ...records.flatMap(recordLines)].map(visible);
}

const recordLines = ({ position, timestampMs, key, value, headers }: SourceRecord): readonly string[] => [
  `  ${position.topicPartition}@${position.offset}, ${timeText(timestampMs)}`,
  `    key    ${payloadText(key)}`,
  `    value  ${payloadText(value)}`,
  ...headers.map((header) => `    header ${header.name}: ${bytesText(header.value)}`),
];

const payloadText = (payload: Payload | null): string => (payload === null ? 'none' : bytesText(payload.bytes()));

/** Text where the bytes are UTF-8, otherwise base64. */
const bytesText = (bytes: Uint8Array): string =>
  isUtf8(bytes) ? Buffer.from(bytes).toString('utf8') : `base64 ${Buffer.from(bytes).toString('base64')}`;
