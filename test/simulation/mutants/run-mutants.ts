import { availableParallelism } from 'node:os';
import { catchInSimulation, SEEDS_MAX } from './catch-in-simulation.ts';
import { catchInUnitTests } from './catch-in-unit-tests.ts';
import { type Mutant, mutantWith, mutatedSources, readMutants, readProduct } from './mutant.ts';
import type { Source } from './substitute.ts';

/** What caught a mutant: stories alone, or unit tests where no story can or none did. Undefined: nothing. */
export type Instrument = 'simulation' | 'unit' | undefined;

export interface Tried {
  readonly mutant: Mutant;
  readonly instrument: Instrument;
  /** The first failure, in a line. */
  readonly says: string;
}

/** Of the mutants inside the simulated world, so many have to be caught by stories alone. */
const SHARE_MIN = 0.9;

/**
 * Puts each mutant in place, several at a time, and looks for what catches it.
 * @param id one mutant alone; undefined: all
 * @returns whether every one was caught, and stories alone caught enough of those inside the simulated world
 * @throws Error when a mutant no longer fits the code
 */
export async function runMutants(id: string | undefined, write: (line: string) => void): Promise<boolean> {
  const mutants = id === undefined ? readMutants() : [mutantWith(id)];
  const product = readProduct();
  const waiting = mutants.map((mutant) => ({ mutant, instead: mutatedSources(mutant, product) }));
  const all: Tried[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const tried = await attempt(next);
      all.push(tried);
      for (const line of linesOf(tried)) write(line);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  const summary = summaryOf(all);
  for (const line of summary.lines) write(line);
  return summary.missed === 0 && (id !== undefined || summary.share >= SHARE_MIN);
}

interface Next {
  readonly mutant: Mutant;
  readonly instead: readonly Source[];
}

async function attempt({ mutant, instead }: Next): Promise<Tried> {
  const { id, caughtBy, outside } = mutant;
  const story = outside === undefined ? await catchInSimulation(instead) : undefined;
  if (story !== undefined) return { mutant, instrument: 'simulation', says: story.says };
  const test = caughtBy === undefined ? undefined : await catchInUnitTests(id, caughtBy);
  return { mutant, instrument: test === undefined ? undefined : 'unit', says: test ?? 'nothing fails' };
}

const linesOf = ({ mutant: { id, guarantee, outside, says }, instrument, says: failure }: Tried): readonly string[] => [
  `${instrument === undefined ? 'NOT CAUGHT' : 'caught'}  ${id} (${guarantee}${outside === undefined ? '' : ', outside'}): ${says}`,
  `        ${instrument ?? 'nobody'}: ${failure}`,
];

export interface MutantSummary {
  readonly lines: readonly string[];
  readonly missed: number;
  /** 0 to 1. */
  readonly share: number;
}

/** A table in Markdown, and the names of those that stories should have caught. */
export function summaryOf(all: readonly Tried[]): MutantSummary {
  const inside = all.filter(({ mutant }) => mutant.outside === undefined);
  const outside = all.filter(({ mutant }) => mutant.outside !== undefined);
  const by = (tried: readonly Tried[], instrument: Instrument) =>
    tried.filter((each) => each.instrument === instrument).length;
  const bySeeds = by(inside, 'simulation');
  const share = inside.length === 0 ? 1 : bySeeds / inside.length;
  const missed = by(all, undefined);
  const left = inside.filter(({ instrument }) => instrument !== 'simulation').map(({ mutant }) => mutant.id);
  return {
    lines: [
      '',
      '| mutants | number |',
      '|---|---|',
      `| all | ${all.length} |`,
      `| inside the simulated world | ${inside.length} |`,
      `| caught by ${SEEDS_MAX} seeds alone | ${bySeeds} (${Math.floor(100 * share)} %) |`,
      `| inside, and caught by unit tests alone | ${by(inside, 'unit')} |`,
      `| outside, and caught by unit tests | ${by(outside, 'unit')} |`,
      `| caught by nobody | ${missed} |`,
      ...(left.length === 0 ? [] : ['', `inside, and missed by ${SEEDS_MAX} seeds: ${left.toSorted().join(', ')}`]),
      '',
      `${all.length - missed} caught, ${missed} not caught`,
    ],
    missed,
    share,
  };
}
