import { parseArgs } from 'node:util';
import type { PartialFailureRetry } from './msk-trigger/machine/settings.ts';
import { VALUE_BYTES_MAX, VALUE_BYTES_MIN } from './orders/order-stream.ts';
import { TARGET_NAMES, type TargetName } from './pipeline/targets.ts';

export interface StartOptions {
  /** How many records to produce; `undefined`: a constant rate until Ctrl-C. */
  readonly records: number | undefined;
  /** Stop after the check of both targets. */
  readonly exit: boolean;
  /** The targets to stop halfway and start again. */
  readonly outages: readonly TargetName[];
  readonly partialFailureRetry: PartialFailureRetry;
  readonly seed: number;
  readonly valueBytes: number;
  /** The path of documentdbSink's connector file, relative to the project's root. */
  readonly connector: string | undefined;
  /** The local AWS checks no signatures and no permissions. */
  readonly unsigned: boolean;
  readonly help: boolean;
}

export const USAGE = `npm start -- [options]
  --records N          produce N records as fast as Kafka accepts them; without it, 20 records a second until Ctrl-C
  --exit               with --records: wait until the lag is zero, check both targets, exit with 0 or 1
  --outage T           with --records and --exit: stop target T halfway, until its function has handed records back;
                       T is kinesis (refuses connections), documentdb (is killed) or kinesis,documentdb
  --partial-failure-retry R   which records Lambda repeats after a partial failure: fromLowest (default), everything
                       from the lowest listed offset on, or listedOnly
  --seed S             the seed of the produced records; every start prints its seed
  --value-bytes B      the length of a value, ${VALUE_BYTES_MIN} to ${VALUE_BYTES_MAX} (default 1024)
  --unsigned           the local AWS checks no signatures and no permissions, so that the console can refuse a share of entries
  --connector FILE     configure documentdbSink with a connector file, such as config/connectors/orders.properties
  --help               print this text
Exit codes: 0 every check passed, or Ctrl-C; 1 a check failed, or the pipeline could not start.`;

const RECORDS_MAX = 999_999_999;
const SEED_MAX = 999_999_999;
const VALUE_BYTES_DEFAULT = 1024;
const PARTIAL_FAILURE_RETRIES: readonly PartialFailureRetry[] = ['fromLowest', 'listedOnly'];

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const OPTIONS = {
  records: text,
  exit: flag,
  outage: text,
  'partial-failure-retry': text,
  seed: text,
  'value-bytes': text,
  connector: text,
  unsigned: flag,
  help: flag,
} as const;

/** @throws Error that lists every problem. */
export function parseStartOptions(args: readonly string[]): StartOptions {
  const { values, problems } = split(args);
  const integer = (name: string, min: number, max: number): number | undefined => {
    const value = values.get(name);
    if (value === undefined) return undefined;
    if (/^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value);
    problems.push(`--${name} must be a whole number from ${min} to ${max}, got "${value}"`);
    return undefined;
  };
  const records = integer('records', 1, RECORDS_MAX);
  const seed = integer('seed', 1, SEED_MAX) ?? 1 + Math.floor(Math.random() * 999_999);
  const valueBytes = integer('value-bytes', VALUE_BYTES_MIN, VALUE_BYTES_MAX) ?? VALUE_BYTES_DEFAULT;
  const partialFailureRetry = PARTIAL_FAILURE_RETRIES.find(
    (each) => each === (values.get('partial-failure-retry') ?? 'fromLowest'),
  );
  if (partialFailureRetry === undefined)
    problems.push(
      `--partial-failure-retry must be fromLowest or listedOnly, got "${values.get('partial-failure-retry')}"`,
    );
  const outages = outagesOf(values, problems);
  const exit = values.has('exit');
  if (exit && !values.has('records')) problems.push('--exit needs --records: without it the run never ends');
  if (values.has('outage') && !(exit && values.has('records'))) problems.push(OUTAGE_NEEDS);
  if (problems.length > 0 || partialFailureRetry === undefined) throw new Error(`${problems.join('\n')}\n\n${USAGE}`);
  return {
    records,
    exit,
    outages,
    partialFailureRetry,
    seed,
    valueBytes,
    connector: values.get('connector'),
    unsigned: values.has('unsigned'),
    help: values.has('help'),
  };
}

const OUTAGE_NEEDS =
  '--outage needs --records and --exit: the outage starts halfway through the records, and the check follows at the end';

function outagesOf(values: ReadonlyMap<string, string>, problems: string[]): readonly TargetName[] {
  const text = values.get('outage');
  if (text === undefined) return [];
  const names = new Set(text.split(','));
  const known = TARGET_NAMES.filter((name) => names.has(name));
  if (known.length === names.size) return known;
  problems.push(`--outage must be kinesis, documentdb, or kinesis,documentdb, got "${text}"`);
  return [];
}

type Tokens = NonNullable<ReturnType<typeof parseArgs<{ tokens: true; strict: false }>>['tokens']>;

/** Splits the arguments and collects every problem; a strict `parseArgs` would stop at the first. */
function split(args: readonly string[]): { readonly values: ReadonlyMap<string, string>; readonly problems: string[] } {
  const { tokens } = parseArgs({
    args: [...args],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<string, string>();
  const problems: string[] = [];
  for (const token of tokens) {
    const problem = problemOf(token);
    if (problem !== undefined) problems.push(problem);
    else if (token.kind === 'option') values.set(token.name, token.value ?? '');
  }
  return { values, problems };
}

function problemOf(token: Tokens[number]): string | undefined {
  if (token.kind === 'positional') return `"${token.value}" does not belong to an option`;
  if (token.kind !== 'option') return undefined;
  const { rawName, value } = token;
  const type = Object.entries(OPTIONS).find(([known]) => rawName === `--${known}`)?.[1].type;
  if (type === undefined) return `${rawName} is not an option`;
  if (type === 'boolean') return value === undefined ? undefined : `${rawName} takes no value`;
  return value === undefined || value.startsWith('--') ? `${rawName} needs a value` : undefined;
}
