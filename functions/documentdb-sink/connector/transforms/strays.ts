import { lettersBetween, suggest } from '../file/suggest.ts';
import type { TransformClass } from './transform-class.ts';

/** Properties that a transform does not have. */
export interface Strays {
  /** Names that differ from one of the transform's by at most two letters: the value would have changed documents. */
  readonly problems: readonly string[];
  /** Hints about the other unknown names. */
  readonly remarks: ReadonlyMap<string, string>;
}

const LETTERS_MISSED_MAX = 2;
/** Properties that Kafka Connect itself reads. Without its `predicate`, a transform applies to every record. */
const OF_CONNECT = {
  transforms: ['type', 'predicate', 'negate'],
  predicates: ['type'],
} as const;

interface NamesOf {
  readonly group: keyof typeof OF_CONNECT;
  /** The names, without `prefix`. */
  readonly names: readonly string[];
  readonly prefix: string;
}

export function straysAmong({ group, names, prefix }: NamesOf, found: TransformClass<unknown>): Strays {
  const own = found.properties.flatMap(({ name, deprecated = name }) => [name, deprecated]);
  const known = [...own, ...OF_CONNECT[group]];
  const free = known.filter((name) => !names.includes(name));
  const strays = names.filter((name) => !known.includes(name));
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
