import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Endpoints } from './endpoints.ts';
import { isProcessRunning } from './process/managed-process.ts';

/**
 * The engines of the `npm start` (or `npm run invoke`) that holds the lock of a folder; undefined where none runs.
 * @param folder `.local` of the project
 * @throws Error that asks for patience while the engines start
 */
export async function runningEngines(folder: string): Promise<Endpoints | undefined> {
  const owner = Number(await readFile(join(folder, 'run.pid'), 'utf8').catch(() => ''));
  if (!(owner > 0 && isProcessRunning(owner))) return undefined;
  const text = await readFile(join(folder, 'endpoints.json'), 'utf8').catch(() => {
    throw new Error('npm start is starting its engines: repeat the command when it is ready');
  });
  return JSON.parse(text);
}
