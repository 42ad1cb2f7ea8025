import { defineConfig } from 'vitest/config';

const project = (name: string, extra: object = {}) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], ...extra },
});

/** Projects share the engines: one file at a time, started once by test/support/engines.setup.ts. */
const onEngines = { globalSetup: ['test/support/engines.setup.ts'], hookTimeout: 120_000, fileParallelism: false };

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ['default', './test/support/tally.ts'],
    projects: [
      // Files share their modules: nothing a unit test does outlives it, and loading everything anew takes most of the time.
      project('unit', { isolate: false, testTimeout: 30_000 }),
      // Virtual time: nothing waits, but many stories are lived through.
      project('simulation', { testTimeout: 120_000 }),
      project('integration', { ...onEngines, testTimeout: 60_000 }),
      project('system', { ...onEngines, testTimeout: 120_000 }),
    ],
  },
});
