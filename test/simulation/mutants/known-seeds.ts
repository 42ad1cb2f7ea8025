import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = join(import.meta.dirname, 'known-seeds.json');

/** Of each mutant that a story of the newest generator catches, the seed. A hint: where it is out of date, all seeds run. */
export type KnownSeeds = Readonly<Record<string, number>>;

export const readKnownSeeds = (): KnownSeeds => JSON.parse(readFileSync(FILE, 'utf8'));

export const writeKnownSeeds = (seeds: KnownSeeds): void => {
  const sorted = Object.fromEntries(Object.entries(seeds).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(FILE, `${JSON.stringify(sorted, null, 2)}\n`);
};
