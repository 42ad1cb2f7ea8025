import { type Tokens, wrongSchema } from './tokens.ts';

/** The value of an option: a text, a number as it is spelt, or `{ name: value }`, in which a name may stand several times. */
export type OptionValue = string | readonly OptionEntry[];

export interface OptionEntry {
  /** Without parentheses: `confluent.field_meta`, `confluent.field_meta.params`, `default`. */
  readonly name: string;
  readonly value: OptionValue;
}

/** `[deprecated = true, (confluent.field_meta) = { .. }]`, where there is such a list. */
export function readOptions(tokens: Tokens): readonly OptionEntry[] {
  const options: OptionEntry[] = [];
  if (!tokens.takes('[')) return options;
  do {
    const name = optionName(tokens);
    tokens.expect('=');
    for (const value of readValues(tokens)) options.push({ name, value });
  } while (tokens.takes(','));
  tokens.expect(']');
  return options;
}

export function optionName(tokens: Tokens): string {
  const isExtension = tokens.takes('(');
  let name = isExtension ? tokens.word().replace(/^\./, '') : tokens.word();
  if (isExtension) tokens.expect(')');
  while (tokens.takes('.')) name += `.${optionName(tokens)}`;
  // `(a.b).c` is a name and a word that begins with a point.
  if (tokens.next.text.startsWith('.')) name += tokens.word();
  return name;
}

/** A list is several values of one name. */
function readValues(tokens: Tokens): readonly OptionValue[] {
  if (!tokens.takes('[')) return [readValue(tokens)];
  const values: OptionValue[] = [];
  while (!tokens.takes(']')) {
    values.push(readValue(tokens));
    tokens.takes(',');
  }
  return values;
}

function readValue(tokens: Tokens): OptionValue {
  if (tokens.takes('{')) return readEntries(tokens, '}');
  if (tokens.takes('<')) return readEntries(tokens, '>');
  if (tokens.next.kind === 'text') return tokens.string();
  const sign = tokens.takes('-') ? '-' : '';
  const { kind, text } = tokens.take();
  return kind === 'word' || kind === 'number' ? sign + text : wrongSchema('the value of an option is missing');
}

function readEntries(tokens: Tokens, end: string): readonly OptionEntry[] {
  const entries: OptionEntry[] = [];
  while (!tokens.takes(end)) {
    const name = entryName(tokens);
    tokens.takes(':');
    for (const value of readValues(tokens)) entries.push({ name, value });
    if (!tokens.takes(',')) tokens.takes(';');
  }
  return entries;
}

function entryName(tokens: Tokens): string {
  if (!tokens.takes('[')) return tokens.word();
  const name = tokens.word();
  tokens.expect(']');
  return name;
}

const META = 'confluent.field_meta';

/** `params` of Confluent's `field_meta`, as `precision`, `scale` and `connect.type`. */
export function parametersOf(options: readonly OptionEntry[]): ReadonlyMap<string, string> {
  const params = options.flatMap(({ name, value }): readonly OptionValue[] => {
    if (name === `${META}.params`) return [value];
    if (name !== META || typeof value === 'string') return [];
    return value.filter((entry) => entry.name === 'params').map((entry) => entry.value);
  });
  return new Map(
    params.flatMap((entry) => {
      const [key, value] = ['key', 'value'].map((part) => textOf(entry, part));
      return key === undefined || value === undefined ? [] : [[key, value] as const];
    }),
  );
}

/** The text of a name's last value. */
export function textOf(value: OptionValue, name: string): string | undefined {
  if (typeof value === 'string') return undefined;
  const found = value.findLast((entry) => entry.name === name)?.value;
  return typeof found === 'string' ? found : undefined;
}
