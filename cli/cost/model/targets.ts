import type { PriceList } from '../prices.ts';
import { type CostLine, HOURS_A_MONTH, line, SECONDS_A_MONTH } from './lines.ts';
import { megabytesPerSecond, type Traffic } from './traffic.ts';

/** https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
const SHARD = { records: 1_000, megabytes: 1 } as const;
/** Keys never spread evenly: a stream is planned for less than all of its shards give. */
const SHARD_FILL = 0.7;
const PUT_UNIT_BYTES = 25_000;
/** https://aws.amazon.com/documentdb/pricing/: a write of the log of up to 4 KB is one I/O. */
const IO_BYTES = 4_096;

/** @param entriesPerSecond Kinesis records: aggregates where records are aggregated */
export const shardsOf = (traffic: Traffic, entriesPerSecond: number): number =>
  Math.max(
    1,
    Math.ceil(entriesPerSecond / SHARD.records / SHARD_FILL),
    Math.ceil(megabytesPerSecond(traffic) / SHARD.megabytes / SHARD_FILL),
  );

/** What a provisioned stream costs for these writes. */
export function streamLines(prices: PriceList, traffic: Traffic, entriesPerSecond: number): readonly CostLine[] {
  const bytesPerSecond = traffic.recordsPerSecond * traffic.valueBytes;
  const entryBytes = bytesPerSecond / entriesPerSecond;
  const unitsEach = Math.max(1, entryBytes / PUT_UNIT_BYTES);
  return [
    line(prices, 'shardHour', 'shards', shardsOf(traffic, entriesPerSecond) * HOURS_A_MONTH),
    line(prices, 'millionPutUnits', 'PUT payload units', (entriesPerSecond * unitsEach * SECONDS_A_MONTH) / 1e6),
  ];
}

/** The writes of the log, without the reads of a cluster whose documents are not in memory. */
export const documentLines = (
  prices: PriceList,
  { valueBytes }: Traffic,
  writesPerSecond: number,
): readonly CostLine[] => [
  line(
    prices,
    'millionDocumentdbIos',
    'I/O of the writes',
    (writesPerSecond * Math.max(1, valueBytes / IO_BYTES) * SECONDS_A_MONTH) / 1e6,
  ),
];

/** A key's records go to one shard. */
export function hotKeyNote(
  { recordsPerSecond, valueBytes, keys }: Traffic,
  entriesPerRecord: number,
): readonly string[] {
  const records = (recordsPerSecond / keys) * entriesPerRecord;
  const megabytes = (recordsPerSecond * valueBytes) / keys / 1e6;
  if (records <= SHARD.records && megabytes <= SHARD.megabytes) return [];
  return [
    `a key has ${records.toFixed(0)} entries and ${megabytes.toFixed(1)} MB a second; its shard takes 1,000 and 1 MB: use more keys, or aggregation: key for small records`,
  ];
}
