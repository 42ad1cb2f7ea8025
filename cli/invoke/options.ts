import { SINKS, type SinkName } from '../../infra/sinks.ts';
import { parseOrExplain } from '../terminal/parse-or-explain.ts';

/** One record, as it is in Kafka. */
export interface TypedRecord {
  /** Undefined: the topic of config/local.yml. */
  readonly topic: string | undefined;
  readonly key: string | undefined;
  /** Undefined: a tombstone. */
  readonly value: string | undefined;
  /** Undefined: greater than that of every earlier call. */
  readonly offset: number | undefined;
}

export interface InvokeOptions {
  readonly sink: SinkName;
  readonly input: { readonly kind: 'file'; readonly path: string } | ({ readonly kind: 'record' } & TypedRecord);
}

export const USAGE = `npm run invoke -- FUNCTION [--event FILE | --key KEY --value VALUE] [options]
Runs kinesisSink or documentdbSink once on this machine (serverless invoke local), and prints its answer and what arrived in the target. Starts the
engines, unless npm start runs, whose engines are used.
  --event FILE     an event of MSK as JSON
  --key KEY        the key of one record; without it the key is null
  --value VALUE    its value; without it the value is null (a tombstone)
  --topic TOPIC    its topic; by default that of config/local.yml
  --offset N       its offset; by default one that is greater than that of every earlier call
  --help           print this text
Exit codes: 0 every record is settled, 1 a record is not, or the function failed, 2 the command could not work.`;

/** @throws Error that says how it is called */
export function parseInvokeOptions(args: readonly string[]): InvokeOptions | 'help' {
  const { values, positionals } = parsed(args);
  const { event, key, value, topic, offset, help } = values;
  if (help === true) return 'help';
  const [name, ...others] = positionals;
  const sink = SINKS.find((each) => each === name);
  if (sink === undefined || others.length > 0) throw new Error(`name one function: ${SINKS.join(' or ')}\n${USAGE}`);
  const isRecord = key !== undefined || value !== undefined || topic !== undefined || offset !== undefined;
  if (event !== undefined && isRecord) throw new Error('--event stands alone: the file has the records');
  if (event !== undefined) return { sink, input: { kind: 'file', path: event } };
  if (key === undefined && value === undefined) throw new Error(`name --event, or --key and --value\n${USAGE}`);
  return { sink, input: { kind: 'record', key, value, topic, offset: offsetOf(offset) } };
}

function offsetOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const offset = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(offset))
    throw new Error(`--offset must be a whole number, got ${text}`);
  return offset;
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = {
    event: text,
    key: text,
    value: text,
    topic: text,
    offset: text,
    help: { type: 'boolean' },
  } as const;
  return parseOrExplain({ args: [...args], options, allowPositionals: true }, USAGE);
}
