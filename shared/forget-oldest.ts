interface Entries {
  readonly size: number;
  keys(): Iterable<string>;
  delete(key: string): boolean;
}

/** Deletes the entries that a map or a set has held longest, so that no more than `countMax` remain. */
export function forgetOldest(entries: Entries, countMax: number): void {
  for (const key of entries.keys()) {
    if (entries.size <= countMax) return;
    entries.delete(key);
  }
}
