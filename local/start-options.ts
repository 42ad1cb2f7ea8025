import { parseArgs } from 'node:util';
import type { Reading } from './msk-trigger/settings.ts';

export interface StartOptions {
  /** How many records to produce; `undefined`: a steady trickle without end. */
  readonly records: number | undefined;
  /** Stop once everything was consumed and checked. */
  readonly exit: boolean;
  readonly reading: Reading;
  readonly seed: number;
  readonly valueBytes: number;
  readonly help: boolean;
}

export const USAGE = `npm start -- [options]
  --records N          produce N records as fast as they are taken; without it, some each second until Ctrl-C
  --exit               with --records: wait until the lag is zero, check both targets, exit 0 or 1
  --reading R          how a partial answer is understood: rewind (default) or items
  --seed S             produce the records of this seed; printed at every start
  --value-bytes B      length of a value, 1024 by default
  --help               this text`;

/** @throws Error that lists every problem. */
export function parseStartOptions(args: readonly string[]): StartOptions {
  const { values } = parse(args);
  const problems: string[] = [];
  const integer = (name: string, text: string | undefined, fallback: number | undefined): number | undefined => {
    if (text === undefined) return fallback;
    if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text);
    problems.push(`--${name} must be a whole number above 0, got "${text}"`);
    return fallback;
  };
  const records = integer('records', values.records, undefined);
  const seed = integer('seed', values.seed, undefined) ?? 1 + Math.floor(Math.random() * 999_999);
  const valueBytes = integer('value-bytes', values['value-bytes'], undefined) ?? 1024;
  const reading = values.reading ?? 'rewind';
  if (reading !== 'rewind' && reading !== 'items') problems.push(`--reading must be rewind or items, got "${reading}"`);
  if (values.exit === true && values.records === undefined)
    problems.push('--exit needs --records: there would be no end');
  if (problems.length > 0) throw new Error(`${problems.join('\n')}\n\n${USAGE}`);
  return {
    records,
    exit: values.exit === true,
    reading: reading === 'items' ? 'items' : 'rewind',
    seed,
    valueBytes,
    help: values.help === true,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        records: text,
        exit: flag,
        reading: text,
        seed: text,
        'value-bytes': text,
        help: flag,
      },
    });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  }
}
