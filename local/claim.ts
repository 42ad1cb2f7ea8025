import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isProcessRunning } from './engines/managed-process.ts';

/**
 * Keeps a folder to one process: the second one would delete the files the first one works on.
 * @returns what gives it back
 * @throws Error that names the process that has it
 */
export async function claim(file: string): Promise<() => Promise<void>> {
  await mkdir(dirname(file), { recursive: true });
  const owner = Number(await readFile(file, 'utf8').catch(() => ''));
  if (owner > 0 && owner !== process.pid && isProcessRunning(owner)) {
    throw new Error(
      `npm start is running here already, as process ${owner}: stop it first. (If it is not: delete ${file})`,
    );
  }
  await writeFile(file, `${process.pid}\n`);
  return () => rm(file, { force: true });
}
