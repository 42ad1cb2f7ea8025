import { mkdir, readFile } from 'node:fs/promises';
import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { join } from 'node:path';
import {
  CERTIFICATE_PACKAGE,
  type CertificateFiles,
  certificateFiles,
  makeCertificate,
} from '../install/certificate.ts';
import { ensureInstalled, type Progress, type Recipe } from '../install/installation.ts';
import { installPythonPackages, pythonOf } from '../install/python.ts';
import { type Engine, startEngine } from '../process/engine.ts';
import { freePorts } from '../process/ports.ts';

const PACKAGES = ['ministack==1.5.33', CERTIFICATE_PACKAGE];
/** Starts ministack with the fixes that this project needs. */
const START = join(import.meta.dirname, 'start-aws.py');
const HOST = '127.0.0.1';
const READY_TIMEOUT_MS = 30_000;
const KILL_AFTER_MS = 5_000;
const PROBE_TIMEOUT_MS = 1_000;

export interface LocalAwsOptions {
  readonly installRoot: string;
  /** The folder for the log and temporary files. The state is in memory: a restarted emulator is empty. */
  readonly folder: string;
  readonly port?: number;
  readonly region: string;
  /** Signatures, trust policies and identity policies are checked unless this is false. */
  readonly authorization?: boolean;
  /** HTTPS instead of HTTP, also for the functions that it runs, so that conditions on `aws:SecureTransport` hold. */
  readonly tls?: boolean;
  readonly progress: Progress;
  readonly onDeath?: (error: Error) => void;
}

export interface LocalAws extends Engine {
  readonly endpointUrl: string;
  /** With TLS: the PEM file of the authority that signed its certificate. */
  readonly caFile?: string;
}

/** Kinesis, STS, IAM, S3 and Secrets Manager (ministack), empty; installs it first when it is missing. */
export async function startLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  const installation = await ensureInstalled(localAwsRecipe(options.progress), options.installRoot);
  const port = options.port ?? (await freePorts(1))[0] ?? 0;
  const tls = options.tls ? certificateFiles(installation.folder) : undefined;
  const endpointUrl = `${tls ? 'https' : 'http'}://${HOST}:${port}`;
  const ca = tls && (await readFile(tls.ca, 'utf8'));
  await mkdir(options.folder, { recursive: true });
  const engine = await startEngine({
    name: 'the local AWS (ministack)',
    command: pythonOf(installation.folder),
    args: [START],
    cwd: options.folder,
    environment: { ...environmentOf(options, port), ...(tls && tlsEnvironment(tls, endpointUrl)) },
    logFile: join(options.folder, 'aws.log'),
    isReady: async () => await answers(`${endpointUrl}/_ministack/ready`, ca),
    readyTimeoutMs: READY_TIMEOUT_MS,
    killAfterMs: KILL_AFTER_MS,
    ...(options.onDeath === undefined ? {} : { onDeath: options.onDeath }),
  });
  return { ...engine, endpointUrl, ...(tls && { caFile: tls.ca }) };
}

export function localAwsRecipe(progress: Progress): Recipe {
  return {
    name: 'aws',
    inputs: PACKAGES,
    install: async (folder, run) => {
      progress('Local AWS: installing ministack from PyPI (once, 110 MB, about 10 s) ..');
      const python = await installPythonPackages(folder, PACKAGES, run);
      await makeCertificate(folder, HOST, run);
      return python;
    },
  };
}

function environmentOf(
  { folder, region, authorization = true }: LocalAwsOptions,
  port: number,
): Record<string, string> {
  return {
    AUTH: String(authorization),
    // The default is every interface.
    BIND_HOST: HOST,
    GATEWAY_PORT: String(port),
    MINISTACK_HOST: HOST,
    MINISTACK_REGION: region,
    LOG_LEVEL: 'WARNING',
    PYTHONUNBUFFERED: '1',
    HOME: folder,
    TMPDIR: folder,
    S3_DATA_DIR: join(folder, 's3'),
    // Disable other listeners on fixed ports and the search for containers.
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    DOCKER_HOST: `unix://${join(folder, 'no-docker.sock')}`,
    // ministack runs a deployed function's zip with the first `node` in the path: the project's Node.
    PATH: `${join(process.execPath, '..')}:/usr/local/bin:/usr/bin:/bin`,
  };
}

/** ministack passes its environment to the functions that it runs, including the endpoint and the CA certificate. */
function tlsEnvironment({ ca, certificate, key }: CertificateFiles, endpointUrl: string): Record<string, string> {
  return {
    USE_SSL: '1',
    MINISTACK_SSL_CERT: certificate,
    MINISTACK_SSL_KEY: key,
    AWS_ENDPOINT_URL: endpointUrl,
    NODE_EXTRA_CA_CERTS: ca,
  };
}

function answers(url: string, ca: string | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const get = ca === undefined ? httpGet : httpsGet;
    const request = get(url, { ca, agent: false, timeout: PROBE_TIMEOUT_MS }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}
