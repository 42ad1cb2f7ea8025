import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { AwsCli } from './aws-cli.ts';
import type { Deployer } from './deployer.ts';
import type { ProbeAnswer, ProbeEvent } from './probe-function.ts';

/** Tries one thing with the role. */
export type RoleProbe = (event: ProbeEvent) => Promise<ProbeAnswer>;

/** The probe's zip, ready for CreateFunction. */
export async function buildProbe(folder: string, { python }: AwsCli): Promise<string> {
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: { index: join(import.meta.dirname, 'probe-function.ts') },
    outdir: folder,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    logLevel: 'warning',
  });
  await promisify(execFile)(python, ['-m', 'zipfile', '-c', 'probe.zip', 'index.js'], { cwd: folder });
  return join(folder, 'probe.zip');
}

/** Makes a function that runs with the role of that name. */
export async function createRoleProbe(
  deployer: Deployer,
  { zip, account, roleName, folder }: Readonly<Record<'zip' | 'account' | 'roleName' | 'folder', string>>,
): Promise<RoleProbe> {
  const name = `probe-${roleName}`;
  const role = `arn:aws:iam::${account}:role/${roleName}`;
  const code = { runtime: 'nodejs24.x', handler: 'index.handler', 'zip-file': `fileb://${zip}`, timeout: '20' };
  await deployer.aws('lambda create-function', { 'function-name': name, role, ...code });
  let count = 0;
  return async (event) => {
    count += 1;
    const payload = join(folder, `${name}-${count}.event.json`);
    const answer = join(folder, `${name}-${count}.answer.json`);
    await writeFile(payload, JSON.stringify(event));
    await deployer.aws('lambda invoke', { 'function-name': name, payload: `fileb://${payload}` }, answer);
    return JSON.parse(await readFile(answer, 'utf8'));
  };
}
