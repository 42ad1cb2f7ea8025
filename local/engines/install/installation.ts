import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { logTail } from '../process/log-tail.ts';
import { describeEnd, isProcessRunning, startProcess } from '../process/managed-process.ts';

/** How to install an engine once, into a folder that may be moved afterwards. */
export interface Recipe {
  /** Its folder below the root: `kafka`. */
  readonly name: string;
  /** The inputs of the installation (versions, files, flags): a changed text makes a new installation. */
  readonly inputs: readonly string[];
  /** Installs into an empty folder; returns the program (java, python) that runs the engine. */
  readonly install: (folder: string, run: RunStep) => Promise<string>;
}

/** Runs a command of an installation; if it fails, throws an Error with the log's name and last lines. */
export type RunStep = (command: string, args: readonly string[], cwd: string) => Promise<void>;

export interface Installation {
  readonly folder: string;
  /** The program that runs the engine, as found at the installation. */
  readonly program: string;
}

export type Progress = (line: string) => void;

const RECORD_FILE = 'installed.json';
const HASH_CHARACTERS = 12;
const underWay = new Map<string, Promise<Installation>>();

/**
 * Returns the finished installation, and installs first if there is none. Installs into a draft folder and renames it into
 * place, so that an incomplete installation is never used and concurrent processes are safe.
 */
export async function ensureInstalled(recipe: Recipe, root: string): Promise<Installation> {
  const folder = installationFolder(recipe, root);
  const present = await findInstallation(recipe, root);
  if (present !== undefined) return present;
  const running = underWay.get(folder) ?? install(recipe, join(root, recipe.name), folder);
  underWay.set(folder, running);
  try {
    return await running;
  } finally {
    underWay.delete(folder);
  }
}

/** The finished installation; undefined if there is none, or if its program has changed since. */
export async function findInstallation(recipe: Recipe, root: string): Promise<Installation | undefined> {
  const folder = installationFolder(recipe, root);
  const record = await readRecord(join(folder, RECORD_FILE));
  if (record === undefined || (await fingerprint(record.program)) !== record.fingerprint) return undefined;
  return { folder, program: record.program };
}

function installationFolder(recipe: Recipe, root: string): string {
  const hash = createHash('sha256').update(JSON.stringify(recipe.inputs)).digest('hex').slice(0, HASH_CHARACTERS);
  return join(root, recipe.name, hash);
}

async function install(recipe: Recipe, parent: string, folder: string): Promise<Installation> {
  await mkdir(parent, { recursive: true });
  await removeAbandonedDrafts(parent);
  const draft = join(parent, `draft-${process.pid}-${randomUUID()}`);
  await mkdir(draft);
  // A failed draft stays until the next installation, because the error may name a log in it.
  const program = await recipe.install(draft, (...step) =>
    runStep({ name: recipe.name, logFile: join(parent, 'install.log') }, ...step),
  );
  const record = { program, fingerprint: await fingerprint(program) };
  await writeFile(join(draft, RECORD_FILE), JSON.stringify(record));
  await moveIntoPlace(draft, folder);
  return { folder, program };
}

/** Keeps the installation of a faster process, unless its program has changed since. */
async function moveIntoPlace(draft: string, folder: string): Promise<void> {
  const old = await readRecord(join(folder, RECORD_FILE));
  const isGood = old !== undefined && (await fingerprint(old.program)) === old.fingerprint;
  if (!isGood) {
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  }
  await rm(draft, { recursive: true, force: true });
}

async function runStep(
  { name, logFile }: { readonly name: string; readonly logFile: string },
  ...[command, args, cwd]: Parameters<RunStep>
): Promise<void> {
  const end = await startProcess({ command, args, cwd, environment: ownEnvironment(), logFile }).ended;
  if (end.code === 0) return;
  throw new Error(
    `The installation of ${name} failed: ${[command, ...args].join(' ')}: ${describeEnd(end)}. ` +
      `Its log, ${logFile}, ends with:\n${await logTail(logFile)}`,
  );
}

/** Package managers need the user's settings: proxies, mirrors, JAVA_HOME. */
function ownEnvironment(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

interface InstallationRecord {
  readonly program: string;
  readonly fingerprint: string;
}

async function readRecord(file: string): Promise<InstallationRecord | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is InstallationRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'program' in value &&
    typeof value.program === 'string' &&
    'fingerprint' in value &&
    typeof value.fingerprint === 'string'
  );
}

/** Identifies a program file: an upgraded Java cannot use the class archive, an upgraded Python cannot use the environment. */
async function fingerprint(program: string): Promise<string> {
  try {
    const path = await realpath(program);
    const { size, mtimeMs } = await stat(path);
    return `${path}:${size}:${mtimeMs}`;
  } catch {
    return 'missing';
  }
}

/** Removes drafts of processes that no longer run. A reused process id only delays the removal. */
async function removeAbandonedDrafts(parent: string): Promise<void> {
  const drafts = (await readdir(parent)).filter((name) => name.startsWith('draft-'));
  const abandoned = drafts.filter((name) => !isProcessRunning(Number(name.split('-')[1])));
  await Promise.all(abandoned.map((name) => rm(join(parent, name), { recursive: true, force: true })));
}
