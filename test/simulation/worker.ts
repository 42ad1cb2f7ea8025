// One thread of a campaign: lives the stories of the seeds it is given.
import { parentPort, workerData } from 'node:worker_threads';
import { loadInstead } from './mutants/load-hook.ts';
import type { SeedAnswer, SeedTask, ThreadData } from './thread.ts';

// Refusals by the thousand are errors, of which nobody reads where they were made.
Error.stackTraceLimit = 0;
const { instead } = workerData as ThreadData;
if (instead.length > 0) loadInstead(instead);
const { generateStory } = await import('./scenario/generate/generate.ts');
const { runScenario } = await import('./run-scenario.ts');

parentPort?.on('message', (task: SeedTask) => {
  const { seed } = task;
  // A story that rejects is an unhandled rejection: it ends the thread, and the campaign says so.
  void runScenario(generateStory(task)).then((result) =>
    parentPort?.postMessage({ seed, result } satisfies SeedAnswer),
  );
});
parentPort?.postMessage('loaded');
