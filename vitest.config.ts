import { defineConfig } from 'vitest/config';

const project = (name: string, extra: object = {}) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], ...extra },
});

/** Projects share the engines: one file at a time, started once by test/support/engines.setup.ts. */
const onEngines = { globalSetup: ['test/support/engines.setup.ts'], hookTimeout: 120_000 };

export default defineConfig({
  test: {
    reporters: ['default', './test/support/tally.ts'],
    projects: [
      project('unit'),
      project('integration', { ...onEngines, testTimeout: 60_000 }),
      project('system', { ...onEngines, fileParallelism: false, testTimeout: 120_000 }),
    ],
  },
});
