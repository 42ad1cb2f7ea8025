import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDER = join(import.meta.dirname, 'mistakes');
/** What a story runs through, and what it is run with. */
const COPIED = [
  'functions',
  'shared',
  'infra',
  'local',
  'cli',
  'test/simulation',
  'test/support',
  'package.json',
  'tsconfig.json',
];
/** So many stories may pass before a mistake counts as not caught. */
const SEEDS_MAX = 600;

/**
 * Makes each mistake of mistakes/*.patch in a copy of the code, and looks for a seed whose story catches it.
 * @returns whether every one was caught
 */
export async function runMistakes(write: (line: string) => void): Promise<boolean> {
  const patches = (await readdir(FOLDER)).filter((name) => name.endsWith('.patch')).sort();
  const folder = await mkdtemp(join(tmpdir(), 'msk-sinks-mistakes-'));
  let caughtCount = 0;
  try {
    for (const patch of patches) {
      const copy = join(folder, patch.replace(/\.patch$/, ''));
      await copyCode(copy);
      await applyPatch(copy, join(FOLDER, patch), folder);
      const line = await catchingLine(copy);
      if (line !== undefined) caughtCount += 1;
      write(`${line === undefined ? 'NOT CAUGHT' : 'caught'}  ${patch}: ${await sentenceOf(patch)}`);
      write(`        ${line ?? `no violation in ${SEEDS_MAX} stories`}`);
      await rm(copy, { recursive: true, force: true });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  write(`${caughtCount} caught, ${patches.length - caughtCount} not caught`);
  return caughtCount === patches.length && patches.length > 0;
}

async function copyCode(copy: string): Promise<void> {
  for (const name of COPIED) await cp(join(ROOT, name), join(copy, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
}

/** @throws Error with git's words when the code has changed and the patch no longer fits */
async function applyPatch(copy: string, patch: string, ceiling: string): Promise<void> {
  // Outside of any repository `git apply` is a plain patch program.
  await run('git', ['apply', '--whitespace=nowarn', patch], {
    cwd: copy,
    env: { ...process.env, GIT_CEILING_DIRECTORIES: ceiling },
  });
}

/** The campaign's line about the first seed that fails; undefined: none does. */
async function catchingLine(copy: string): Promise<string | undefined> {
  const script = join(copy, 'test', 'simulation', 'simulate.ts');
  const output = await run(process.execPath, [script, '--seeds', String(SEEDS_MAX), '--stop'], { cwd: copy }).then(
    ({ stdout }) => stdout,
    ({ stdout = '' }: { readonly stdout?: string }) => stdout,
  );
  return /^seed \d+: .*(?= \(npm)/m.exec(output)?.[0];
}

/** The words before the first `---`. */
async function sentenceOf(patch: string): Promise<string> {
  const [words = ''] = (await readFile(join(FOLDER, patch), 'utf8')).split(/^(?:---|diff) /m);
  return words.replaceAll(/\s+/g, ' ').trim();
}
