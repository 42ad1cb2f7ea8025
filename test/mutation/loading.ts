// `npm run mutate` starts this behind the run of vitest: tries the mutants of what runs while a module loads, one after another.
import { readFileSync } from 'node:fs';
import { BaseSequencer, createVitest, type TestModule, type TestSpecification, type Vitest } from 'vitest/node';
import { INSTRUMENTED_FILE, type Instrumented } from './instrument.ts';
import { LOADING, note, readJournal, toLoadIn } from './journal.ts';
import { rankOf } from './pure.ts';

const WITHIN_MS_MIN = 10_000;
const SLOWNESS_FACTOR = 10;
/** Of the tests that judge a mutant, beside loading their modules. */
const DURATION_MS_MAX = 5_000;

/** The tests run in the order that they are given in. */
class AsGiven extends BaseSequencer {
  override async sort(tests: TestSpecification[]): Promise<TestSpecification[]> {
    return tests;
  }
}

async function main(): Promise<void> {
  const { files, mutants } = JSON.parse(readFileSync(INSTRUMENTED_FILE, 'utf8')) as Instrumented;
  const vitest = await createVitest('test', {
    config: 'test/mutation/vitest.config.ts',
    runner: './test/mutation/loading-runner.ts',
    watch: false,
    bail: 1,
    silent: true,
    reporters: [{}],
    sequence: { sequencer: AsGiven },
    // The tests that import one of the files.
    related: files.map(({ name }) => name),
  });
  const globs = (process.env['MUTATION_TESTS'] ?? '').split(' ');
  const rank = ({ moduleId }: { readonly moduleId: string }): number => rankOf(moduleId, globs);
  const tests = (await vitest.getRelevantTestSpecifications()).filter((test) => rank(test) < globs.length);
  const startedAtMs = performance.now();
  const modules = await run(vitest, tests, '');
  if (modules.some(isFailed)) throw new Error('The unit tests fail without a mutant: run npm run test:unit.');
  const judges = judgesAmong(modules.toSorted((a, b) => rank(a) - rank(b) || durationOf(a) - durationOf(b)));
  const withinMs = WITHIN_MS_MIN + SLOWNESS_FACTOR * (performance.now() - startedAtMs);
  const toTry = toLoadIn(readJournal());
  for (const { id } of mutants.filter(({ id, status }) => status !== 'Ignored' && toTry.has(id))) {
    note({ kind: 'try', id, test: LOADING, withinMs });
    if ((await run(vitest, judges, id)).some(isFailed)) note({ kind: 'killed', id });
  }
  await vitest.close();
  // vitest sets the exit code with each test that fails.
  process.exitCode = 0;
}

/** Runs the tests in a new worker, in which every module is loaded anew. */
async function run(
  vitest: Vitest,
  tests: readonly TestSpecification[],
  mutant: string,
): Promise<readonly TestModule[]> {
  vitest.getRootProject().provide('mutant', mutant);
  return (await vitest.runTestSpecifications([...tests])).testModules;
}

/** The first tests that together need no longer than the limit, and the very first. */
function judgesAmong(modules: readonly TestModule[]): readonly TestSpecification[] {
  let durationMs = 0;
  const judges = modules.filter((module, index) => {
    durationMs += durationOf(module);
    return index === 0 || durationMs < DURATION_MS_MAX;
  });
  return judges.map((module) => module.toTestSpecification());
}

const isFailed = (module: TestModule): boolean => module.state() === 'failed';

/** What a test file alone needs: the modules that it shares with others are loaded with the first of them. */
function durationOf(module: TestModule): number {
  const { collectDuration, duration } = module.diagnostic();
  return collectDuration + duration;
}

await main();
