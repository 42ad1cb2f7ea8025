import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withFileLock } from '../../../../local/pipeline/file-lock.ts';

describe('a file lock', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'msk-sinks-'));
    file = join(folder, 'below', 'a.lock');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('lets one call work at a time, and gives back what the work returns', async () => {
    let workingCount = 0;
    let workingCountMax = 0;
    const work = async (result: number) => {
      workingCount += 1;
      workingCountMax = Math.max(workingCountMax, workingCount);
      await new Promise(setImmediate);
      workingCount -= 1;
      return result;
    };
    const results = await Promise.all([1, 2, 3].map((number) => withFileLock(file, () => work(number))));
    expect(results).toEqual([1, 2, 3]);
    expect(workingCountMax).toBe(1);
    expect(existsSync(file)).toBe(false);
  });

  it('is free again after work that throws', async () => {
    await expect(withFileLock(file, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await withFileLock(file, () => Promise.resolve('free'))).toBe('free');
  });

  it('is taken over from a process that no longer runs', async () => {
    const gone = join(folder, 'gone.lock');
    await writeFile(gone, '99999999');
    expect(await withFileLock(gone, () => Promise.resolve('taken'))).toBe('taken');
  });
});
