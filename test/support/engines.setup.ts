import { mkdirSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type Engines, startEngines } from '../../local/engines/engines.ts';
import { isProcessRunning } from '../../local/engines/process/managed-process.ts';
import { announceEngines } from './engines-of-run.ts';
import { watchForStalls } from './watch-for-stalls.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of this run of the tests: for what the files make once for all, and where the engines are ({@link announceEngines}). */
    readonly runFolder: string;
  }
}

/**
 * Vitest calls this once for each project, each time with modules of its own, in one process: the engines that all
 * projects share are kept at the process, and the last project to end stops them. Nobody waits here until they are up: unit
 * tests and stories run meanwhile.
 */
interface Shared {
  users: number;
  readonly engines: Promise<Engines>;
  readonly announced: Promise<void>;
  readonly endOfWatch: Promise<() => void>;
}

const LOCAL_FOLDER = join(import.meta.dirname, '..', '..', '.local');
const RUN_PREFIX = 'test-';
const RUN_FOLDER = join(LOCAL_FOLDER, `${RUN_PREFIX}${process.pid}`);
const KEY = Symbol.for('msk-sinks.test.engines');
const keptAtProcess = globalThis as typeof globalThis & { [KEY]?: Shared | undefined };

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const shared = keptAtProcess[KEY] ?? start();
  keptAtProcess[KEY] = shared;
  shared.users += 1;
  project.provide('runFolder', RUN_FOLDER);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    keptAtProcess[KEY] = undefined;
    await shared.announced;
    await shared.endOfWatch.then((end) => end());
    await shared.engines.then((engines) => engines.stop()).catch(() => undefined); // whoever needed them has said so
    await rm(RUN_FOLDER, { recursive: true, force: true });
  };
}

function start(): Shared {
  mkdirSync(RUN_FOLDER, { recursive: true });
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const engines = removeAbandonedRuns().then(() =>
    startEngines({ folder: RUN_FOLDER, progress: say, onDeath: (error) => say(error.message) }),
  );
  const endOfWatch = engines.then(
    ({ documentdb }) => watchForStalls(documentdb, say),
    () => () => undefined,
  );
  return { users: 0, engines, announced: announceEngines(RUN_FOLDER, engines), endOfWatch };
}

/** Vitest does not wait for its teardown on Ctrl-C: the engines end all the same, their folder stays until the next run. */
async function removeAbandonedRuns(): Promise<void> {
  const runs = (await readdir(LOCAL_FOLDER)).filter((name) => name.startsWith(RUN_PREFIX));
  const abandoned = runs.filter((name) => !isProcessRunning(Number(name.slice(RUN_PREFIX.length))));
  await Promise.all(abandoned.map((name) => rm(join(LOCAL_FOLDER, name), { recursive: true, force: true })));
}
