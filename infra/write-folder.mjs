import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Replaces a folder's content atomically. A folder that already has these files is not changed, so that builds of the same code can
 * run in parallel, also while a function still loads parts of its bundle.
 * @param {string} folder its parent must exist
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

/** Only renames, so that no process sees an incomplete folder. */
async function replace(folder, fresh) {
  const old = `${fresh}-old`;
  await rename(folder, old).catch(unless('ENOENT'));
  // Another build may have put its folder there between the two renames.
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
