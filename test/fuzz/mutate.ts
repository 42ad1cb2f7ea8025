/** A source of random numbers, 0 <= n < 1. */
export type Random = () => number;

export const below = (random: Random, bound: number): number => Math.floor(random() * bound);

export const pick = <T>(random: Random, choices: readonly T[]): T => choices[below(random, choices.length)] as T;

/** Values at the edges of what JSON, YAML, Kafka and the settings allow. */
const SCALARS: readonly unknown[] = [
  null,
  true,
  '',
  ' ',
  '0',
  -1,
  -0,
  0.5,
  2 ** 53,
  -(2 ** 63),
  1e308,
  'a'.repeat(300),
  '\u0000',
  '\ud800',
  '__proto__',
  'constructor',
  '$' + '{env:HOME}',
  '<account>',
  [],
  {},
  [[]],
  { '': null },
];

const TEXTS: readonly string[] = [
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  ',',
  ':',
  '=',
  '\\',
  '\\u12',
  '\\uD800',
  '\n',
  '\r',
  '\t',
  '#',
  '!',
  '//',
  '/*',
  '$' + '{',
  '$' + '{sm:a:b}',
  '%',
  '--- ',
  '&a ',
  '*a',
  '<<: ',
  '|',
  '__proto__',
  '.',
  '*',
  '\u0000',
  '\u2028',
  '\ufeff',
  '9'.repeat(40),
];

/** The text after one to five changes: a part removed, repeated, moved, or replaced by something that has a meaning in some syntax. */
export function mutateText(random: Random, text: string): string {
  let mutated = text;
  for (let count = below(random, 5); count >= 0; count -= 1) {
    const from = below(random, mutated.length + 1);
    const to = from + below(random, Math.min(40, mutated.length - from + 1));
    const part = mutated.slice(from, to);
    const at = below(random, mutated.length + 1);
    switch (below(random, 4)) {
      case 0:
        mutated = mutated.slice(0, from) + mutated.slice(to);
        break;
      case 1:
        mutated = mutated.slice(0, at) + part + mutated.slice(at);
        break;
      case 2:
        mutated = mutated.slice(0, from) + pick(random, TEXTS) + mutated.slice(to);
        break;
      default:
        mutated = mutated.slice(0, at) + pick(random, TEXTS) + mutated.slice(at);
    }
  }
  return mutated;
}

/** The value after one to four changes: a node replaced, removed, renamed or repeated. The argument is not changed. */
export function mutateValue(random: Random, value: unknown): unknown {
  const mutated: { root: unknown } = { root: structuredClone(value) };
  for (let count = below(random, 4); count >= 0; count -= 1) {
    const { parent, name } = pick(random, placesIn(mutated, 'root'));
    const container = parent as Record<string, unknown>;
    const node = container[name];
    switch (below(random, 4)) {
      case 0:
        container[name] = structuredClone(pick(random, SCALARS));
        break;
      case 1:
        delete container[name];
        break;
      case 2:
        container[typeof node === 'string' ? node.slice(0, 40) : `${name}x`] = node;
        break;
      default:
        container[name] = [node, node];
    }
  }
  return jsonOf(mutated.root);
}

/** As JSON carries the value: without holes, undefined members and -0. */
const jsonOf = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? 'null');

interface Place {
  readonly parent: object;
  readonly name: string;
}

function placesIn(parent: object, name: string): readonly Place[] {
  const node = (parent as Record<string, unknown>)[name];
  const below =
    typeof node === 'object' && node !== null ? Object.keys(node).flatMap((key) => placesIn(node, key)) : [];
  return [{ parent, name }, ...below];
}
