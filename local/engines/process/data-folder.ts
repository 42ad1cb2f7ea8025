import { cp, rename, rm, stat } from 'node:fs/promises';

/** Copies a prepared folder to its place unless the place exists; an interrupted copy starts again. */
export async function prepareFolder(from: string, to: string): Promise<void> {
  const isThere = await stat(to).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  const draft = `${to}.draft`;
  await rm(draft, { recursive: true, force: true });
  await cp(from, draft, { recursive: true });
  await rename(draft, to);
}
