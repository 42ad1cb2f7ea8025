import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

describe('infra/template.cjs', () => {
  it('says in one sentence that the packages are missing, whichever framework loads it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'msk-sinks-'));
    try {
      for (const name of ['template.cjs', 'load-typescript.cjs']) await cp(join('infra', name), join(folder, name));
      const { code, stderr } = await load(join(folder, 'template.cjs'));
      expect(code).toBe(1);
      expect(stderr).toMatch(/^The packages of this project are not installed, .*run `npm ci`.*\n$/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

const load = (file: string) =>
  new Promise<{ readonly code: unknown; readonly stderr: string }>((resolve) => {
    execFile(process.execPath, ['--eval', `require(${JSON.stringify(file)})`], (error, _, stderr) =>
      resolve({ code: error?.code, stderr }),
    );
  });
