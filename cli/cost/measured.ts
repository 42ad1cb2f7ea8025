/** What was measured, as far as the model needs it. Each figure is of records of 1,000 bytes and includes the invocation. */
export interface Measured {
  /** Of kinesisSink, without aggregation. */
  readonly kinesis: CpuFigure;
  /** Of documentdbSink, for documents without a connector file. */
  readonly documentdb: CpuFigure;
  /** Of a worker of Kafka Connect with the MongoDB sink connector 2.0.1. */
  readonly connector: CpuFigure;
}

export interface CpuFigure {
  readonly microsPerRecord: number;
  /** The growth with the value: at 100 bytes, over the figure at 1,000 bytes. */
  readonly shareAt100Bytes: number;
  /** The fixed CPU time of an invocation. */
  readonly invocationMs: number;
  readonly source: string;
}

/** The shape of the events in bench/jobs/. */
export const BENCH = { records: 4_000, partitions: 4, valueBytes: 1_000 } as const;

/** Growth plots of 2026-11-28: 100 B took 10 us (Kinesis) and 14.6 us (DocumentDB), 1 KB 17 us and 41 us; one record 1.3 ms and 1.0 ms. */
const GROWTH = {
  kinesis: { shareAt100Bytes: 10 / 17, invocationMs: 1.3 },
  documentdb: { shareAt100Bytes: 14.6 / 41, invocationMs: 1 },
} as const;

/** Four passes of 400,000 records on 2026-11-28 took 41.9 to 53.1 us of CPU a record, the reading of Kafka included. */
const CONNECTOR: CpuFigure = {
  microsPerRecord: 47.5,
  shareAt100Bytes: GROWTH.documentdb.shareAt100Bytes,
  invocationMs: 0,
  source: 'connector 2.0.1, warm, 4 passes of 400,000 records, 2026-11-28',
};

/**
 * The newest figures of bench/RESULTS.md.
 * @throws Error if a figure is missing
 */
export function readMeasured(resultsText: string): Measured {
  const kinesis = newest(resultsText, 'Kinesis, CPU of an invocation, ours, aggregation off');
  const documentdb = newest(resultsText, 'DocumentDB, CPU of a record, native');
  return {
    kinesis: {
      ...GROWTH.kinesis,
      microsPerRecord: (kinesis.figure * 1_000) / BENCH.records,
      source: kinesis.source,
    },
    documentdb: { ...GROWTH.documentdb, microsPerRecord: documentdb.figure, source: documentdb.source },
    connector: CONNECTOR,
  };
}

function newest(resultsText: string, row: string): { readonly figure: number; readonly source: string } {
  let found: { figure: number; source: string } | undefined;
  let run = '';
  for (const line of resultsText.split('\n')) {
    if (line.startsWith('## ')) run = line.slice(3).split(', ').slice(0, 2).join(', ');
    const [, what, ours = ''] = line.split('|').map((cell) => cell.trim());
    if (what === row) found = { figure: Number.parseFloat(ours), source: `bench/RESULTS.md, ${run}` };
  }
  if (found === undefined || !(found.figure > 0)) {
    throw new Error(`bench/RESULTS.md has no figure for "${row}": run npm run bench -- --record`);
  }
  return found;
}

/** CPU time of a record, without the fixed part of its invocation: grows evenly with the bytes of the value. */
export function cpuMicrosPerRecord(figure: CpuFigure, valueBytes: number): number {
  const atBench = figure.microsPerRecord - (figure.invocationMs * 1_000) / BENCH.records;
  const perByte = (1 - figure.shareAt100Bytes) / (BENCH.valueBytes - 100);
  return atBench * (1 + perByte * (valueBytes - BENCH.valueBytes));
}
