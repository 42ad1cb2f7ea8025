import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Endpoints, writeEndpoints } from '../../local/engines/endpoints.ts';

/** Less than a hook may take: the first time the engines are installed before they start. */
const START_MS_MAX = 450_000;
const LOOK_EVERY_MS = 50;

const endpointsFile = (runFolder: string) => join(runFolder, 'endpoints.json');
const failureFile = (runFolder: string) => join(runFolder, 'engines-failed.txt');

/** Writes down where the engines of a run are once they are up, or why they are not: the test files are other processes. */
export async function announceEngines(
  runFolder: string,
  starting: Promise<{ readonly endpoints: Endpoints }>,
): Promise<void> {
  try {
    const { endpoints } = await starting;
    await writeEndpoints(endpointsFile(runFolder), endpoints);
  } catch (error) {
    await writeFile(failureFile(runFolder), error instanceof Error ? error.message : String(error));
  }
}

/**
 * Where the engines of this run are, once they are up: they start while tests that need none run.
 * @param runFolder `inject('runFolder')`
 * @throws Error that says why they did not start
 */
export async function endpointsOf(runFolder: string): Promise<Endpoints> {
  const untilMs = performance.now() + START_MS_MAX;
  while (performance.now() < untilMs) {
    const endpoints = await textOf(endpointsFile(runFolder));
    if (endpoints !== undefined) return JSON.parse(endpoints);
    const failure = await textOf(failureFile(runFolder));
    if (failure) throw new Error(`The engines did not start: ${failure}`);
    await sleep(LOOK_EVERY_MS);
  }
  throw new Error(`The engines did not start within ${START_MS_MAX / 1_000} s. Their logs are in ${runFolder}`);
}

const textOf = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);
