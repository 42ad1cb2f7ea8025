import type { Measured } from './measured.ts';
import { type CostLine, dollarsPerMonth, perMillion, type Way } from './model/lines.ts';
import { megabytesPerSecond, type RoundTrips, type Traffic } from './model/traffic.ts';
import type { PriceList } from './prices.ts';

/** All that one estimate is made of. */
export interface Estimate {
  readonly traffic: Traffic;
  readonly roundTrips: RoundTrips;
  readonly measured: Measured;
  readonly prices: PriceList;
  readonly ways: readonly Way[];
}

const EVIDENCE = {
  provider: 'named in a text of AWS',
  others: 'named by others, who cite this page',
  yours: 'yours',
} as const;

export function textOf({ traffic, roundTrips, measured, prices, ways }: Estimate): string {
  const { recordsPerSecond, valueBytes, keys } = traffic;
  const used = new Map(ways.flatMap(({ lines }) => lines.map(({ price }) => [price.name, price] as const)));
  return [
    `${shown(recordsPerSecond)} records a second of ${shown(valueBytes)} bytes (${shown(megabytesPerSecond(traffic))} MB/s), ${shown(keys)} keys`,
    `Prices of ${prices.region}, read on ${prices.readOn}. A month has 730 hours.`,
    ...ways.flatMap((way) => ['', ...textOfWay(way, recordsPerSecond)]),
    '',
    'Prices',
    ...[...used].map(
      ([name, { dollars, unit, source, evidence }]) =>
        `  ${name.padEnd(22)} $${dollars} for each ${unit}, ${prices.region}: ${source} (${EVIDENCE[evidence]})`,
    ),
    '',
    'Measured',
    ...(['kinesis', 'documentdb', 'connector'] as const).map(
      (name) =>
        `  ${name.padEnd(22)} ${measured[name].microsPerRecord.toFixed(1)} us of CPU a record of 1,000 bytes: ${measured[name].source}`,
    ),
    `  round trips            Kinesis ${roundTrips.kinesisMs} ms, DocumentDB ${roundTrips.documentdbMs} ms: set yours with --kinesis-ms and --documentdb-ms`,
    '',
    'Not counted: the clusters of Kafka and DocumentDB, traffic between zones and through endpoints, keys of KMS, alarms (docs/sizing.md).',
  ].join('\n');
}

function textOfWay(way: Way, recordsPerSecond: number): readonly string[] {
  const monthly = dollarsPerMonth(way);
  const sizes = Object.entries(way.size).map(([name, value]) => `${name} ${shown(value)}`);
  return [
    `${way.name} -> ${way.target}: $${money(monthly)} a month, $${perMillion(monthly, recordsPerSecond).toFixed(4)} a million records`,
    `  ${sizes.join(', ')}`,
    ...way.lines.map((line) => textOfLine(line, recordsPerSecond)),
    ...way.notes.map((note) => `  note: ${note}`),
  ];
}

function textOfLine({ what, quantity, price, dollarsPerMonth: monthly }: CostLine, recordsPerSecond: number): string {
  const million = `$${perMillion(monthly, recordsPerSecond).toFixed(4)}`;
  return `  ${what.padEnd(44)}${`$${money(monthly)}`.padStart(12)} a month ${million.padStart(10)} a million   ${shown(quantity)} x ${price.name}`;
}

/** For other programs: the estimate with the sums. */
export const jsonOf = (estimate: Estimate): string =>
  JSON.stringify(
    {
      ...estimate,
      ways: estimate.ways.map((way) => ({
        ...way,
        dollarsPerMonth: dollarsPerMonth(way),
        dollarsPerMillionRecords: perMillion(dollarsPerMonth(way), estimate.traffic.recordsPerSecond),
        lines: way.lines.map((each) => ({
          ...each,
          dollarsPerMillionRecords: perMillion(each.dollarsPerMonth, estimate.traffic.recordsPerSecond),
        })),
      })),
    },
    null,
    2,
  );

const shown = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : 0 });

const money = (dollars: number): string =>
  dollars.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
