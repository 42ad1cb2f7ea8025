// A runner of vitest: after each test that passes, the same test runs once with each mutant in place that it reaches.
import { type RunnerTestCase, type RunnerTestFile, TestRunner } from 'vitest';
import { decidedIn, note, readJournal, triedIn } from './journal.ts';
import { theSwitch } from './switch.ts';

const HITS_FACTOR = 100;
const HITS_MIN = 1_000;
/**
 * The time that a test may take with a mutant in place: so many times its own, and so much more. Of 4,074 runs that ended, with three times as
 * much to do as there are cores, none took 0.2 s more than 10 times its own.
 */
const SLOWNESS_FACTOR = 10;
const DURATION_MIN_MS = 1_500;

type Outcome = 'passed' | 'failed' | 'timeout';

// biome-ignore lint/style/noDefaultExport: vitest takes the default export
export default class MutantRunner extends TestRunner {
  readonly #switch = theSwitch();
  readonly #decided = new Set(decidedIn(readJournal()));
  /** Before the process that hung was ended. */
  readonly #tried = triedIn(readJournal());
  readonly #covered = new Set<string>();

  async runTask(test: RunnerTestCase): Promise<void> {
    const run = TestRunner.getTestFn(test);
    const name = `${test.file.name} > ${test.name}`;
    const startedAtMs = performance.now();
    this.#switch.currentTestId = test.id;
    try {
      await run();
    } catch (error) {
      note({ kind: 'unfit', test: name, why: 'fails without a mutant' });
      throw error;
    } finally {
      this.#switch.currentTestId = undefined;
    }
    const withinMs = DURATION_MIN_MS + SLOWNESS_FACTOR * (performance.now() - startedAtMs);
    const hits = this.#switch.mutantCoverage?.perTest[test.id] ?? {};
    this.#noteCovered(Object.keys(hits));
    for (const [id, count] of Object.entries(hits)) {
      if (this.#decided.has(id) || this.#tried.has(`${id} ${name}`)) continue;
      note({ kind: 'try', id, test: name, withinMs });
      const outcome = await this.#runWith(id, run, { hitsMax: HITS_MIN + HITS_FACTOR * count, withinMs });
      if (outcome === 'passed') continue;
      // A test that leaves something behind would blame every mutant after the first.
      if ((await this.#outcomeOf(run)) === 'failed') {
        note({ kind: 'unfit', test: name, why: 'fails when it runs twice' });
        return;
      }
      this.#decided.add(id);
      note({ kind: outcome === 'timeout' ? 'timeout' : 'killed', id });
    }
  }

  override onAfterRunFiles(files: RunnerTestFile[]): void {
    note({ kind: 'loaded', ids: Object.keys(this.#switch.mutantCoverage?.static ?? {}) });
    super.onAfterRunFiles(files);
  }

  #noteCovered(ids: readonly string[]): void {
    const fresh = ids.filter((id) => !this.#covered.has(id));
    for (const id of fresh) this.#covered.add(id);
    if (fresh.length > 0) note({ kind: 'covered', ids: fresh });
  }

  async #runWith(
    id: string,
    run: () => unknown,
    { hitsMax, withinMs }: { readonly hitsMax: number; readonly withinMs: number },
  ): Promise<Outcome> {
    Object.assign(this.#switch, { activeMutant: id, hitCount: 0, hitLimit: hitsMax });
    const timeout = Promise.withResolvers<Outcome>();
    const timer = setTimeout(() => timeout.resolve('timeout'), withinMs);
    const outcome = await Promise.race([this.#outcomeOf(run), timeout.promise]);
    clearTimeout(timer);
    const isOverused = (this.#switch.hitCount ?? 0) > hitsMax;
    Object.assign(this.#switch, { activeMutant: undefined, hitCount: undefined });
    return isOverused ? 'timeout' : outcome;
  }

  async #outcomeOf(run: () => unknown): Promise<Outcome> {
    try {
      await run();
      return 'passed';
    } catch {
      return 'failed';
    }
  }
}
