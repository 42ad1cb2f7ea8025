import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { INSTALL_ROOT } from '../../local/engines/engines.ts';
import { ensureInstalled, type Recipe } from '../../local/engines/install/installation.ts';
import { shouldIgnore } from './ignore-messages.ts';
import { constantNumbers } from './numbers.ts';

/** A small change of the code. `location` counts lines and columns from 0. */
export interface Mutant {
  readonly id: string;
  readonly fileName: string;
  readonly replacement: string;
  readonly location: { readonly start: Place; readonly end: Place };
  /** `Ignored`: not to be tried. */
  readonly status?: string;
}

interface Place {
  readonly line: number;
  readonly column: number;
}

interface SourceFile {
  readonly name: string;
  readonly content: string;
}

/** Files with all their mutants inside: `globalThis.__stryker__.activeMutant` says which one is in place. */
export interface Instrumented {
  readonly files: readonly SourceFile[];
  readonly mutants: readonly Mutant[];
}

/** 40 MB with Babel, so it is no dependency of the project: `npm ci` stays fast. */
const PACKAGE = '@stryker-mutator/instrumenter';
const VERSION = '10.1.1';
const NPM_OPTIONS = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

const recipe: Recipe = {
  name: 'stryker',
  inputs: [PACKAGE, VERSION],
  install: async (folder, run) => {
    await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
    await run('npm', ['install', ...NPM_OPTIONS, `${PACKAGE}@${VERSION}`], folder);
    return process.execPath;
  },
};

/** What is used of https://github.com/stryker-mutator/stryker-js/tree/master/packages/instrumenter */
interface InstrumenterModule {
  readonly Instrumenter: new (
    logger: object,
  ) => {
    instrument(files: readonly (SourceFile & { mutate: true })[], options: object): Promise<Instrumented>;
  };
}

/** The list that the instrumenter reads for each file. */
interface MutatorsModule {
  readonly allMutators: object[];
}

const SILENT = { debug: () => undefined, info: () => undefined, isDebugEnabled: () => false };

/** Puts every mutant of these files into them. @param files paths from the project's root, which is the working folder */
export async function instrument(files: readonly string[]): Promise<Instrumented> {
  const { folder } = await ensureInstalled(recipe, INSTALL_ROOT);
  const load = (...path: readonly string[]): Promise<object> =>
    import(pathToFileURL(join(folder, 'node_modules', PACKAGE, 'dist', 'src', ...path)).href);
  const { Instrumenter } = (await load('index.js')) as InstrumenterModule;
  const { allMutators } = (await load('mutators', 'index.js')) as MutatorsModule;
  if (!allMutators.includes(constantNumbers)) allMutators.push(constantNumbers);
  const sources = await Promise.all(
    files.map(async (name) => ({ name, content: await readFile(name, 'utf8'), mutate: true as const })),
  );
  const options = { plugins: null, excludedMutations: [], ignorers: [{ shouldIgnore }] };
  return await new Instrumenter(SILENT).instrument(sources, options);
}

/** Where the run leaves the instrumented files for vitest, and vitest leaves what it found. */
export const RUN_FOLDER = join('.local', 'mutation');
export const INSTRUMENTED_FILE = join(RUN_FOLDER, 'instrumented.json');
export const JOURNAL_FILE = join(RUN_FOLDER, 'journal.jsonl');

export async function writeInstrumented(instrumented: Instrumented): Promise<void> {
  await mkdir(RUN_FOLDER, { recursive: true });
  await writeFile(INSTRUMENTED_FILE, JSON.stringify(instrumented));
}
