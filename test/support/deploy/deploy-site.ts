import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalAws, startLocalAws } from '../../../local/engines/aws/aws.ts';
import { INSTALL_ROOT } from '../../../local/engines/engines.ts';
import { PROJECT_ROOT } from '../../../local/pipeline/package-template.ts';
import { type CommandResult, serverless } from '../serverless.ts';
import { type AwsCli, startAwsCli } from './aws-cli.ts';
import { createDeployer, type Deployer } from './deployer.ts';
import { copyProject, type ProjectCopy } from './project-copy.ts';

/** Two empty AWS accounts, and a project to deploy. */
export interface DeploySite {
  readonly folder: string;
  readonly cli: AwsCli;
  /** The administrator of the functions' account. */
  readonly accountA: Deployer;
  /** The administrator of the stream's account. */
  readonly accountB: Deployer;
  /** Somebody of account A who may do what docs/first-deploy.md says, and no more. */
  readonly deployer: Deployer;
  readonly project: ProjectCopy;
  /**
   * `serverless <args>` in the project, by the deployer.
   * @throws Error with its output when it fails
   */
  serverless(...args: readonly string[]): Promise<CommandResult>;
  close(): Promise<void>;
}

const COMMAND_TIMEOUT_MS = 200_000;

/** An AWS of its own, over TLS, in which every signature, trust policy and identity policy is checked. */
export async function openDeploySite(
  accounts: Readonly<Record<'region' | 'accountA' | 'accountB', string>>,
): Promise<DeploySite> {
  const progress = (line: string) => process.stderr.write(`${line}\n`);
  const folder = await mkdtemp(join(tmpdir(), 'msk-sinks-deploy-'));
  const { region } = accounts;
  const cli = await startAwsCli(progress);
  const aws = await startLocalAws({
    installRoot: INSTALL_ROOT,
    folder: join(folder, 'aws'),
    region,
    tls: true,
    progress,
  });
  try {
    return await assemble({ folder, cli, aws, accounts });
  } catch (error) {
    cli.close();
    await aws.stop();
    throw error;
  }
}

async function assemble({
  folder,
  cli,
  aws,
  accounts,
}: {
  readonly folder: string;
  readonly cli: AwsCli;
  readonly aws: LocalAws;
  readonly accounts: Readonly<Record<'region' | 'accountA' | 'accountB', string>>;
}): Promise<DeploySite> {
  const { endpointUrl, caFile } = aws;
  if (caFile === undefined) throw new Error('the local AWS was started with TLS');
  const home = join(folder, 'home');
  const projectFolder = join(folder, 'project');
  await Promise.all([mkdir(home), mkdir(projectFolder)]);
  const access = { endpointUrl, caFile, region: accounts.region, cli, home };
  const [accountA, accountB, deployer, project] = await Promise.all([
    createDeployer(access, accounts.accountA),
    createDeployer(access, accounts.accountB),
    createDeployer(access, accounts.accountA, await documentedPolicy()),
    copyProject(projectFolder),
  ]);
  return {
    folder,
    cli,
    accountA,
    accountB,
    deployer,
    project,
    async serverless(...args) {
      const { environment } = deployer;
      const result = await serverless(args, { home, environment, cwd: projectFolder, timeoutMs: COMMAND_TIMEOUT_MS });
      if (result.exitCode === 0) return result;
      throw new Error(`serverless ${args.join(' ')} failed (${result.exitCode}):\n${result.stdout}\n${result.stderr}`);
    },
    async close() {
      cli.close();
      await aws.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What the documentation lets a deployer do, as it stands there. */
async function documentedPolicy(): Promise<string> {
  return await readFile(join(PROJECT_ROOT, 'infra', 'deployer-policy.json'), 'utf8');
}
