import * as v from 'valibot';
import { suggest } from '../../functions/documentdb-sink/connector/file/suggest.ts';
import { problemOf } from '../../shared/settings/parse-settings.ts';

/** The valid settings of a file. A setting that is invalid or not written is missing. */
export type Sound<T> = T extends readonly unknown[] | Date
  ? T
  : T extends object
    ? { readonly [Name in keyof T]?: Sound<T[Name]> }
    : T;

export interface SoundlyParsed<T> {
  readonly sound: Sound<T>;
  /** Problems of single settings. Empty: every setting is valid. */
  readonly problems: readonly string[];
}

/** Parses a file and keeps its valid settings, so that rules between settings can be checked in the same run. */
export function parseSoundly<const Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
): SoundlyParsed<v.InferOutput<Schema>> {
  const { issues = [], output } = v.safeParse(schema, input);
  for (const issue of issues) forget(output, issue.path?.map(({ key }) => key) ?? []);
  return {
    sound: (isRecord(output) ? output : {}) as Sound<v.InferOutput<Schema>>,
    problems: [
      ...issues.map((issue) => `${problemOf(issue)}${suggestionFor(schema, issue)}`),
      ...unreadNamesIn(input).map((name) => `${name} is not a setting`),
    ],
  };
}

/** Valibot passes over these names without a word: `_isValidObjectKey`. */
const UNREAD: readonly string[] = ['constructor', 'prototype', '__proto__'];

/** Lists are left out: those of settings hold texts, and the patterns of a filter, where every name is good. */
function unreadNamesIn(section: unknown, path = ''): readonly string[] {
  if (!isRecord(section)) return [];
  return Object.entries(section).flatMap(([name, value]) =>
    UNREAD.includes(name) ? [`${path}${name}`] : unreadNamesIn(value, `${path}${name}.`),
  );
}

/** The setting that an unknown name probably means. */
function suggestionFor(schema: v.GenericSchema, { type, path }: v.BaseIssue<unknown>): string {
  const names = (path ?? []).map(({ key }) => String(key));
  const name = names.pop();
  if (type !== 'never' || name === undefined) return '';
  const section = names.reduce<Section | undefined>((at, each) => entriesOf(at)?.[each], schema as Section);
  const meant = suggest(name, Object.keys(entriesOf(section) ?? {}));
  return meant === undefined ? '' : `: did you mean ${meant}?`;
}

interface Section {
  readonly wrapped?: Section;
  readonly entries?: Readonly<Record<string, Section>>;
}

/** An optional section wraps its settings. */
const entriesOf = (section: Section | undefined): Section['entries'] =>
  section?.wrapped === undefined ? section?.entries : entriesOf(section.wrapped);

/** Removes a setting; a list with an invalid item is removed whole. The parser copied the objects, so the input is unchanged. */
function forget(parsed: unknown, [name, ...rest]: readonly unknown[]): void {
  if (!isRecord(parsed) || typeof name !== 'string') return;
  if (rest.length > 0 && isRecord(parsed[name])) forget(parsed[name], rest);
  else delete parsed[name];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
