import { describe, expect, it } from 'vitest';
import { type Campaign, runCampaign } from './campaign.ts';
import { runScenario } from './run-scenario.ts';
import { generateStory } from './scenario/generate/generate.ts';
import { GENERATORS, type Generator } from './scenario/generator.ts';

const seedsFrom = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

/** What to type for each failure; empty is what is wanted. */
const failuresOf = ({ failures }: Campaign, generator: Generator) =>
  failures.map(
    ({ seed, violations }) => `npm run simulate -- --generator ${generator} --seed ${seed}: ${violations[0]?.message}`,
  );

/** Enough for each fault and mode to happen. */
const STORY_COUNTS = { 1: 1_000, 2: 1_000 } as const;

describe.each(GENERATORS)('in a world of faults, by version %i of the generator', (generator) => {
  it('every guarantee holds in the first stories, and every fault and every mode is in them', async () => {
    const campaign = await runCampaign({ seeds: seedsFrom(1, STORY_COUNTS[generator]), generator });
    expect(failuresOf(campaign, generator)).toEqual([]);
    const counts = Object.entries({ ...campaign.faults, ...campaign.modes, ...campaign.kinds });
    const absent = counts.filter(([, count]) => count === 0);
    expect(absent).toEqual([]);
  });

  it('every guarantee holds in stories that nobody has seen before', async () => {
    const first = 1_000_000 + (Date.now() % 100_000_000);
    process.stderr.write(`simulation: fresh seeds from ${first}\n`);
    const campaign = await runCampaign({ seeds: seedsFrom(first, 200), generator });
    expect(failuresOf(campaign, generator)).toEqual([]);
  });
});

describe('a story', () => {
  it.each([11, 12, 57, 58])('ends in the same world each time it is lived through (seed %i)', async (seed) => {
    const scenario = generateStory({ seed, generator: 1 });
    const [first, second] = [await runScenario(scenario), await runScenario(structuredClone(scenario))];
    expect(second).toEqual(first);
  });

  it.each(GENERATORS)(
    'without faults has no retry, no copy, and every invocation settles everything (version %i)',
    async (generator) => {
      for (const seed of seedsFrom(1, 40)) {
        const { records, ...planned } = generateStory({ seed, generator });
        // A record that Kinesis rejects alone needs evidence that the stream takes another one: that can take a retry.
        const isCertain = ({ kind }: (typeof records)[number]) =>
          planned.sink === 'documentdbSink' || kind !== 'refused';
        const scenario = { ...planned, records: records.filter(isCertain), faults: [] };
        const calm = await runScenario({ ...scenario, function: { ...scenario.function, onPoison: 'deadLetter' } });
        expect(calm.violations).toEqual([]);
        expect({ ...calm.endings, settled: 0 }).toEqual({ settled: 0, partly: 0, threw: 0, timedOut: 0, killed: 0 });
      }
    },
  );
});
