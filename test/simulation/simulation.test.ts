import { describe, expect, it } from 'vitest';
import { type Campaign, runCampaign } from './campaign.ts';
import { runScenario } from './run-scenario.ts';
import { generateStory } from './scenario/generate/generate.ts';
import { GENERATOR_DEFAULT, GENERATORS, type Generator } from './scenario/generator.ts';
import type { Scenario } from './scenario/scenario.ts';

const seedsFrom = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

/** What to type for each failure; empty is what is wanted. */
const failuresOf = ({ failures }: Campaign, generator: Generator) =>
  failures.map(
    ({ seed, sink, violations }) =>
      `npm run simulate -- --generator ${generator} --seed ${seed} --sink ${sink}: ${violations[0]?.message}`,
  );

/** `.ci/run` runs the seeds 1 to 1,000 of each version, and checks that each fault and mode happens: these come after them. */
const FIRST_SEED = 2_001;

/** Of the newest version, whose faults are the densest: so many that each corner of its world comes twice. */
const FIXED = 74;

/**
 * Of the older versions, which are in the newest but for the shape of their stories, `npm test` runs stories that nobody has seen. Of
 * version 3, one in some hundreds still contradicts a check that is too strict: docs/decisions/0007.
 */
const SETTLED: readonly Generator[] = [1, 2];
const FRESH = 25;

describe('in a world of faults', () => {
  it(`every guarantee holds in the stories from ${FIRST_SEED} on`, async () => {
    const generator = GENERATOR_DEFAULT;
    const campaign = await runCampaign({ seeds: seedsFrom(FIRST_SEED, FIXED), generator });
    expect(failuresOf(campaign, generator)).toEqual([]);
    const faultCount = Object.values(campaign.faults).reduce((sum, count) => sum + count, 0);
    expect(faultCount).toBeGreaterThan(FIXED);
  });

  it.each(SETTLED)('every guarantee holds in stories that nobody has seen before (version %i)', async (generator) => {
    const fresh = 1_000_000 + (Date.now() % 100_000_000);
    process.stderr.write(`simulation: fresh seeds from ${fresh}\n`);
    const campaign = await runCampaign({ seeds: seedsFrom(fresh, FRESH), generator });
    expect(failuresOf(campaign, generator)).toEqual([]);
  });
});

describe('several topics', () => {
  it.each(['kinesisSink', 'documentdbSink'] as const)('are delivered to the same environment of %s', async (sink) => {
    const scenario = { ...generateStory({ seed: 11, generator: 1, sink }), faults: [], topicCount: 3 };
    const records = scenario.records.map((record, index) => ({ ...record, topic: index % 3 }));
    const sentTo = new Map<string, Set<string>>();
    let environment = '';
    const { violations } = await runScenario({ ...scenario, records }, ({ text, position }) => {
      environment = /begins in (environment \d+)/.exec(text)?.[1] ?? environment;
      const topic = text.startsWith('sent to') ? position?.replace(/-\d+@\d+$/, '') : undefined;
      if (topic !== undefined) sentTo.set(environment, new Set(sentTo.get(environment)).add(topic));
    });
    expect(violations).toEqual([]);
    expect(Math.max(...[...sentTo.values()].map(({ size }) => size))).toBe(3);
  });
});

describe('a story', () => {
  it('whose mapping gives up after a few retries runs until nothing is left, however long records are held', async () => {
    const { violations } = await runScenario(generateStory({ seed: 42_273_848, generator: 1 }));
    expect(violations).toEqual([]);
  });

  it('whose last doubt is cleared up while late requests arrive goes on until nothing is left', async () => {
    // On demand each invocation finds one more rejected record of a lane: the doubt of ten takes twenty minutes, twice as long as the
    // run has patience for, and the next batch is under way when the last late request has arrived.
    const kinds = ['plain', ...Array.from({ length: 10 }, () => 'refused' as const), 'plain', 'refused'] as const;
    const { kinesis, mapping, ...story } = generateStory({ seed: 11, generator: 1, sink: 'kinesisSink' });
    const begun: number[] = [];
    const scenario: Scenario = {
      ...story,
      mapping: { ...mapping, mode: 'onDemand', batchRecordsMax: 11, windowMs: 1_000 },
      function: { timeoutMs: 120_000, onPoison: 'deadLetter' },
      kinesis: { ...kinesis, ordering: 'key', aggregation: 'off', partitionKey: 'key', envelope: 'none' },
      partitionCount: 1,
      faults: [],
      records: kinds.map((kind, index) => ({ id: index + 1, atMs: 0, key: 'hunter2-1', kind })),
    };
    const { violations } = await runScenario(scenario, ({ atMs, text }) => {
      if (/^invocation \d+ begins/.test(text)) begun.push(atMs);
    });
    expect(violations).toEqual([]);
    // The last two are those of the second batch.
    expect(begun.slice(-2).map((atMs) => Math.floor(atMs / 60_000))).toEqual([19, 21]);
  });

  it('in which nine records of one document meet a conflict that no read finds comes to its end', async () => {
    const { documentdb, ...story } = { ...generateStory({ seed: 11, generator: 1 }), faults: [] };
    const mapping = { ...story.mapping, mode: 'provisioned', batchRecordsMax: 25, windowMs: 1_000 } as const;
    const settings = { strategy: 'replace', guard: 'offset', identity: 'business', hasArraysInKeys: true } as const;
    // Of two keys that are arrays with an element in common.
    const keys = ['hunter2-2', ...Array.from({ length: 9 }, () => 'hunter2-3')];
    const { violations } = await runScenario({
      ...story,
      mapping: { ...mapping, retriesMax: 2 },
      function: { timeoutMs: 40_000, onPoison: 'deadLetter' },
      documentdb: { ...documentdb, ...settings },
      partitionCount: 1,
      records: keys.map((key, index) => ({ id: index + 1, atMs: 0, key, kind: 'plain' })),
    });
    expect(violations).toEqual([]);
  });

  it.each([11, 12, 57, 58])('ends in the same world each time it is lived through (seed %i)', async (seed) => {
    const scenario = generateStory({ seed, generator: 1 });
    const [first, second] = [await runScenario(scenario), await runScenario(structuredClone(scenario))];
    expect(second).toEqual(first);
  });

  it.each(GENERATORS)(
    'without faults has no retry, no copy, and every invocation settles everything (version %i)',
    async (generator) => {
      for (const seed of seedsFrom(1, generator === GENERATOR_DEFAULT ? 40 : 12)) {
        const { records, ...planned } = generateStory({ seed, generator });
        // A record that Kinesis rejects alone needs evidence that the stream takes another one: that can take a retry. So can the
        // evidence against several records of one document, if all of them come again.
        const isCertain = ({ kind, refusal }: (typeof records)[number]) =>
          kind !== 'refused' ||
          (planned.sink === 'documentdbSink' && (refusal === undefined || planned.mapping.mode !== 'onDemand'));
        const scenario = { ...planned, records: records.filter(isCertain), faults: [] };
        const calm = await runScenario({ ...scenario, function: { ...scenario.function, onPoison: 'deadLetter' } });
        expect(calm.violations).toEqual([]);
        expect({ ...calm.endings, settled: 0 }).toEqual({ settled: 0, partly: 0, threw: 0, timedOut: 0, killed: 0 });
      }
    },
  );
});
