// One thread of a campaign: lives the stories of the seeds it is given.
import { parentPort } from 'node:worker_threads';
import type { SeedAnswer, SeedTask } from './campaign.ts';
import { generateStory } from './model/generate.ts';
import { runStory } from './run-story.ts';

parentPort?.on('message', (task: SeedTask) => {
  const { seed } = task;
  // A story that rejects is an unhandled rejection: it ends the thread, and the campaign says so.
  void runStory(generateStory(task)).then((result) => parentPort?.postMessage({ seed, result } satisfies SeedAnswer));
});
