import { GENERATORS, type SeedOptions } from '../scenario/generator.ts';
import { startThread, type Thread } from '../thread.ts';
import type { Source } from './substitute.ts';

/** The seeds 1 to this may run before a mutant counts as not caught. */
const SEEDS_MAX = 600;
const SINK_FOLDERS = ['functions/kinesis-sink/', 'functions/documentdb-sink/'] as const;

/** The first violation with these files in place, and what to type for its story; undefined: every guarantee holds. */
export async function catchInSimulation(instead: readonly Source[]): Promise<string | undefined> {
  const thread = await startThread(instead);
  try {
    for (const scenario of storiesFor(instead)) {
      const violation = await violationOf(thread, scenario);
      if (violation !== undefined) return `${violation} (--generator ${scenario.generator} --seed ${scenario.seed})`;
    }
    return undefined;
  } finally {
    await thread.end();
  }
}

/** Even seeds are Kinesis', odd ones DocumentDB's. What is in one sink alone changes nothing in the other's stories. */
function storiesFor(instead: readonly Source[]): readonly SeedOptions[] {
  const all = Array.from({ length: SEEDS_MAX }, (_, index) => index + 1);
  const sink = SINK_FOLDERS.findIndex((folder) => instead.every(({ path }) => path.startsWith(folder)));
  const seeds = sink === -1 ? all : all.filter((seed) => seed % 2 === sink);
  return seeds.flatMap((seed) => GENERATORS.map((generator) => ({ seed, generator })));
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
