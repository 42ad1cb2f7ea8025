import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Written } from './run.ts';

/**
 * Writes all files, or none: a stage file without the connector file that it names would be refused.
 * @param root the folder to which the paths are relative
 * @throws Error that names the file that cannot be written
 */
export async function writeFiles(files: readonly Written[], root: string): Promise<void> {
  const written: (() => Promise<void>)[] = [];
  for (const { path, content } of files) {
    const file = join(root, path);
    try {
      await mkdir(dirname(file), { recursive: true });
      const before = await readFile(file).catch(unlessMissing);
      await writeFile(file, content);
      written.push(() => (before === undefined ? rm(file) : writeFile(file, before)));
    } catch (error) {
      for (const undo of written) await undo();
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
      throw new Error(`${path} cannot be written (${code}), and nothing is: check the rights on it and on its folder`);
    }
  }
}

const unlessMissing = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error;
};
