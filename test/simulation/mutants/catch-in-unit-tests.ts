import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { ROOT } from './mutant.ts';

const VITEST = 'node_modules/vitest/vitest.mjs';
const OPTIONS = ['run', '--config', 'test/simulation/mutants/vitest.config.ts', '--reporter', 'tap-flat'];

/**
 * The first test of these files that fails with the mutant in place; undefined: none does.
 * @throws Error when no test ran
 */
export async function catchInUnitTests(id: string, files: readonly string[]): Promise<string | undefined> {
  const vitest = spawn(process.execPath, [VITEST, ...OPTIONS, ...files], {
    cwd: ROOT,
    env: { ...process.env, MUTANT: id },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const report = await text(vitest.stdout);
  // A test has its file, its `describe` and its name; a file that does not load is one line of its own.
  const tests = [...report.matchAll(/^(?<status>ok|not ok) \d+ - (?<name>.* > .*) # time=/gm)];
  if (tests.length === 0) throw new Error(`${id}: no test ran (${files.join(', ')}): the mutant does not load`);
  return tests.find(({ groups }) => groups?.['status'] === 'not ok')?.groups?.['name'];
}
