import { join } from 'node:path';
import type { RunStep } from './installation.ts';
import { findToolchain } from './toolchain.ts';

/** The virtual environment's interpreter. Start modules with `-m`: the environment's scripts break when the folder moves. */
export function pythonOf(folder: string): string {
  return join(folder, 'venv', 'bin', 'python');
}

/** Creates a virtual environment with the given packages; returns the Python that created it. */
export async function installPythonPackages(
  folder: string,
  packages: readonly string[],
  run: RunStep,
): Promise<string> {
  const { python } = await findToolchain(['python']);
  await run(python, ['-m', 'venv', 'venv'], folder);
  const options = ['--quiet', '--no-input', '--disable-pip-version-check'];
  await run(pythonOf(folder), ['-m', 'pip', 'install', ...options, ...packages], folder);
  return python;
}
