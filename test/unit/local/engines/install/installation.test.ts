import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureInstalled, findInstallation, type Recipe } from '../../../../../local/engines/install/installation.ts';

let root = '';
let program = '';
let installs = 0;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'installs-'));
  program = join(root, 'program');
  await writeFile(program, 'one');
  installs = 0;
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const aRecipe = (overrides: Partial<Recipe> = {}): Recipe => ({
  name: 'thing',
  inputs: ['thing==1'],
  install: async (folder) => {
    installs += 1;
    await writeFile(join(folder, 'part'), 'whole');
    return program;
  },
  ...overrides,
});

describe('an installation', () => {
  it('happens once', async () => {
    const first = await ensureInstalled(aRecipe(), root);
    expect(await ensureInstalled(aRecipe(), root)).toEqual(first);
    expect(installs).toBe(1);
    expect(await readFile(join(first.folder, 'part'), 'utf8')).toBe('whole');
  });

  it('is repeated elsewhere when its inputs change', async () => {
    const first = await ensureInstalled(aRecipe(), root);
    const second = await ensureInstalled(aRecipe({ inputs: ['thing==2'] }), root);
    expect(second.folder).not.toBe(first.folder);
    expect(installs).toBe(2);
  });

  it('is repeated when its program was upgraded or removed', async () => {
    await ensureInstalled(aRecipe(), root);
    await writeFile(program, 'upgraded');
    expect(await findInstallation(aRecipe(), root)).toBeUndefined();
    await ensureInstalled(aRecipe(), root);
    await rm(program);
    expect(await findInstallation(aRecipe(), root)).toBeUndefined();
    expect(installs).toBe(2);
  });

  it('that is incomplete is not used, and is removed once its process has ended', async () => {
    const broken = aRecipe({
      install: async (folder) => {
        await writeFile(join(folder, 'part'), 'ha');
        throw new Error('interrupted');
      },
    });
    await expect(ensureInstalled(broken, root)).rejects.toThrow('interrupted');
    const numberOfNoProcess = 2 ** 30;
    await mkdir(join(root, 'thing', `draft-${numberOfNoProcess}-x`));
    const { folder } = await ensureInstalled(aRecipe(), root);
    expect(await readFile(join(folder, 'part'), 'utf8')).toBe('whole');
    expect((await readdir(join(root, 'thing'))).filter((name) => name.includes(String(numberOfNoProcess)))).toEqual([]);
  });

  it('happens once for concurrent callers', async () => {
    const [first, second] = await Promise.all([ensureInstalled(aRecipe(), root), ensureInstalled(aRecipe(), root)]);
    expect(first).toEqual(second);
    expect(installs).toBe(1);
  });

  it('of another process that was faster is kept, and no draft remains', async () => {
    const elsewhere = join(root, 'elsewhere');
    const theirs = await ensureInstalled(aRecipe(), elsewhere);
    const name = basename(theirs.folder);
    const slow = aRecipe({
      install: async (folder) => {
        await cp(theirs.folder, join(root, 'thing', name), { recursive: true });
        await writeFile(join(root, 'thing', name, 'part'), 'theirs');
        await writeFile(join(folder, 'part'), 'ours');
        return program;
      },
    });
    const { folder } = await ensureInstalled(slow, root);
    expect(await readFile(join(folder, 'part'), 'utf8')).toBe('theirs');
    expect(await readdir(join(root, 'thing'))).toEqual([name]);
  });

  it('that fails names the engine, the command, the log and its last lines', async () => {
    const failing = aRecipe({
      install: async (folder, run) => {
        await run('/bin/sh', ['-c', 'echo no such version >&2; exit 7'], folder);
        return program;
      },
    });
    const failure = ensureInstalled(failing, root);
    await expect(failure).rejects.toThrow('The installation of thing failed: /bin/sh -c');
    await expect(failure).rejects.toThrow('exit status 7');
    await expect(failure).rejects.toThrow(join(root, 'thing', 'install.log'));
    await expect(failure).rejects.toThrow('  | no such version');
  });
});
