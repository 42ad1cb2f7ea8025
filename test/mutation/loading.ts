// `npm run mutate` starts this behind the run of vitest: tries the mutants of what runs while a module loads, one after another.
import { readFileSync } from 'node:fs';
import { createVitest, type TestSpecification, type Vitest } from 'vitest/node';
import { INSTRUMENTED_FILE, type Instrumented } from './instrument.ts';
import { LOADING, note, readJournal, toLoadIn } from './journal.ts';
import { LONG } from './pure.ts';

const WITHIN_MS_MIN = 10_000;
const SLOWNESS_FACTOR = 10;

async function main(): Promise<void> {
  const { files, mutants } = JSON.parse(readFileSync(INSTRUMENTED_FILE, 'utf8')) as Instrumented;
  const vitest = await createVitest('test', {
    config: 'test/mutation/vitest.config.ts',
    runner: './test/mutation/loading-runner.ts',
    watch: false,
    bail: 1,
    silent: true,
    reporters: [{}],
    // The tests that import one of the files.
    related: files.map(({ name }) => name),
  });
  const tests = (await vitest.getRelevantTestSpecifications()).filter(({ moduleId }) => !LONG.test(moduleId));
  const startedAtMs = performance.now();
  if (await fails(vitest, tests, '')) throw new Error('The unit tests fail without a mutant: run npm run test:unit.');
  const withinMs = WITHIN_MS_MIN + SLOWNESS_FACTOR * (performance.now() - startedAtMs);
  const toTry = toLoadIn(readJournal());
  for (const { id } of mutants.filter(({ id, status }) => status !== 'Ignored' && toTry.has(id))) {
    note({ kind: 'try', id, test: LOADING, withinMs });
    if (await fails(vitest, tests, id)) note({ kind: 'killed', id });
  }
  await vitest.close();
  // vitest sets the exit code with each test that fails.
  process.exitCode = 0;
}

/** Runs the tests in a new worker, in which every module is loaded anew. */
async function fails(vitest: Vitest, tests: readonly TestSpecification[], mutant: string): Promise<boolean> {
  vitest.getRootProject().provide('mutant', mutant);
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications([...tests]);
  return unhandledErrors.length > 0 || testModules.some((module) => module.state() === 'failed');
}

await main();
