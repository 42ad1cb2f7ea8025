/** The known name that was probably meant; undefined if none is similar. */
export function suggest(name: string, known: readonly string[]): string | undefined {
  const limit = Math.max(2, Math.floor(name.length / 4));
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const distance = lettersBetween(name, candidate);
    if (distance <= limit && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { candidate, distance };
  }
  return best?.candidate;
}

/** The number of different letters, ignoring separators. */
export const lettersBetween = (name: string, candidate: string): number =>
  distanceBetween(normalized(name), normalized(candidate));

/**
 * Removes separators, because spellings such as `writeModelStrategy` and `write_model.strategy` differ mostly in them.
 */
const normalized = (name: string): string => name.toLowerCase().replaceAll(/[._-]/g, '');

/** The Levenshtein distance. */
function distanceBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, left] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, right] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (left === right ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
