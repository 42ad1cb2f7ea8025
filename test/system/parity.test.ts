// The runner of `npm run parity`, as a process of its own.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const PARITY = join(import.meta.dirname, '../parity/connector');

interface Ended {
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (args: readonly string[], timeoutMs: number): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, args, { timeout: timeoutMs }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? undefined, signal: child.signalCode ?? undefined, stdout, stderr });
    });
  });

const parity = (...args: readonly string[]) => run([join(PARITY, 'parity.ts'), ...args], 200_000);

describe('npm run parity', () => {
  it('refuses a split that it does not know', async () => {
    const ended = await parity('--split', 'two');
    expect(ended).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--split takes one, seven, replay; got "two"'),
    });
  });
});

describe('the time limit of a case', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'msk-sinks-watch-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Does the work in a process of its own, and then more that takes longer than the limit. */
  async function watched(name: string, work: string): Promise<Ended> {
    const program = join(folder, `${name}.mjs`);
    await writeFile(
      program,
      `import { startWatch } from ${JSON.stringify(join(PARITY, 'watch.ts'))};
      const forMs = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      const watch = startWatch(500);
      await watch.during('a case: our function', async () => { ${work} });
      await forMs(1_000);
      await watch.stop();`,
    );
    return await run([program], 20_000);
  }

  it.each([
    ['an endless loop', 'for (;;);'],
    ['work that waits for ever', 'await forMs(60_000);'],
  ])('ends %s, and names the case', async (name, work) => {
    expect(await watched(name, work)).toMatchObject({
      signal: 'SIGKILL',
      stderr: 'a case: our function: no end after 0.5 s\n',
    });
  });

  it('is over when the work is done', async () => {
    expect(await watched('done', '')).toMatchObject({ code: 0, stderr: '' });
  });
});
