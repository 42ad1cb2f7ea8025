import { lettersBetween, suggest } from '../file/suggest.ts';
import type { TransformClass } from './transform-class.ts';

/** What a transform does with properties of its own that it does not have. */
export interface Strays {
  /** A name that misses one of the transform's by a letter or two: its value would have changed documents. */
  readonly problems: readonly string[];
  /** Of the others: what is known beside their being unknown. */
  readonly remarks: ReadonlyMap<string, string>;
}

const LETTERS_MISSED_MAX = 2;
/** What Kafka Connect reads itself. */
const OF_CONNECT: ReadonlySet<string> = new Set(['type', 'predicate', 'negate']);

/** @param names as they stand under `prefix` */
export function straysAmong(names: readonly string[], prefix: string, found: TransformClass<unknown>): Strays {
  const known = found.properties.flatMap(({ name, deprecated = name }) => [name, deprecated]);
  const free = known.filter((name) => !names.includes(name));
  const strays = names.filter((name) => !known.includes(name) && !OF_CONNECT.has(name));
  const problems: string[] = [];
  const remarks = new Map<string, string>();
  for (const name of strays) {
    const obsolete = found.obsolete?.get(name);
    const meant = suggest(name, free);
    if (obsolete !== undefined) remarks.set(prefix + name, obsolete);
    else if (meant !== undefined && lettersBetween(name, meant) <= LETTERS_MISSED_MAX) {
      problems.push(`${prefix}${name} is not a property of this class: did you mean ${meant}?`);
    } else if (meant !== undefined) remarks.set(prefix + name, `did you mean ${meant}?`);
  }
  return { problems, remarks };
}
