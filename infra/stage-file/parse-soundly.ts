import * as v from 'valibot';
import { problemOf } from '../../shared/parse-settings.ts';

/** What of a file is sound: a setting with a problem, or one left out, is missing. */
export type Sound<T> = T extends readonly unknown[] | Date
  ? T
  : T extends object
    ? { readonly [Name in keyof T]?: Sound<T[Name]> }
    : T;

export interface SoundlyParsed<T> {
  readonly sound: Sound<T>;
  /** Of the settings one by one; empty: the sound part is the whole. */
  readonly problems: readonly string[];
}

/** Parses a file, and keeps what is sound of one with problems: rules between settings can then be checked in the same run. */
export function parseSoundly<const Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
): SoundlyParsed<v.InferOutput<Schema>> {
  const { issues = [], output } = v.safeParse(schema, input);
  for (const issue of issues) forget(output, issue.path?.map(({ key }) => key) ?? []);
  return { sound: (isRecord(output) ? output : {}) as Sound<v.InferOutput<Schema>>, problems: issues.map(problemOf) };
}

/** A list with a bad item is forgotten as a whole. The parser made the records anew: nothing of the input changes. */
function forget(parsed: unknown, [name, ...rest]: readonly unknown[]): void {
  if (!isRecord(parsed) || typeof name !== 'string') return;
  if (rest.length > 0 && isRecord(parsed[name])) forget(parsed[name], rest);
  else delete parsed[name];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
