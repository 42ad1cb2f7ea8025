import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, run, runText, VECTORS } from '../../support/vector-runs.ts';

describe('the vectors of this project', () => {
  it('all pass', async () => {
    expect(await run(VECTORS)).toEqual({ exitCode: 0, lines: ['27 passed, 0 failed'] });
  });
});

describe('a file that cannot be run fails', () => {
  it('when it is missing', async () => {
    expect((await run(join(tmpdir(), 'no-such-folder', 'none.json'))).lines).toEqual([
      expect.stringMatching(/^failed .*none\.json: cannot be read: Error \(ENOENT\)$/),
      '0 passed, 1 failed',
    ]);
  });

  it.each([
    ['is not JSON', '{"format"'],
    ['is no file of vectors', '{"vectors": []}'],
    ['is no file of vectors', 'null'],
    ['has no case in it', '{"format": {}, "vectors": []}'],
  ])('when it %s', async (reason, text) => {
    const { exitCode, lines } = await runText(text);
    expect(lines).toEqual([expect.stringContaining(reason), '0 passed, 1 failed']);
    expect(exitCode).toBe(1);
  });
});

describe('several files', () => {
  it('are counted together', async () => {
    expect((await run(VECTORS, VECTORS)).lines.at(-1)).toBe('54 passed, 0 failed');
  });
});

describe('the command', () => {
  const command = (...args: readonly string[]) =>
    spawnSync(process.execPath, [join(root, 'test', 'vectors', 'vectors.ts'), ...args], {
      encoding: 'utf8',
      cwd: root,
      env: { ...process.env, INIT_CWD: join(root, 'test', 'fixtures') },
    });

  it('finds files relative to the folder of the user', () => {
    const { status, stdout } = command('vectors/kpl-aggregation.json');
    expect(stdout).toBe('27 passed, 0 failed\n');
    expect(status).toBe(0);
  });

  it('prints its usage when no file is given', () => {
    const { status, stderr } = command();
    expect(stderr).toContain('npm run vectors -- FILE..');
    expect(status).toBe(2);
  });
});
