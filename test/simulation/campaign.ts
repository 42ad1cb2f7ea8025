import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { SinkName } from '../../infra/sinks.ts';
import type { Violation } from './checks/violation.ts';
import { FAULTS, type FaultKind } from './model/faults.ts';
import type { StoryResult } from './run-story.ts';

export interface CampaignOptions {
  readonly seeds: readonly number[];
  /** Even seeds are Kinesis', odd ones DocumentDB's, unless one sink is to have them all. */
  readonly sink?: SinkName | undefined;
  readonly stopAtFirst?: boolean;
  readonly onProgress?: (doneCount: number) => void;
}

export interface SeedFailure {
  readonly seed: number;
  readonly violations: readonly Violation[];
}

/** What many stories came to. */
export interface Campaign {
  readonly storyCount: number;
  readonly invocationCount: number;
  readonly recordCount: number;
  readonly endings: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<FaultKind, number>>;
  /** Ascending by seed. */
  readonly failures: readonly SeedFailure[];
  /** Of all final worlds, in the order of their seeds. */
  readonly hash: string;
}

/** A worker's task and its answer. */
export interface SeedTask {
  readonly seed: number;
  readonly sink: SinkName | undefined;
}
export type SeedAnswer = SeedTask & { readonly result: StoryResult };

/** Lives many stories through, on all cores. */
export async function runCampaign(options: CampaignOptions): Promise<Campaign> {
  const { seeds, sink, onProgress } = options;
  const waiting = [...seeds];
  const answers: SeedAnswer[] = [];
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url));
      const next = () => {
        const seed = waiting.shift();
        if (seed === undefined) void worker.terminate().then(() => resolve());
        else worker.postMessage({ seed, sink } satisfies SeedTask);
      };
      worker.on('message', (answer: SeedAnswer) => {
        answers.push(answer);
        onProgress?.(answers.length);
        if (options.stopAtFirst && answer.result.violations.length > 0) waiting.length = 0;
        next();
      });
      worker.on('error', reject);
      next();
    });
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), seeds.length) }, work));
  return summary(answers.toSorted((a, b) => a.seed - b.seed));
}

function summary(answers: readonly SeedAnswer[]): Campaign {
  const results = answers.map(({ result }) => result);
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
    endings: sums(Object.keys(results[0]?.endings ?? {}), ({ endings }) => endings),
    faults: sums(Object.keys(FAULTS) as FaultKind[], ({ faults }) => faults),
    failures: answers
      .filter(({ result }) => result.violations.length > 0)
      .map(({ seed, result }) => ({ seed, violations: result.violations })),
    hash: hashOf(results.map(({ hash }) => hash)),
  };
}

const hashOf = (hashes: readonly string[]): string =>
  createHash('sha256').update(hashes.join('\n')).digest('hex').slice(0, 16);
