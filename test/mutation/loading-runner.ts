// A runner of vitest for mutants of what runs while a module loads: each run is a worker of its own, with one mutant in place from the start.
import { inject, type RunnerTestCase, type RunnerTestFile, TestRunner } from 'vitest';
import { note } from './journal.ts';
import { theSwitch } from './switch.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The id; empty: none is in place. */
    readonly mutant: string;
  }
}

// biome-ignore lint/style/noDefaultExport: vitest takes the default export
export default class LoadingRunner extends TestRunner {
  readonly #switch = theSwitch();

  constructor(...parameters: ConstructorParameters<typeof TestRunner>) {
    super(...parameters);
    this.#switch.activeMutant = inject('mutant') || undefined;
  }

  async runTask(test: RunnerTestCase): Promise<void> {
    this.#switch.currentTestId = test.id;
    try {
      await TestRunner.getTestFn(test)();
    } finally {
      this.#switch.currentTestId = undefined;
    }
  }

  override onAfterRunFiles(files: RunnerTestFile[]): void {
    const { mutantCoverage, activeMutant } = this.#switch;
    if (activeMutant === undefined && mutantCoverage !== undefined) {
      note({ kind: 'covered', ids: Object.values(mutantCoverage.perTest).flatMap((hits) => Object.keys(hits)) });
      note({ kind: 'loaded', ids: Object.keys(mutantCoverage.static) });
    }
    super.onAfterRunFiles(files);
  }
}
