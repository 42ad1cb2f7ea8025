import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Gives a folder these files and no others, all at once. A folder that has them already is not touched, so that several
 * builds of the same code may run beside each other, and beside a function that still loads parts of its bundle.
 * @param {string} folder its parent exists
 * @param {ReadonlyMap<string, string | Uint8Array>} files by their names
 */
export async function writeFolder(folder, files) {
  if (await holds(folder, files)) return;
  const fresh = await mkdtemp(`${folder}-`);
  try {
    for (const [name, content] of files) await writeFile(join(fresh, name), content);
    while (existsSync(fresh) && !(await holds(folder, files))) await replace(folder, fresh);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** Renames alone, so that nobody sees half a folder. */
async function replace(folder, fresh) {
  const old = `${fresh}-old`;
  await rename(folder, old).catch(unless('ENOENT'));
  // Between the two another build may have put its folder there.
  await rename(fresh, folder).catch(unless('ENOTEMPTY', 'EEXIST'));
  await rm(old, { recursive: true, force: true });
}

const unless =
  (...codes) =>
  (error) => {
    if (!codes.includes(error.code)) throw error;
  };

async function holds(folder, files) {
  const names = await readdir(folder).catch(() => []);
  if (names.length !== files.size) return false;
  const found = names.map(async (name) => {
    const wanted = files.get(name);
    const bytes = await readFile(join(folder, name)).catch(() => undefined);
    return wanted !== undefined && bytes?.equals(Buffer.from(wanted));
  });
  return (await Promise.all(found)).every(Boolean);
}
