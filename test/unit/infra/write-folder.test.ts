import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** Plain JavaScript, which the compiler does not read. */
const file = join(import.meta.dirname, '..', '..', '..', 'infra', 'write-folder.mjs');
const { writeFolder }: { writeFolder(folder: string, files: ReadonlyMap<string, string>): Promise<void> } =
  await import(file);

describe('writing the folder of a bundle', () => {
  let parent: string;
  let folder: string;

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'write-folder-'));
    folder = join(parent, 'bundle');
  });
  afterEach(() => rm(parent, { recursive: true, force: true }));

  const written = async () =>
    Object.fromEntries(
      await Promise.all(
        (await readdir(folder)).map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const),
      ),
    );

  it('leaves these files and no others', async () => {
    await writeFolder(folder, new Map([['old.js', '1']]));
    await writeFolder(
      folder,
      new Map([
        ['index.js', '2'],
        ['chunk.js', '3'],
      ]),
    );
    expect(await written()).toEqual({ 'index.js': '2', 'chunk.js': '3' });
  });

  it('does not touch a folder that has them already', async () => {
    const files = new Map([['index.js', '1']]);
    await writeFolder(folder, files);
    const before = await stat(folder);
    await writeFolder(folder, files);
    expect((await stat(folder)).ino).toBe(before.ino);
  });

  it('may be done several times at once', async () => {
    const files = (content: string) =>
      new Map([
        ['index.js', content],
        ['chunk.js', content],
      ]);
    await Promise.all(['1', '2', '1', '2', '1', '2'].map((content) => writeFolder(folder, files(content))));
    expect([files('1'), files('2')].map((each) => Object.fromEntries(each))).toContainEqual(await written());
    expect(await readdir(parent)).toEqual(['bundle']);
  });
});
