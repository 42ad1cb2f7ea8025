// Unit tests with a mutant in place: vitest run --config test/simulation/mutants/vitest.config.ts <file>, MUTANT=<id>.
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vitest/config';
import { mutantWith, mutatedSources, ROOT } from './mutant.ts';

const textByPath = new Map(
  mutatedSources(mutantWith(process.env['MUTANT'] ?? '')).map(({ path, text }) => [join(ROOT, path), text]),
);

const mutant: Plugin = {
  name: 'mutant',
  enforce: 'pre',
  load: (id) => textByPath.get(id),
  // The cache knows a module by its file, which is the same with and without a mutant.
  configureVitest: ({ defineCacheKeyGenerator }) =>
    defineCacheKeyGenerator(({ id }) => (textByPath.has(id) ? false : undefined)),
};

export default defineConfig({
  root: ROOT,
  plugins: [mutant],
  test: {
    fsModuleCache: true,
    include: ['test/unit/**/*.test.ts', 'test/simulation/memory.test.ts'],
    testTimeout: 30_000,
    maxWorkers: 1,
    isolate: false,
  },
});
