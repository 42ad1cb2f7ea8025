import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

const project = (name: string, extra: object = {}) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], ...extra },
});

/** Files of these projects share the engines, which test/support/engines.setup.ts starts once. */
const onEngines = { globalSetup: ['test/support/engines.setup.ts'], hookTimeout: 480_000 };

/** Tests on engines mostly wait, so more files than there are cores run at once, and the simulation computes beside them. */
const sideBySide = { maxWorkers: 4, sequence: { groupOrder: 1 } };

export default defineConfig({
  test: {
    reporters: ['default', './test/support/tally.ts'],
    // A third of the processor time of the unit tests, from the second run on.
    fsModuleCache: true,
    sequence: { sequencer: LongestFirst },
    projects: [
      // Files share their modules: nothing a unit test does outlives it, and loading everything anew takes most of the time.
      project('unit', { isolate: false, testTimeout: 30_000, maxWorkers: 2 }),
      // Virtual time: nothing waits, but many stories run. Each story has a limit of its own.
      project('simulation', { ...sideBySide, testTimeout: 900_000 }),
      project('integration', { ...sideBySide, ...onEngines, testTimeout: 120_000 }),
      project('system', { ...sideBySide, ...onEngines, testTimeout: 240_000 }),
      // Long, and not part of `npm test`: `.ci/run` has it.
      project('long', { ...onEngines, testTimeout: 240_000 }),
    ],
  },
});
