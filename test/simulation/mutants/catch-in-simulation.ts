import {
  GENERATOR_DEFAULT,
  GENERATORS,
  type Generator,
  type SeedOptions,
  sinkOf,
  storiesOf,
} from '../scenario/generator.ts';
import { startThread, type Thread } from '../thread.ts';
import type { Source } from './substitute.ts';

/** The first violation with a mutant in place. */
export interface CaughtInSimulation {
  readonly seed: number;
  /** The violation, and what to type for its story. */
  readonly says: string;
}

/** What `npm run simulate` is given for the story. */
const argumentsOf = (story: SeedOptions): string =>
  `--generator ${story.generator} --seed ${story.seed} --sink ${sinkOf(story)}`;

/** The seeds 1 to this run before a mutant counts as not caught. */
export const SEEDS_MAX = 300;

export interface Stories {
  readonly seedsMax: number;
  readonly generators: readonly Generator[];
  readonly knownSeed?: number | undefined;
}

/** @param knownSeed which caught the mutant before: it comes first */
export const newestFrom = (knownSeed: number | undefined): Stories => ({
  seedsMax: SEEDS_MAX,
  generators: [GENERATOR_DEFAULT],
  knownSeed,
});
/** The story alone that caught the mutant before. */
export const knownStory = (knownSeed: number): Stories => ({ ...newestFrom(knownSeed), seedsMax: 0 });
/** Where the newest stories miss a mutant: the other versions, and more seeds. */
export const OTHERS: Stories = {
  seedsMax: 2 * SEEDS_MAX,
  generators: GENERATORS.filter((generator) => generator !== GENERATOR_DEFAULT),
};
const SINK_FOLDERS = [
  ['functions/kinesis-sink/', 'kinesisSink'],
  ['functions/documentdb-sink/', 'documentdbSink'],
] as const;

/** @returns undefined if every guarantee holds with these files in place */
export async function catchInSimulation(
  instead: readonly Source[],
  stories: Stories = newestFrom(undefined),
): Promise<CaughtInSimulation | undefined> {
  const thread = await startThread(instead);
  try {
    for (const story of storiesFor(instead, stories)) {
      const violation = await violationOf(thread, story);
      const { seed } = story;
      if (violation !== undefined) return { seed, says: `${violation} (${argumentsOf(story)})` };
    }
    return undefined;
  } finally {
    await thread.end();
  }
}

/** What is in one sink alone changes nothing in the other's stories. */
function storiesFor(instead: readonly Source[], { seedsMax, generators, knownSeed }: Stories): readonly SeedOptions[] {
  const all = Array.from({ length: seedsMax }, (_, index) => index + 1);
  const [, only] = SINK_FOLDERS.find(([folder]) => instead.every(({ path }) => path.startsWith(folder))) ?? [];
  const inOrder = knownSeed === undefined ? all : [knownSeed, ...all.filter((seed) => seed !== knownSeed)];
  const stories = inOrder.flatMap((seed) => generators.flatMap((generator) => storiesOf({ seed, generator })));
  return only === undefined ? stories : stories.filter((story) => sinkOf(story) === only);
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
