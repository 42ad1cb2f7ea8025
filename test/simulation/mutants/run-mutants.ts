import { availableParallelism } from 'node:os';
import {
  type CaughtInSimulation,
  catchInSimulation,
  knownStory,
  newestFrom,
  OTHERS,
  SEEDS_MAX,
  type Stories,
} from './catch-in-simulation.ts';
import { catchInUnitTests } from './catch-in-unit-tests.ts';
import { readKnownSeeds, writeKnownSeeds } from './known-seeds.ts';
import { type Mutant, mutantWith, mutatedSources, readMutants, readProduct } from './mutant.ts';
import type { Source } from './substitute.ts';

/** What caught a mutant: the newest stories alone; or where none can or none did, unit tests or other stories. Undefined: nothing. */
export type Instrument = 'simulation' | 'unit' | 'other stories' | undefined;

export interface Tried {
  readonly mutant: Mutant;
  readonly instrument: Instrument;
  /** The first failure, in a line. */
  readonly says: string;
  /** Of the newest generator, where stories alone caught it. */
  readonly seed?: number;
}

export interface MutantsOptions {
  /** One mutant alone; undefined: all. */
  readonly id: string | undefined;
  /** The story that caught it before, and named unit tests, before all stories: whether a mutant is caught is known sooner, and not whether stories alone catch it. */
  readonly isQuick: boolean;
}

/**
 * Puts each mutant in place, several at a time, and looks for what catches it.
 * @returns whether every one was caught
 * @throws Error when a mutant no longer fits the code
 */
export async function runMutants({ id, isQuick }: MutantsOptions, write: (line: string) => void): Promise<boolean> {
  const mutants = id === undefined ? readMutants() : [mutantWith(id)];
  const product = readProduct();
  const known = readKnownSeeds();
  const waiting = mutants.map((mutant) => ({
    mutant,
    instead: mutatedSources(mutant, product),
    knownSeed: known[mutant.id],
  }));
  const all: Tried[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const tried = await attempt(next, isQuick);
      all.push(tried);
      for (const line of linesOf(tried)) write(line);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  if (id === undefined && !isQuick) writeKnownSeeds(seedsOf(all));
  const summary = summaryOf(all);
  for (const line of isQuick ? summary.lines.slice(-1) : summary.lines) write(line);
  return summary.missed === 0;
}

interface Next {
  readonly mutant: Mutant;
  readonly instead: readonly Source[];
  readonly knownSeed: number | undefined;
}

type Try = () => Promise<Omit<Tried, 'mutant'> | undefined>;

async function attempt({ mutant, instead, knownSeed }: Next, isQuick: boolean): Promise<Tried> {
  const { id, caughtBy, outside } = mutant;
  const stories =
    (instrument: Instrument, which: Stories): Try =>
    async () =>
      outside === undefined ? told(instrument, await catchInSimulation(instead, which)) : undefined;
  const unit: Try = async () => {
    const says = caughtBy && (await catchInUnitTests(id, caughtBy));
    return says === undefined ? undefined : { instrument: 'unit', says };
  };
  const newest = stories('simulation', newestFrom(knownSeed));
  const known = knownSeed === undefined ? [] : [stories('simulation', knownStory(knownSeed))];
  for (const attemptOne of [
    ...(isQuick ? [...known, unit, newest] : [newest, unit]),
    stories('other stories', OTHERS),
  ]) {
    const caught = await attemptOne();
    if (caught !== undefined) return { mutant, ...caught };
  }
  return { mutant, instrument: undefined, says: 'nothing fails' };
}

const told = (instrument: Instrument, caught: CaughtInSimulation | undefined) =>
  caught && { instrument, says: caught.says, ...(instrument === 'simulation' && { seed: caught.seed }) };

const seedsOf = (all: readonly Tried[]) =>
  Object.fromEntries(all.flatMap(({ mutant, seed }) => (seed === undefined ? [] : [[mutant.id, seed] as const])));

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
      `| inside, and caught by stories of older versions alone | ${by(inside, 'other stories')} |`,
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
