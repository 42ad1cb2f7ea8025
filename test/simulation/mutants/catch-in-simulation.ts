import { GENERATOR_DEFAULT, type SeedOptions } from '../scenario/generator.ts';
import { startThread, type Thread } from '../thread.ts';
import type { Source } from './substitute.ts';

/** The first violation with a mutant in place. */
export interface CaughtInSimulation {
  readonly seed: number;
  /** The violation, and what to type for its story. */
  readonly says: string;
}

/** The seeds 1 to this run before a mutant counts as not caught. */
export const SEEDS_MAX = 300;
const SINK_FOLDERS = ['functions/kinesis-sink/', 'functions/documentdb-sink/'] as const;

/** @returns undefined if every guarantee holds with these files in place */
export async function catchInSimulation(instead: readonly Source[]): Promise<CaughtInSimulation | undefined> {
  const thread = await startThread(instead);
  try {
    for (const seed of seedsFor(instead)) {
      const violation = await violationOf(thread, { seed, generator: GENERATOR_DEFAULT });
      if (violation !== undefined) {
        return { seed, says: `${violation} (--generator ${GENERATOR_DEFAULT} --seed ${seed})` };
      }
    }
    return undefined;
  } finally {
    await thread.end();
  }
}

/** Even seeds are Kinesis', odd ones DocumentDB's. What is in one sink alone changes nothing in the other's stories. */
function seedsFor(instead: readonly Source[]): readonly number[] {
  const all = Array.from({ length: SEEDS_MAX }, (_, index) => index + 1);
  const sink = SINK_FOLDERS.findIndex((folder) => instead.every(({ path }) => path.startsWith(folder)));
  return sink === -1 ? all : all.filter((seed) => seed % 2 === sink);
}

async function violationOf(thread: Thread, story: SeedOptions): Promise<string | undefined> {
  try {
    const { result } = await thread.live(story);
    const [violation] = result.violations;
    return violation && `${violation.guarantee}: ${violation.message}`;
  } catch (error) {
    // A name that the product no longer has is a mutant to be restated.
    if (error instanceof ReferenceError || error instanceof SyntaxError) throw error;
    return `the story broke off: ${error instanceof Error ? error.name : typeof error}`;
  }
}
