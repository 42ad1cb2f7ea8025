import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CERTIFICATE_PACKAGE, certificateFiles, makeCertificate } from '../install/certificate.ts';
import { ensureInstalled, type Progress, type Recipe, type RunStep } from '../install/installation.ts';
import { installPythonPackages, pythonOf } from '../install/python.ts';
import { prepareFolder } from '../process/data-folder.ts';
import { type Engine, startEngine } from '../process/engine.ts';
import { freePorts } from '../process/ports.ts';
import { addUsers, type DocumentDbUser, isServing } from './documentdb-client.ts';

/** SecantusDB is GPL-2.0 and beta: a separate process for development, never linked or shipped, with a pinned version. */
const PACKAGES = ['secantusdb==0.7.0b3', CERTIFICATE_PACKAGE];
const START = join(import.meta.dirname, 'start-documentdb.py');
const HOST = '127.0.0.1';
/** A separate user for fail points and for reading back. */
const ADMINISTRATOR = 'administrator';
const READY_TIMEOUT_MS = 60_000;
const KILL_AFTER_MS = 10_000;
/** A data folder that already has the users. Copying it saves a start without `--auth` to create them. */
const PREPARED_FOLDER = 'prepared';
/** In a data folder: the server's files, and the users created in them. */
const STORAGE_FOLDER = 'storage';
const USERS_FILE = 'users.json';
/** Change this text when the files of an installation change, so that older installations are not used. */
const LAYOUT = 'prepared/storage, prepared/users.json';
/**
 * Each commit is written to the operating system, so that acknowledged writes survive a kill, as in DocumentDB. By default the
 * server buffers some milliseconds of its log in memory. The cost is not measurable, unlike that of
 * `--sync-on-commit`. https://source.wiredtiger.com/develop/tune_durability.html
 */
const WIREDTIGER_CONFIG = 'transaction_sync=(enabled=true,method=none)';

export interface DocumentDbOptions {
  readonly installRoot: string;
  /** The folder for data and log; an existing folder is reused. */
  readonly folder: string;
  /** Default: a free port. */
  readonly port?: number;
  /** The name of the functions' user. */
  readonly username: string;
  readonly progress: Progress;
  readonly onDeath?: (error: Error) => void;
}

export interface DocumentDb extends Engine {
  readonly host: string;
  readonly port: number;
  readonly caFile: string;
  readonly user: DocumentDbUser;
  readonly administrator: DocumentDbUser;
}

/** Starts a server for MongoDB's protocol with TLS and SCRAM-SHA-1 users. Installs the server first if it is missing. */
export async function startDocumentDb(options: DocumentDbOptions): Promise<DocumentDb> {
  const recipe = documentDbRecipe(options.username, options.progress);
  const { folder: installed } = await ensureInstalled(recipe, options.installRoot);
  const port = options.port ?? (await freePorts(1))[0] ?? 0;
  const dataFolder = join(options.folder, 'data');
  await mkdir(options.folder, { recursive: true });
  await prepareFolder(join(installed, PREPARED_FOLDER), dataFolder);
  const { user, administrator } = await readUsers(dataFolder);
  const tls = certificateFiles(installed);
  const address = { host: HOST, port, caFile: tls.ca };
  const engine = await startServer({
    installed,
    port,
    storageFolder: join(dataFolder, STORAGE_FOLDER),
    workFolder: options.folder,
    flags: ['--auth', '--tls-cert-file', tls.certificate, '--tls-key-file', tls.key],
    isReady: async () => await isServing(address, user),
    ...(options.onDeath === undefined ? {} : { onDeath: options.onDeath }),
  });
  return { ...engine, ...address, user, administrator };
}

export function documentDbRecipe(username: string, progress: Progress): Recipe {
  return {
    name: 'documentdb',
    inputs: [...PACKAGES, username, LAYOUT],
    install: async (folder, run) => await install(folder, username, run, progress),
  };
}

async function install(folder: string, username: string, run: RunStep, progress: Progress): Promise<string> {
  progress('DocumentDB stand-in: installing SecantusDB from PyPI (once, 145 MB, about 15 s) ..');
  const python = await installPythonPackages(folder, PACKAGES, run);
  await makeCertificate(folder, HOST, run);
  progress('DocumentDB stand-in: creating its users (once, about 4 s) ..');
  await prepareUsers(folder, username);
  return python;
}

async function prepareUsers(folder: string, username: string): Promise<void> {
  const users = {
    user: { username, password: randomBytes(24).toString('base64url') },
    administrator: { username: ADMINISTRATOR, password: randomBytes(24).toString('base64url') },
  };
  const [port = 0] = await freePorts(1);
  const workFolder = join(folder, 'trial');
  const dataFolder = join(folder, PREPARED_FOLDER);
  await mkdir(workFolder);
  await mkdir(dataFolder);
  const engine = await startServer({
    installed: folder,
    port,
    storageFolder: join(dataFolder, STORAGE_FOLDER),
    workFolder,
    flags: [],
    isReady: async () => await isServing({ host: HOST, port }),
  });
  await addUsers({ host: HOST, port }, [
    { ...users.user, role: 'readWriteAnyDatabase' },
    { ...users.administrator, role: 'root' },
  ]).finally(() => engine.stop());
  await rm(workFolder, { recursive: true });
  await writeFile(join(dataFolder, USERS_FILE), JSON.stringify(users), { mode: 0o600 });
}

interface ServerOptions {
  readonly installed: string;
  readonly port: number;
  readonly storageFolder: string;
  readonly workFolder: string;
  readonly flags: readonly string[];
  readonly isReady: () => Promise<boolean>;
  readonly onDeath?: (error: Error) => void;
}

async function startServer({
  installed,
  port,
  storageFolder,
  workFolder,
  flags,
  ...rest
}: ServerOptions): Promise<Engine> {
  const own = ['--host', HOST, '--port', String(port), '--storage-path', storageFolder];
  return await startEngine({
    name: 'the DocumentDB stand-in (SecantusDB)',
    command: pythonOf(installed),
    args: [START, ...own, '--cache-size', '256M', '--log-level', 'WARNING', '--enable-test-commands', ...flags],
    cwd: workFolder,
    // A separate home, because the server would read the user's ~/.secantus/secantusd.toml.
    environment: { HOME: workFolder, PYTHONUNBUFFERED: '1', WIREDTIGER_CONFIG },
    logFile: join(workFolder, 'documentdb.log'),
    readyTimeoutMs: READY_TIMEOUT_MS,
    killAfterMs: KILL_AFTER_MS,
    ...rest,
  });
}

async function readUsers(dataFolder: string): Promise<{ user: DocumentDbUser; administrator: DocumentDbUser }> {
  return JSON.parse(await readFile(join(dataFolder, USERS_FILE), 'utf8')); // written by prepareUsers
}
