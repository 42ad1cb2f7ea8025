import { describe, expect, it } from 'vitest';
import { line, type Way } from '../../../../cli/cost/model/lines.ts';
import { overridePrices, PRICES, type PriceList } from '../../../../cli/cost/prices.ts';
import { type Estimate, jsonOf, textOf } from '../../../../cli/cost/report.ts';

const CPU = { microsPerRecord: 20, shareAt100Bytes: 1, invocationMs: 0, source: 'by hand' };
const OWN = overridePrices(PRICES, { mcuHour: 0.5, shardHour: 2, logGb: 1_000 }, 'prices.json');
const PRICED: PriceList = { ...OWN, readOn: '2026-11-29', region: 'us-east-1' };

const WAYS: readonly Way[] = [
  {
    ...{ name: 'MSK Connect', target: 'Kinesis', size: { connectUnits: 1, concurrency: 1.234 } },
    lines: [line(PRICED, 'mcuHour', 'workers', 730), line(PRICED, 'shardHour', 'shards', 1_460)],
    notes: ['one worker'],
  },
  {
    ...{ name: 'kinesisSink', target: 'Kinesis', size: { durationMs: 10.6 }, notes: [] },
    lines: [line(PRICED, 'logGb', 'log lines', 2.628)],
  },
];

const ESTIMATE: Estimate = {
  // 2,628 million records a month
  traffic: { recordsPerSecond: 1_000, valueBytes: 1_500, keys: 10, partitions: undefined },
  roundTrips: { kinesisMs: 13, documentdbMs: 10 },
  measured: { kinesis: CPU, documentdb: { ...CPU, microsPerRecord: 40.06 }, connector: CPU },
  prices: PRICED,
  ways: WAYS,
};

const TEXT = `1,000 records a second of 1,500 bytes (1.5 MB/s), 10 keys
Prices of us-east-1, read on 2026-11-29. A month has 730 hours.

MSK Connect -> Kinesis: $3,285.00 a month, $1.2500 a million records
  connectUnits 1, concurrency 1.23
  workers                                          $365.00 a month    $0.1389 a million   730 x mcuHour
  shards                                         $2,920.00 a month    $1.1111 a million   1,460 x shardHour
  note: one worker

kinesisSink -> Kinesis: $2,628.00 a month, $1.0000 a million records
  durationMs 11
  log lines                                      $2,628.00 a month    $1.0000 a million   2.63 x logGb

Prices
  mcuHour                $0.5 for each MSK Connect unit hour, us-east-1: prices.json (yours)
  shardHour              $2 for each shard hour, provisioned stream, us-east-1: prices.json (yours)
  logGb                  $1000 for each GB of log lines, us-east-1: prices.json (yours)

Measured
  kinesis                20.0 us of CPU a record of 1,000 bytes: by hand
  documentdb             40.1 us of CPU a record of 1,000 bytes: by hand
  connector              20.0 us of CPU a record of 1,000 bytes: by hand
  round trips            Kinesis 13 ms, DocumentDB 10 ms: set yours with --kinesis-ms and --documentdb-ms

Not counted: the clusters of Kafka and DocumentDB, traffic between zones and through endpoints, keys of KMS, alarms (docs/sizing.md).`;

describe('the report of costs', () => {
  it('has a line for each cost, with its sums, and the prices that it uses', () => {
    expect(textOf(ESTIMATE)).toBe(TEXT);
  });

  it('has the same sums for other programs', () => {
    const { ways, ...rest } = JSON.parse(jsonOf(ESTIMATE));
    expect(rest).toEqual(JSON.parse(JSON.stringify({ ...ESTIMATE, ways: undefined })));
    expect(ways).toMatchObject([
      {
        ...{ name: 'MSK Connect', dollarsPerMonth: 3_285, dollarsPerMillionRecords: 1.25 },
        lines: [
          { what: 'workers', quantity: 730, dollarsPerMonth: 365, dollarsPerMillionRecords: expect.closeTo(0.1389, 4) },
          {
            what: 'shards',
            quantity: 1_460,
            dollarsPerMonth: 2_920,
            dollarsPerMillionRecords: expect.closeTo(1.1111, 4),
          },
        ],
      },
      { name: 'kinesisSink', dollarsPerMonth: 2_628, lines: [{ dollarsPerMillionRecords: 1 }] },
    ]);
  });
});
