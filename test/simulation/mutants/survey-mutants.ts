import { availableParallelism } from 'node:os';
import { GENERATOR_DEFAULT } from '../scenario/generator.ts';
import { catchInSimulation } from './catch-in-simulation.ts';
import { catchInRelatedTests } from './catch-in-unit-tests.ts';
import { type Mutant, mutantWith, mutatedSources, readMutants, readProduct } from './mutant.ts';

const STORIES = { seedsMax: 300, generators: [GENERATOR_DEFAULT] };

/** Which instruments catch a mutant, each without the other. */
export interface Surveyed {
  readonly mutant: Mutant;
  /** The first seed with a violation; undefined: 300 seeds have none. */
  readonly seed: number | undefined;
  /** The first unit test that fails; undefined: none does. */
  readonly test: string | undefined;
}

/**
 * Asks every instrument for every mutant, and writes a Markdown table.
 * @param id one mutant alone; undefined: all
 * @returns whether some instrument catches every mutant
 */
export async function surveyMutants(id: string | undefined, write: (line: string) => void): Promise<boolean> {
  const product = readProduct();
  const waiting = id === undefined ? [...readMutants()] : [mutantWith(id)];
  const surveyed: Surveyed[] = [];
  write('| mutant | 300 seeds alone | unit tests alone |\n|---|---|---|');
  const work = async () => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const instead = mutatedSources(mutant, product);
      const seed = (await catchInSimulation(instead, STORIES))?.seed;
      const paths = instead.map(({ path }) => path);
      const row = { mutant, seed, test: await catchInRelatedTests(mutant.id, paths) };
      surveyed.push(row);
      write(`| ${mutant.id} | ${seed === undefined ? '-' : `seed ${seed}`} | ${row.test ?? '-'} |`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  for (const line of summaryOf(surveyed)) write(line);
  return surveyed.every(({ seed, test }) => seed !== undefined || test !== undefined);
}

/** A mutant lies inside the simulated world unless its list says that only unit tests can catch it. */
export function summaryOf(surveyed: readonly Surveyed[]): readonly string[] {
  const inside = surveyed.filter(({ mutant }) => mutant.caughtBy === undefined);
  const bySeeds = inside.filter(({ seed }) => seed !== undefined).length;
  const byTests = surveyed.filter(({ test }) => test !== undefined).length;
  const missed = surveyed.filter(({ seed, test }) => seed === undefined && test === undefined);
  const share = inside.length === 0 ? 100 : Math.round((100 * bySeeds) / inside.length);
  return [
    '',
    `${surveyed.length} mutants, ${inside.length} of them inside the simulated world`,
    `300 seeds alone catch ${bySeeds} of ${inside.length} (${share} %)`,
    `unit tests alone catch ${byTests} of ${surveyed.length}`,
    `both miss ${missed.length}: ${missed.map(({ mutant }) => mutant.id).join(', ') || 'none'}`,
  ];
}
