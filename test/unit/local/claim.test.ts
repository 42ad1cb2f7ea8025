import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claim } from '../../../local/claim.ts';

let file = '';

beforeEach(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'claim-')), 'deeper', 'run.pid');
});
afterEach(() => rm(join(file, '..', '..'), { recursive: true, force: true }));

describe('a claim', () => {
  it('is refused while another process holds it, and names that process', async () => {
    await (await claim(file))();
    await writeFile(file, `${process.ppid}\n`);
    await expect(claim(file)).rejects.toThrow(`as process ${process.ppid}. Stop that process first`);
  });

  it('is free once it is released', async () => {
    const release = await claim(file);
    await access(file);
    await release();
    await expect(access(file)).rejects.toThrow('ENOENT');
  });

  it.each([
    ['a process that is gone', '2147483646\n'],
    ['half a file', ''],
    ['nonsense', 'x'],
  ])('is taken over from %s', async (_what, text) => {
    await (await claim(file))();
    await writeFile(file, text);
    await expect(claim(file)).resolves.toBeTypeOf('function');
  });
});
