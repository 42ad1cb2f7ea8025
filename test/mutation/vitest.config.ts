// The unit tests with all mutants of some files inside: `npm run mutate` starts vitest so.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { INSTRUMENTED_FILE, type Instrumented } from './instrument.ts';
import { rankOf } from './pure.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const { files } = JSON.parse(readFileSync(join(ROOT, INSTRUMENTED_FILE), 'utf8')) as Instrumented;
const textByPath = new Map(files.map(({ name, content }) => [join(ROOT, name), content]));

const globs = (process.env['MUTATION_TESTS'] ?? '').split(' ');

const rank = ({ moduleId }: TestSpecification): number => rankOf(moduleId, globs);

/** Tests run in the order of their globs, without the long ones, which have a timeout of their own. */
class NearestFirst extends BaseSequencer {
  override async sort(tests: TestSpecification[]): Promise<TestSpecification[]> {
    return tests.filter((test) => rank(test) < globs.length).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  root: ROOT,
  plugins: [{ name: 'mutants', enforce: 'pre', load: (id) => textByPath.get(id) }],
  test: {
    runner: './test/mutation/runner.ts',
    include: globs,
    // The cache knows a module by its file, which is the same with and without mutants.
    fsModuleCache: false,
    isolate: false,
    // With a mutant in place, a promise that nobody awaits may fail.
    dangerouslyIgnoreUnhandledErrors: true,
    // A thread ends with its process, even in an endless loop.
    pool: 'threads',
    maxWorkers: 1,
    // Of a test with all its mutants.
    testTimeout: 3_600_000,
    sequence: { sequencer: NearestFirst },
  },
});
