/** Replaces one text of the product. Runs of white space count as one space, so that formatting changes nothing. */
export interface Substitution {
  /** Occurs exactly once in all sources. */
  readonly find: string;
  readonly replace: string;
}

/** A file of the product: its path below the project's root, and its text. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/**
 * @returns the files that change, with their new text
 * @throws Error when a text does not occur exactly once
 */
export function substituteAll(sources: readonly Source[], substitutions: readonly Substitution[]): readonly Source[] {
  const changed = new Map<string, Source>();
  for (const { find, replace } of substitutions) {
    const current = sources.map((source) => changed.get(source.path) ?? source);
    const source = theOnlyOneWith(find, current);
    // As a function: in a text `$&` would mean the match.
    changed.set(source.path, { ...source, text: source.text.replace(patternOf(find), () => replace) });
  }
  return [...changed.values()];
}

function theOnlyOneWith(find: string, sources: readonly Source[]): Source {
  const pattern = patternOf(find);
  const [word = ''] = find.trim().split(/\s+/);
  // A look for one word is quick, and most sources do not have it.
  const places = sources
    .filter(({ text }) => text.includes(word))
    .flatMap((source) => [...source.text.matchAll(pattern)].map(() => source));
  const [source] = places;
  if (source !== undefined && places.length === 1) return source;
  const where = [...new Set(places.map(({ path }) => path))].join(', ');
  throw new Error(`a text must occur exactly once, and occurs ${places.length} times (${where || 'nowhere'}): ${find}`);
}

const patternOf = (find: string): RegExp =>
  new RegExp(find.trim().split(/\s+/).map(escaped).join(String.raw`\s+`), 'g');

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
