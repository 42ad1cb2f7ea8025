import { RECORD_KIB_MAX } from '../../functions/kinesis-sink/limits.ts';
import { parseOrExplain } from '../terminal/parse-or-explain.ts';
import { ROUND_TRIPS, type RoundTrips, type Traffic } from './model/traffic.ts';

export interface CostOptions {
  readonly traffic: Traffic;
  readonly roundTrips: RoundTrips;
  readonly stage: string | undefined;
  /** A JSON file with dollars by the name of the price. */
  readonly pricesFile: string | undefined;
  readonly prices: Readonly<Record<string, number>>;
  readonly json: boolean;
}

export const USAGE = `npm run cost -- --records-per-second R --bytes B --keys K [options]
What the two functions cost a month and a million records, beside MSK Connect and doka in Kubernetes, with pollers, concurrency and connections.
Steady traffic, without free tiers. docs/sizing.md says what the model leaves out. Needs no network and no credentials.
  --records-per-second R   of all topics together
  --bytes B                bytes of a value
  --keys K                 distinct keys
  --partitions P           of all topics together; default: as many as the traffic needs
  --stage S                the settings of config/S.yml; default: both functions with their defaults and one topic
  --kinesis-ms T           duration of one PutRecords call (default ${ROUND_TRIPS.kinesisMs})
  --documentdb-ms T        duration of one bulk write (default ${ROUND_TRIPS.documentdbMs})
  --prices FILE            JSON with dollars by name, such as {"mcuHour": 0.12}: cli/cost/prices.json has the names
  --price NAME=DOLLARS     one price; may be repeated
  --json                   print JSON
  --help                   print this text
Exit codes: 0 printed, 1 the options, the stage or the prices are not valid.`;

/** @throws Error that says how it is called */
export function parseCostOptions(args: readonly string[]): CostOptions | 'help' {
  const values = parsed(args);
  if (values.help === true) return 'help';
  const needed = (name: 'records-per-second' | 'bytes' | 'keys', min: number): number => {
    const written = values[name];
    if (written === undefined) throw new Error(`--${name} is missing\n${USAGE}`);
    return numberOf(`--${name}`, written, min);
  };
  const optional = (name: 'kinesis-ms' | 'documentdb-ms', otherwise: number): number =>
    values[name] === undefined ? otherwise : numberOf(`--${name}`, values[name], 0);
  return {
    traffic: {
      recordsPerSecond: needed('records-per-second', 0.001),
      valueBytes: atMost('--bytes', needed('bytes', 1), RECORD_BYTES_MAX),
      keys: needed('keys', 1),
      partitions: values.partitions === undefined ? undefined : numberOf('--partitions', values.partitions, 1),
    },
    roundTrips: {
      kinesisMs: optional('kinesis-ms', ROUND_TRIPS.kinesisMs),
      documentdbMs: optional('documentdb-ms', ROUND_TRIPS.documentdbMs),
    },
    stage: values.stage,
    pricesFile: values.prices,
    prices: Object.fromEntries((values.price ?? []).map(priceOf)),
    json: values.json ?? false,
  };
}

/** What `recordKiBMax` of kinesisSink can be at most. */
const RECORD_BYTES_MAX = RECORD_KIB_MAX * 1024;

function atMost(name: string, number: number, max: number): number {
  if (number <= max) return number;
  throw new Error(`${name} must be at most ${max}, got "${number}": an event of Lambda holds no larger record`);
}

function numberOf(name: string, written: string, min: number): number {
  const number = Number(written);
  if (written.trim() === '' || !Number.isFinite(number) || number < min) {
    throw new Error(`${name} must be a number of at least ${min}, got ${JSON.stringify(written)}`);
  }
  return number;
}

function priceOf(written: string): [string, number] {
  const [, name, dollars] = /^([A-Za-z]+)=(.+)$/.exec(written) ?? [];
  if (name === undefined || dollars === undefined) {
    throw new Error(`--price must be NAME=DOLLARS, got ${JSON.stringify(written)}`);
  }
  return [name, numberOf(`--price ${name}`, dollars, 0)];
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const traffic = { 'records-per-second': text, bytes: text, keys: text, partitions: text };
  const how = { stage: text, 'kinesis-ms': text, 'documentdb-ms': text, prices: text, json: flag, help: flag };
  const price = { type: 'string', multiple: true } as const;
  return parseOrExplain({ args: [...args], options: { ...traffic, ...how, price } }, USAGE).values;
}
