import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Engine, startEngine } from './engine.ts';
import { ensureInstalled, type Progress, type Recipe } from './installation.ts';
import { freePorts } from './ports.ts';
import { installPythonPackages, pythonOf } from './python.ts';

const PACKAGES = ['ministack==1.5.33'];
const HOST = '127.0.0.1';
const READY_TIMEOUT_MS = 30_000;
const KILL_AFTER_MS = 5_000;
const PROBE_TIMEOUT_MS = 1_000;

export interface LocalAwsOptions {
  readonly installRoot: string;
  /** Log and temporary files. The state is in memory: a restarted emulator is empty. */
  readonly folder: string;
  readonly port?: number;
  readonly region: string;
  /** Signatures, trust policies and identity policies are checked unless this is false. */
  readonly authorization?: boolean;
  readonly progress: Progress;
  readonly onDeath?: (error: Error) => void;
}

export interface LocalAws extends Engine {
  readonly endpointUrl: string;
}

/** Kinesis, STS, IAM, S3 and Secrets Manager (ministack), empty; installs it first when it is missing. */
export async function startLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  const installation = await ensureInstalled(localAwsRecipe(options.progress), options.installRoot);
  const port = options.port ?? (await freePorts(1))[0] ?? 0;
  const endpointUrl = `http://${HOST}:${port}`;
  await mkdir(options.folder, { recursive: true });
  const engine = await startEngine({
    name: 'the local AWS (ministack)',
    command: pythonOf(installation.folder),
    args: ['-m', 'ministack'],
    cwd: options.folder,
    environment: environmentOf(options, port),
    logFile: join(options.folder, 'aws.log'),
    isReady: async () => await answers(`${endpointUrl}/_ministack/ready`),
    readyTimeoutMs: READY_TIMEOUT_MS,
    killAfterMs: KILL_AFTER_MS,
    ...(options.onDeath === undefined ? {} : { onDeath: options.onDeath }),
  });
  return { ...engine, endpointUrl };
}

export function localAwsRecipe(progress: Progress): Recipe {
  return {
    name: 'aws',
    inputs: PACKAGES,
    install: async (folder, run) => {
      progress('Local AWS: getting ministack from PyPI (once, 90 MB, about 10 s) ..');
      return await installPythonPackages(folder, PACKAGES, run);
    },
  };
}

function environmentOf(
  { folder, region, authorization = true }: LocalAwsOptions,
  port: number,
): Record<string, string> {
  return {
    AUTH: String(authorization),
    // It listens on every interface otherwise.
    BIND_HOST: HOST,
    GATEWAY_PORT: String(port),
    MINISTACK_HOST: HOST,
    MINISTACK_REGION: region,
    LOG_LEVEL: 'WARNING',
    PYTHONUNBUFFERED: '1',
    HOME: folder,
    TMPDIR: folder,
    S3_DATA_DIR: join(folder, 's3'),
    // Further listeners on fixed ports, and a look for containers: none of ours.
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    DOCKER_HOST: `unix://${join(folder, 'no-docker.sock')}`,
    // It runs a deployed function's zip with the `node` it finds: the project's.
    PATH: `${join(process.execPath, '..')}:/usr/local/bin:/usr/bin:/bin`,
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
