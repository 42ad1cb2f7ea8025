import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { generateStory } from './scenario/generate/generate.ts';
import { takesFreeValuesOnly } from './scenario/generate/unique-values.ts';
import { GENERATORS, storiesOf } from './scenario/generator.ts';
import { kindsIn, kindsToTry } from './scenario/kinds.ts';
import type { Scenario } from './scenario/scenario.ts';

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);

describe('the generator', () => {
  it.each([
    { generator: 1, hash: '518a8cb6a1f1ab72' },
    { generator: 2, hash: '97b156ac2ae9fb7f' },
  ] as const)('makes the same stories of the same seeds for ever, in version $generator', ({ generator, hash }) => {
    const scenarios = Array.from({ length: 400 }, (_, index) =>
      JSON.stringify(generateStory({ seed: index + 1, generator })),
    );
    expect(hashOf(scenarios.join(''))).toBe(hash);
  });

  it.each(GENERATORS)('lets a record take a unique value only once it is free (version %i)', (generator) => {
    const seeds = Array.from({ length: 400 }, (_, index) => 2 * index + 1);
    const scenarios = seeds.map((seed) => generateStory({ seed, generator, sink: 'documentdbSink' }));
    expect(scenarios.filter(({ records }) => !takesFreeValuesOnly(records))).toEqual([]);
    const [moving] = scenarios.filter(({ records }) => records.some(({ unique }) => unique === 0));
    const [taken] = moving?.records.filter(({ unique }) => unique === 0) ?? [];
    expect(takesFreeValuesOnly([...(taken ? [taken, { ...taken, key: 'another' }] : [])])).toBe(false);
  });

  it.each(GENERATORS)('gives the story of a seed to the sink that is asked for (version %i)', (generator) => {
    const sinks = [5, 6].flatMap((seed) => storiesOf({ seed, generator }).map((story) => generateStory(story).sink));
    expect(sinks).toEqual(
      generator === 3 ? ['documentdbSink', 'documentdbSink', 'kinesisSink'] : ['documentdbSink', 'kinesisSink'],
    );
    expect(generateStory({ seed: 5, generator, sink: 'kinesisSink' }).sink).toBe('kinesisSink');
  });

  it('tells of every kind of records and of connector files in the stories of the 300 seeds that mutants are tried with', () => {
    const kinds = Array.from({ length: 300 }, (_, index) => storiesOf({ seed: index + 1, generator: 3 }))
      .flat()
      .map((story) => kindsIn(generateStory(story)));
    // Of three stories at least: one alone may have no fault, or nothing but faults.
    const rare = kindsToTry(3).filter((kind) => kinds.filter((counts) => counts[kind] > 0).length < 3);
    expect(rare).toEqual([]);
  });

  it('leaves what follows from each other in one topic, or in one collection of a topic', () => {
    const scenarios = Array.from({ length: 600 }, (_, index) =>
      generateStory({ seed: index + 1, generator: 3, sink: 'documentdbSink' }),
    );
    const several = scenarios.filter(({ topicCount = 1 }) => topicCount > 1);
    expect(several.length).toBeGreaterThan(100);
    const inOrder = several.filter(
      ({ documentdb, records }) =>
        documentdb.strategy === 'events' || records.some(({ unique }) => unique !== undefined),
    );
    expect(inOrder.length).toBeGreaterThan(10);
    const isOfTwo = ({ documentdb, records }: Scenario) => {
      const topics = new Map<string, number>();
      return records.some(({ key, topic = 0 }) => {
        const known = topics.get(key ?? '') ?? topic;
        topics.set(key ?? '', topic);
        return key !== null && known !== topic && documentdb.isCollectionOfTopic !== true;
      });
    };
    expect(inOrder.filter(isOfTwo)).toEqual([]);
    expect(several.filter(isOfTwo).length).toBeGreaterThan(10);
  });
});
