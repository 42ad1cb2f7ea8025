import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { SinkName } from '../../infra/sinks.ts';
import type { Violation } from './invariants/violation.ts';
import { ENDINGS, type StoryResult } from './run-scenario.ts';
import { FAULTS, type FaultKind, faultKindsIn } from './scenario/faults.ts';
import { type Generator, type SeedOptions, sinkOf, storiesOf } from './scenario/generator.ts';
import { type Kind, kindsToTry } from './scenario/kinds.ts';
import { MODES, type Mode } from './scenario/modes.ts';
import { startThread } from './thread.ts';

export interface CampaignOptions extends Omit<SeedOptions, 'seed'> {
  readonly seeds: readonly number[];
  readonly stopAtFirst?: boolean;
  readonly onProgress?: (doneCount: number) => void;
}

export interface SeedFailure {
  readonly seed: number;
  readonly sink: SinkName;
  readonly violations: readonly Violation[];
}

/** What many stories came to. */
export interface Campaign {
  readonly storyCount: number;
  readonly invocationCount: number;
  readonly recordCount: number;
  readonly endings: Readonly<Record<string, number>>;
  /** Of the faults that the generator's version plans. */
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly modes: Readonly<Record<Mode, number>>;
  readonly kinds: Readonly<Partial<Record<Kind, number>>>;
  /** Ascending by seed. */
  readonly failures: readonly SeedFailure[];
  /** Of all final worlds, in the order of their seeds. */
  readonly hash: string;
}

/** Lives many stories through, on all cores. */
export async function runCampaign(options: CampaignOptions): Promise<Campaign> {
  const { seeds, generator, sink, onProgress } = options;
  const waiting = seeds
    .flatMap((seed) => storiesOf({ seed, generator, sink }))
    .map((story, place) => ({ story, place }));
  const lived: Lived[] = [];
  const work = async () => {
    let thread = await startThread();
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const result = await thread.live(next.story).then((answer) => answer.result, broken);
      if (thread.isGone()) thread = await startThread();
      lived.push({ ...next, result });
      onProgress?.(lived.length);
      if (options.stopAtFirst && result.violations.length > 0) waiting.length = 0;
    }
    await thread.end();
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), waiting.length) }, work));
  return summary(
    lived.toSorted((a, b) => a.place - b.place),
    generator,
  );
}

interface Lived {
  readonly story: SeedOptions;
  readonly place: number;
  readonly result: StoryResult;
}

/** A story that could not be lived through is one that fails. */
const broken = (error: unknown): StoryResult => ({
  violations: [
    { guarantee: 'G5', message: `the story broke off: ${error instanceof Error ? error.name : typeof error}` },
  ],
  faults: Object.fromEntries(Object.keys(FAULTS).map((kind) => [kind, 0])) as Record<FaultKind, number>,
  modes: Object.fromEntries(MODES.map((mode) => [mode, 0])) as Record<Mode, number>,
  kinds: {},
  endings: {},
  invocationCount: 0,
  recordCount: 0,
  hash: 'broken',
});

function summary(lived: readonly Lived[], generator: Generator): Campaign {
  const results = lived.map(({ result }) => result);
  const sumOf = (count: (result: StoryResult) => number) => results.reduce((sum, result) => sum + count(result), 0);
  const sums = <Name extends string>(
    names: readonly Name[],
    of: (result: StoryResult) => Readonly<Record<string, number>>,
  ) =>
    Object.fromEntries(names.map((name) => [name, sumOf((result) => of(result)[name] ?? 0)])) as Record<Name, number>;
  return {
    storyCount: results.length,
    invocationCount: sumOf(({ invocationCount }) => invocationCount),
    recordCount: sumOf(({ recordCount }) => recordCount),
    endings: sums(ENDINGS, ({ endings }) => endings),
    faults: sums(faultKindsIn(generator), ({ faults }) => faults),
    modes: sums(MODES, ({ modes }) => modes),
    kinds: sums(kindsToTry(generator), ({ kinds }) => kinds),
    failures: lived
      .filter(({ result }) => result.violations.length > 0)
      .map(({ story, result: { violations } }) => ({ seed: story.seed, sink: sinkOf(story), violations })),
    hash: hashOf(results.map(({ hash }) => hash)),
  };
}

const hashOf = (hashes: readonly string[]): string =>
  createHash('sha256').update(hashes.join('\n')).digest('hex').slice(0, 16);
