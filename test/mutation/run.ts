import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { JOURNAL_FILE } from './instrument.ts';
import { type JournalEntry, note, readJournal } from './journal.ts';

const VITEST = 'node_modules/vitest/vitest.mjs';
const LOOK_EVERY_MS = 1_000;
/** A mutant may make a loop endless, so that no timer fires. Without a sign of life for so long after its time, the process is ended. */
const SILENCE_MAX_MS = 2_000;

const OPTIONS = ['--run', '--config', 'test/mutation/vitest.config.ts', '--reporter', 'dot', '--silent'];
/** The tests that import one of the files. */
const runTestsOf = (files: readonly string[]) => [VITEST, 'related', ...files, ...OPTIONS];
const RUN_LOADING = ['test/mutation/loading.ts'];

export interface Run {
  /** The files with mutants, from the project's root. */
  readonly files: readonly string[];
  /** Globs of test files. */
  readonly tests: readonly string[];
  /** The mutants that are not tried. */
  readonly equivalent: readonly string[];
  /** Only mutants of what runs while a module loads are tried. */
  readonly onlyLoading: boolean;
}

/**
 * Runs the tests with the instrumented files, in one worker at a low priority; then those that import the files, once with each mutant of what
 * runs while a module loads. A mutant that makes a test hang is noted as timeout, and the run begins anew without the mutants that are decided.
 * @throws Error when the tests do not run to their end for another reason
 */
export async function runTests({ files, tests, equivalent, onlyLoading }: Run): Promise<readonly JournalEntry[]> {
  rmSync(JOURNAL_FILE, { force: true });
  note({ kind: 'equivalent', ids: equivalent });
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  for (const command of onlyLoading ? [RUN_LOADING] : [runTestsOf(files), RUN_LOADING]) {
    for (let hanging = await runOnce(command, tests); hanging !== undefined; hanging = await runOnce(command, tests)) {
      note({ kind: 'timeout', id: hanging });
    }
  }
  return readJournal();
}

/** @returns the mutant in place when the tests hung or the run broke off; undefined: the tests ended */
async function runOnce(command: readonly string[], tests: readonly string[]): Promise<string | undefined> {
  const vitest = spawn(process.execPath, command, {
    env: { ...process.env, MUTATION_TESTS: tests.join(' ') },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exit = new AbortController();
  vitest.once('exit', () => exit.abort());
  let lineCount = 0;
  let changedAtMs = performance.now();
  while (vitest.exitCode === null && vitest.signalCode === null) {
    await setTimeout(LOOK_EVERY_MS, undefined, { signal: exit.signal }).catch(() => undefined);
    const journal = readJournal();
    if (journal.length > lineCount) [lineCount, changedAtMs] = [journal.length, performance.now()];
    const last = journal.at(-1);
    if (last?.kind !== 'try' || performance.now() - changedAtMs < last.withinMs + SILENCE_MAX_MS) continue;
    vitest.kill('SIGKILL');
    return last.id;
  }
  if (vitest.exitCode === 0) return undefined;
  const last = readJournal().at(-1);
  // A mutant that is in place from the start may end the worker itself, and the run with it.
  if (command === RUN_LOADING && last?.kind === 'try') return last.id;
  throw new Error('The unit tests fail without a mutant: run npm run test:unit.');
}
