import { GENERATORS, type Generator, type SeedOptions } from '../scenario/generator.ts';
import { startThread, type Thread } from '../thread.ts';
import type { Source } from './substitute.ts';

export interface Stories {
  /** The seeds 1 to this may run before a mutant counts as not caught. */
  readonly seedsMax: number;
  readonly generators: readonly Generator[];
}

/** The first violation with a mutant in place. */
export interface CaughtInSimulation {
  readonly seed: number;
  /** The violation, and what to type for its story. */
  readonly says: string;
}

const ALL: Stories = { seedsMax: 600, generators: GENERATORS };
const SINK_FOLDERS = ['functions/kinesis-sink/', 'functions/documentdb-sink/'] as const;

/** @returns undefined if every guarantee holds with these files in place */
export async function catchInSimulation(
  instead: readonly Source[],
  stories: Stories = ALL,
): Promise<CaughtInSimulation | undefined> {
  const thread = await startThread(instead);
  try {
    for (const scenario of storiesFor(instead, stories)) {
      const violation = await violationOf(thread, scenario);
      const { generator, seed } = scenario;
      if (violation !== undefined) return { seed, says: `${violation} (--generator ${generator} --seed ${seed})` };
    }
    return undefined;
  } finally {
    await thread.end();
  }
}

/** Even seeds are Kinesis', odd ones DocumentDB's. What is in one sink alone changes nothing in the other's stories. */
function storiesFor(instead: readonly Source[], { seedsMax, generators }: Stories): readonly SeedOptions[] {
  const all = Array.from({ length: seedsMax }, (_, index) => index + 1);
  const sink = SINK_FOLDERS.findIndex((folder) => instead.every(({ path }) => path.startsWith(folder)));
  const seeds = sink === -1 ? all : all.filter((seed) => seed % 2 === sink);
  return seeds.flatMap((seed) => generators.map((generator) => ({ seed, generator })));
}

async function violationOf(thread: Thread, scenario: SeedOptions): Promise<string | undefined> {
  try {
    const { result } = await thread.live(scenario);
    const [violation] = result.violations;
    return violation && `${violation.guarantee}: ${violation.message}`;
  } catch (error) {
    // A name that the product no longer has is a mutant to be restated.
    if (error instanceof ReferenceError || error instanceof SyntaxError) throw error;
    return `the story broke off: ${error instanceof Error ? error.name : typeof error}`;
  }
}
