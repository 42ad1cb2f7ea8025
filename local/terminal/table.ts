import type { PartitionLag } from '../msk-trigger/runtime/trigger.ts';

/** A snapshot of the values that the live table shows. */
export interface Status {
  readonly elapsedMs: number;
  readonly producedCount: number;
  readonly sinks: readonly SinkStatus[];
  readonly documentCount: number;
  /** Kinesis records by shard. */
  readonly shards: ReadonlyMap<string, number>;
}

export interface SinkStatus {
  readonly name: string;
  readonly batches: number;
  /** Records received by the function, repeats included. */
  readonly received: number;
  readonly unsettled: number;
  readonly deadLettered: number;
  readonly lag: number;
  readonly partitions: readonly PartitionLag[];
  readonly memoryPeakMb: number;
}

const COLUMNS: readonly (readonly [heading: string, cell: (sink: SinkStatus) => string])[] = [
  ['function', ({ name }) => name],
  ['batches', ({ batches }) => grouped(batches)],
  ['settled', ({ received, unsettled }) => grouped(received - unsettled)],
  ['unsettled', ({ unsettled }) => grouped(unsettled)],
  ['dead letters', ({ deadLettered }) => grouped(deadLettered)],
  ['lag', ({ lag }) => grouped(lag)],
  ['memory MB', ({ memoryPeakMb }) => grouped(Math.round(memoryPeakMb))],
];

export function renderTable(status: Status): string {
  const rows = [
    COLUMNS.map(([heading]) => heading),
    ...status.sinks.map((sink) => COLUMNS.map(([, cell]) => cell(sink))),
  ];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const aligned = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('   '),
  );
  const shards = [...status.shards].toSorted(([a], [b]) => a.localeCompare(b));
  const stored = shards.reduce((sum, [, count]) => sum + count, 0);
  const byShard = shards.map(
    ([shardId, count]) => `${shardId.replace(/shardId-0*(?=\d)/, 'shard ')}: ${grouped(count)}`,
  );
  return [
    `${duration(status.elapsedMs)}   produced ${grouped(status.producedCount)}`,
    ...aligned,
    `DocumentDB   ${grouped(status.documentCount)} documents`,
    `Kinesis      ${[`${grouped(stored)} records`, ...byShard].join('   ')}`,
  ].join('\n');
}

const grouped = (count: number): string => count.toLocaleString('en-US');

function duration(elapsedMs: number): string {
  const seconds = Math.floor(elapsedMs / 1_000);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
