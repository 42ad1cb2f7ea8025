import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Violation } from '../invariants/violation.ts';
import { type Source, type Substitution, substituteAll } from './substitute.ts';

/** A deliberate mistake in the product that a guarantee's check must catch. */
export interface Mutant extends Substitution {
  /** In words: `lane-goes-on-after-an-ambiguous-failure`. */
  readonly id: string;
  /** The guarantee that the mistake breaks. */
  readonly guarantee: Violation['guarantee'];
  /** What the mistake does, in one sentence. */
  readonly says: string;
  /** Where one substitution is not enough. */
  readonly also?: readonly Substitution[];
  /** Why no story can meet it; absent: it lies inside the simulated world, and stories have to catch it. */
  readonly outside?: string;
  /** The unit test files that catch it where stories do not. */
  readonly caughtBy?: readonly string[];
}

export const ROOT = join(import.meta.dirname, '..', '..', '..');
/** A mutant's text is looked for in these folders. */
const PRODUCT = ['functions', 'shared', 'local/msk-trigger'];

/** All mutants of the lists beside this file, in the order of their files. */
export const readMutants = (): readonly Mutant[] =>
  readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.yml'))
    .sort()
    .flatMap((name) => parse(readFileSync(join(import.meta.dirname, name), 'utf8')) as readonly Mutant[]);

/** @throws Error that names the id when there is no such mutant */
export function mutantWith(id: string, mutants: readonly Mutant[] = readMutants()): Mutant {
  const mutant = mutants.find((each) => each.id === id);
  if (mutant === undefined) throw new Error(`there is no mutant ${JSON.stringify(id)} in test/simulation/mutants/`);
  return mutant;
}

export const readProduct = (): readonly Source[] =>
  PRODUCT.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name))
      .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') })),
  );

/**
 * The files that a mutant changes, as it changes them.
 * @throws Error when one of its texts does not occur exactly once
 */
export const mutatedSources = ({ find, replace, also = [] }: Mutant, product = readProduct()): readonly Source[] =>
  substituteAll(product, [{ find, replace }, ...also]);
