import { join } from 'node:path';
import type { RunStep } from './installation.ts';
import { findToolchain } from './toolchain.ts';

/** Where the environment's own interpreter is. Start modules with `-m`: the scripts beside it break when the folder is moved. */
export function pythonOf(folder: string): string {
  return join(folder, 'venv', 'bin', 'python');
}

/** Makes a virtual environment with the packages given; returns the Python it was made with. */
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
