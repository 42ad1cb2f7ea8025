import { once } from 'node:events';
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

/** Real time: the longest story takes a second. A loop of promises alone would never end. */
const STORY_MS_MAX = 30_000;

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
      worker.postMessage(task);
      const late = AbortSignal.any([AbortSignal.timeout(STORY_MS_MAX), ended.signal]);
      try {
        // Rejects with the worker's error as well.
        const [answer]: SeedAnswer[] = await Promise.race([
          once(worker, 'message', { signal: late }),
          exitOf(worker, late),
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
