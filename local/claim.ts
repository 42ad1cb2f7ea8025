import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isProcessRunning } from './engines/process/managed-process.ts';

/**
 * Locks a folder for this process, because a second process would delete the files of the first.
 * @returns a function that releases the lock
 * @throws Error that names the process that holds the lock
 */
export async function claim(file: string): Promise<() => Promise<void>> {
  await mkdir(dirname(file), { recursive: true });
  const owner = Number(await readFile(file, 'utf8').catch(() => ''));
  if (owner > 0 && owner !== process.pid && isProcessRunning(owner)) {
    throw new Error(
      `npm start already runs in this folder, as process ${owner}. Stop that process first; if it no longer exists, delete ${file}.`,
    );
  }
  await writeFile(file, `${process.pid}\n`);
  return () => rm(file, { force: true });
}
