import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Source } from './mutants/substitute.ts';
import type { StoryResult } from './run-scenario.ts';
import type { SeedOptions } from './scenario/generator.ts';

/** A thread's task and its answer. */
export type SeedTask = SeedOptions;
export interface SeedAnswer {
  readonly seed: number;
  readonly result: StoryResult;
}

/** What a thread is started with: the files of the product that a mutant changes. */
export interface ThreadData {
  readonly instead: readonly Source[];
}

export interface Thread {
  /** Rejects, and the thread is gone, when the story breaks or does not end. */
  live(task: SeedTask): Promise<SeedAnswer>;
  isGone(): boolean;
  end(): Promise<void>;
}

/** Processor time: the longest story takes a second or two. A loop of promises alone would never end. */
const STORY_MS_MAX = 30_000;
const LOOK_EVERY_MS = 1_000;

/**
 * Starts a thread that lives stories through.
 * @throws the thread's error when the code does not load
 */
export async function startThread(instead: readonly Source[] = []): Promise<Thread> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { instead } satisfies ThreadData,
  });
  let isGone = false;
  // Its first message says that everything is loaded.
  await once(worker, 'message');
  return {
    isGone: () => isGone,
    end: async () => void (await worker.terminate()),
    async live(task) {
      const ended = new AbortController();
      const { signal } = ended;
      worker.postMessage(task);
      try {
        // Rejects with the worker's error as well.
        const [answer]: SeedAnswer[] = await Promise.race([
          once(worker, 'message', { signal }),
          exitOf(worker, signal),
          lateOf(worker, signal),
        ]);
        return answer as SeedAnswer;
      } catch (error) {
        isGone = true;
        await worker.terminate();
        throw error;
      } finally {
        ended.abort();
      }
    },
  };
}

async function exitOf(worker: Worker, signal: AbortSignal): Promise<never> {
  await once(worker, 'exit', { signal });
  throw new Error('its thread ended');
}

/** On a machine with other work a story takes longer, but no more processor time. */
async function lateOf(worker: Worker, signal: AbortSignal): Promise<never> {
  const usedMs = async () => {
    const { user, system } = await worker.cpuUsage();
    return (user + system) / 1_000;
  };
  const untilMs = (await usedMs()) + STORY_MS_MAX;
  while ((await usedMs()) < untilMs) await setTimeout(LOOK_EVERY_MS, undefined, { signal });
  throw new Error('it does not end');
}
