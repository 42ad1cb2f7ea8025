import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readFunctions, type TemplateFunction } from '../template/read-functions.ts';
import { templateResolver } from '../template/template-resolver.ts';
import { withFileLock } from './file-lock.ts';

export const PROJECT_ROOT = join(import.meta.dirname, '..', '..');
const CACHE = join(PROJECT_ROOT, '.local', 'compile-cache');
/**
 * For the environment of the framework: without them, compiling its code takes a second of processor time in each command, and
 * compiling its schema takes four in each new home.
 */
export const FRAMEWORK_CACHES = { NODE_COMPILE_CACHE: CACHE, SLS_SCHEMA_CACHE_BASE_DIR: CACHE };

export interface PackagedFunction extends TemplateFunction {
  /** The package's folder, which no other build changes. */
  readonly codeFolder: string;
}

export interface PackagedTemplate {
  /** The CloudFormation template that a deployment would use. */
  readonly template: unknown;
  readonly functions: readonly PackagedFunction[];
}

export interface PackageOptions {
  readonly stage: string;
  /** The folder for the package; its `dist` gets a copy of the bundles. */
  readonly folder: string;
  /** The endpoints file; the build copies its values into the environment of stage `local`. */
  readonly endpointsFile?: string;
  /** Stage `local` only: a stage file instead of config/local.yml, relative to the project's root. */
  readonly stageFile?: string | undefined;
}

/** Every build replaces dist/, so only one packaging of this project runs at a time. */
const LOCK = join(PROJECT_ROOT, '.local', 'packaging.lock');

/**
 * Runs `serverless package`, as a deployment does. Waits while another process packages this project.
 * @throws Error with the framework's output if packaging fails
 */
export async function packageTemplate(options: PackageOptions): Promise<PackagedTemplate> {
  const { folder } = options;
  await withFileLock(LOCK, async () => {
    await runServerless(options);
    await cp(join(PROJECT_ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
  });
  return await readPackage(folder);
}

/** The template that a deployment of this package would use. */
export const templateFile = (folder: string): string => join(folder, 'cloudformation-template-update-stack.json');

/** @param folder that {@link packageTemplate} filled */
export async function readPackage(folder: string): Promise<PackagedTemplate> {
  const template: unknown = JSON.parse(await readFile(templateFile(folder), 'utf8'));
  const functions = readFunctions(template, { resolve: templateResolver(template) });
  return { template, functions: functions.map((each) => ({ ...each, codeFolder: folder })) };
}

async function runServerless({ stage, folder, endpointsFile, stageFile }: PackageOptions): Promise<void> {
  const serverless = join(PROJECT_ROOT, 'node_modules', 'serverless', 'bin', 'serverless.js');
  const child = spawn(process.execPath, [serverless, 'package', '--stage', stage, '--package', folder], {
    cwd: PROJECT_ROOT,
    env: {
      ...process.env,
      ...FRAMEWORK_CACHES,
      ...(endpointsFile !== undefined && { MSK_SINKS_ENDPOINTS_FILE: endpointsFile }),
      ...(stageFile !== undefined && { LOCAL_STAGE_FILE: stageFile }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // Ctrl-C reaches only this process
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => output.push(text));
  const [exitCode] = await once(child, 'close');
  if (exitCode !== 0) throw new Error(`serverless package --stage ${stage} failed:\n${output.join('')}`);
}
