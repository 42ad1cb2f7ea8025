import { SINKS, type SinkName } from '../../infra/sinks.ts';
import { parseOrExplain } from '../terminal/parse-or-explain.ts';
import type { Filter } from './filter.ts';

interface Common {
  readonly stage: string;
  readonly filter: Filter;
}

export type Options =
  | (Common & { readonly command: 'list'; readonly all: boolean; readonly json: boolean })
  | (Common & { readonly command: 'show'; readonly all: boolean; readonly payload: boolean })
  | (Common & { readonly command: 'redrive'; readonly dryRun: boolean; readonly ratePerSecond: number });

/** Every record in question is settled, or nothing was asked to be. */
export const DONE = 0;
/** A redrive left records. */
export const LEFT = 1;
/** The command could not do its work. */
export const FAILED = 2;

const RATE_DEFAULT = 100;
const RATE_MAX = 10_000;

export const USAGE = `npm run dead-letters -- list|show|redrive --stage STAGE [options]
  list                   one line for each object of the dead-letter bucket that holds records to be settled
  show                   the same objects in detail
  redrive                sends their records through the deployed functions again, in offset order
which objects:
  --function NAME        kinesisSink or documentdbSink
  --topic NAME
  --code CODE            why: a failure code, as duplicate_key, or a mapping's condition, as RetryAttemptsExhausted
  --since, --until TIME  when the record failed: ISO 8601, as 2026-11-29T10:00:00Z, or an age, as 30m, 12h, 7d
  --key TEXT             objects whose key begins so
  --all                  list, show: settled ones too
how:
  --json                 list: JSON instead of a table
  --payload              show: keys, values and headers too
  --dry-run              redrive: prints what would be sent, and sends nothing
  --rate N               redrive: records a second, ${RATE_DEFAULT} by default, ${RATE_MAX} at most
  --help                 print this text
Ctrl-C ends a redrive after its current batch; the same command goes on from there. docs/dead-letters.md has the rights that it needs, and what a redrive means for order.
Exit codes: ${DONE} done, ${LEFT} a redrive left records, ${FAILED} the command could not work.`;

/**
 * @param nowMs milliseconds since 1970, from which ages are counted
 * @throws Error that says what is wrong, or how the command is called
 */
export function parseOptions(args: readonly string[], nowMs: number): Options | 'help' {
  const { values, positionals } = parsed(args);
  if (values.help === true) return 'help';
  const [command, ...others] = positionals;
  if (others.length > 0 || !isCommand(command)) throw new Error(`name one of list, show and redrive\n${USAGE}`);
  if (values.stage === undefined) throw new Error(`--stage is missing\n${USAGE}`);
  const foreign = Object.keys(values).find((name) => (OWNERS[name] ?? [command]).includes(command) === false);
  if (foreign !== undefined)
    throw new Error(`--${foreign} belongs to ${OWNERS[foreign]?.join(' and ')}, not to ${command}`);
  const common = { stage: values.stage, filter: filterOf(values, nowMs) };
  const { all = false, json = false, payload = false, rate } = values;
  switch (command) {
    case 'list':
      return { ...common, command, all, json };
    case 'show':
      return { ...common, command, all, payload };
    case 'redrive':
      return { ...common, command, dryRun: values['dry-run'] === true, ratePerSecond: rateOf(rate) };
  }
}

type Command = Options['command'];

const isCommand = (text: string | undefined): text is Command =>
  text === 'list' || text === 'show' || text === 'redrive';

/** The commands of an option that not all of them have. */
const OWNERS: Readonly<Record<string, readonly Command[]>> = {
  all: ['list', 'show'],
  json: ['list'],
  payload: ['show'],
  'dry-run': ['redrive'],
  rate: ['redrive'],
};

type Values = Exclude<ReturnType<typeof parsed>, Error>['values'];

function filterOf({ function: sink, topic, code, since, until, key }: Values, nowMs: number): Filter {
  if (sink !== undefined && !isSink(sink)) {
    throw new Error(`--function must be ${SINKS.join(' or ')}, got ${JSON.stringify(sink)}`);
  }
  return {
    sink,
    topic,
    code,
    sinceMs: timeOf('since', since, nowMs),
    untilMs: timeOf('until', until, nowMs),
    keyPrefix: key,
  };
}

const isSink = (name: string): name is SinkName => (SINKS as readonly string[]).includes(name);

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const ISO_TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

function timeOf(name: string, text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return nowMs - Number(count) * (UNIT_MS[unit] ?? 0);
  const timeMs = ISO_TIME.test(text) && isDay(text.slice(0, 'YYYY-MM-DD'.length)) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(timeMs)) {
    throw new Error(
      `--${name} must be a time with its zone, as 2026-11-29T10:00:00Z, a date, or an age, as 30m, 12h or 7d; got ${JSON.stringify(text)}`,
    );
  }
  return timeMs;
}

/** `Date.parse` takes 31 February for 3 March. */
function isDay(date: string): boolean {
  const midnight = Date.parse(date);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(date);
}

function rateOf(text: string | undefined): number {
  const rate = text === undefined ? RATE_DEFAULT : Number(text);
  if (!Number.isInteger(rate) || rate < 1 || rate > RATE_MAX) {
    throw new Error(`--rate must be a number of records a second from 1 to ${RATE_MAX}, got ${JSON.stringify(text)}`);
  }
  return rate;
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const which = { function: text, topic: text, code: text, since: text, until: text, key: text, all: flag };
  const how = { json: flag, payload: flag, 'dry-run': flag, rate: text, stage: text, help: flag };
  return parseOrExplain({ args: [...args], options: { ...which, ...how }, allowPositionals: true }, USAGE);
}
