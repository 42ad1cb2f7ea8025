// One thread of a campaign: lives the stories of the seeds it is given.
import { parentPort } from 'node:worker_threads';
import type { SeedAnswer, SeedTask } from './campaign.ts';
import { generateStory } from './model/generate.ts';
import { runStory } from './run-story.ts';

parentPort?.on('message', (task: SeedTask) => {
  void runStory(generateStory(task.seed, task.sink)).then((result) => {
    parentPort?.postMessage({ ...task, result } satisfies SeedAnswer);
  });
});
