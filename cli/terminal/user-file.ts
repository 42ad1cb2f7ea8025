import { readFileSync } from 'node:fs';

/**
 * The bytes of a file that a user named.
 * @param path absolute
 * @param named as the user wrote it
 * @param remedy what the user can do
 * @throws Error that names the file, the reason and the remedy
 */
export function readUserFile(path: string, named: string, remedy: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new Error(`${named} cannot be read (${code}): ${remedy}`);
  }
}
