import { copyFile, readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureInstalled, type Progress, type Recipe } from '../install/installation.ts';
import { findToolchain } from '../install/toolchain.ts';
import { type Engine, startEngine } from '../process/engine.ts';
import { logTail } from '../process/log-tail.ts';
import { describeEnd, startProcess } from '../process/managed-process.ts';
import { freePorts } from '../process/ports.ts';

const POM = join(import.meta.dirname, 'pom.xml');
const LOG_SETTINGS = join(import.meta.dirname, '../kafka/log4j2.properties');
const STRING_CONVERTER = 'org.apache.kafka.connect.storage.StringConverter';
/** Of a key store that holds a public certificate. */
const STORE_PASSWORD = 'changeit';
/** Java gives dates and names of months in the time zone and language of its machine. */
const SURROUNDINGS = ['-Duser.timezone=UTC', '-Duser.language=en', '-Dfile.encoding=UTF-8'];
/** One compiler tier: a faster start, slower under load. */
const QUICK_START = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const READY_TIMEOUT_MS = 120_000;
const KILL_AFTER_MS = 10_000;
/** A sink task commits its offsets so often: 60 s by default. */
const COMMIT_EVERY_MS = 200;

export interface ConnectOptions {
  readonly installRoot: string;
  readonly progress: Progress;
  /** For the log, the offsets and the key store. */
  readonly folder: string;
  readonly bootstrapServers: string;
  /** The certificate that MongoDB's driver trusts. */
  readonly caFile: string;
  /** The heap and the compiler; default: a quick start. */
  readonly jvmFlags?: readonly string[];
}

/** A worker of Kafka Connect 4.3.1. */
export interface Connect extends Engine {
  /** The base of its REST API. */
  readonly url: string;
}

/** Starts a standalone worker without connectors. Installs the worker on first use. @throws Error that names the tools that are missing */
export async function startConnect(options: ConnectOptions): Promise<Connect> {
  const { installRoot, progress, folder, bootstrapServers, caFile, jvmFlags = QUICK_START } = options;
  const { folder: installed, program: java } = await ensureInstalled(await recipe(progress), installRoot);
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const begunMs = performance.now();
  const propertiesFile = join(folder, 'worker.properties');
  await writeFile(propertiesFile, workerProperties({ folder, bootstrapServers, url }));
  const trust = await trustStore(java, folder, caFile);
  const engine = await startEngine({
    name: 'Kafka Connect',
    command: java,
    args: [
      ...SURROUNDINGS,
      ...jvmFlags,
      `-Djavax.net.ssl.trustStore=${trust}`,
      `-Djavax.net.ssl.trustStorePassword=${STORE_PASSWORD}`,
      '-Dlog4j2.configurationFile=log4j2.properties',
      '-cp',
      'libs/*',
      'org.apache.kafka.connect.cli.ConnectStandalone',
      propertiesFile,
    ],
    cwd: installed,
    environment: {},
    logFile: join(folder, 'connect.log'),
    isReady: () =>
      fetch(`${url}/connectors`).then(
        ({ ok }) => ok,
        () => false,
      ),
    readyTimeoutMs: READY_TIMEOUT_MS,
    killAfterMs: KILL_AFTER_MS,
  });
  progress(`Kafka Connect 4.3.1: ready after ${((performance.now() - begunMs) / 1_000).toFixed(1)} s`);
  return { ...engine, url };
}

/** https://kafka.apache.org/43/configuration/kafka-connect-configs/ */
function workerProperties({ folder, bootstrapServers, url }: Record<'folder' | 'bootstrapServers' | 'url', string>) {
  const properties: Readonly<Record<string, string | number>> = {
    'bootstrap.servers': bootstrapServers,
    listeners: url,
    'key.converter': STRING_CONVERTER,
    'value.converter': STRING_CONVERTER,
    'offset.storage.file.filename': join(folder, 'offsets').replaceAll('\\', '\\\\'),
    'offset.flush.interval.ms': COMMIT_EVERY_MS,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** A key store of Java with the certificate. */
async function trustStore(java: string, folder: string, caFile: string): Promise<string> {
  const store = join(folder, 'trust.p12');
  const logFile = join(folder, 'keytool.log');
  const keytool = join(dirname(await realpath(java)), 'keytool');
  const password = ['-storetype', 'PKCS12', '-storepass', STORE_PASSWORD];
  const args = ['-importcert', '-noprompt', '-alias', 'ca', '-file', caFile, '-keystore', store, ...password];
  const end = await startProcess({ command: keytool, args, cwd: folder, environment: {}, logFile }).ended;
  if (end.code !== 0) throw new Error(`${keytool} ${describeEnd(end)}:\n${await logTail(logFile)}`);
  return store;
}

async function recipe(progress: Progress): Promise<Recipe> {
  return {
    name: 'connect-worker',
    inputs: await Promise.all([POM, LOG_SETTINGS].map((file) => readFile(file, 'utf8'))),
    install: async (folder, run) => {
      const { java, maven } = await findToolchain(['java', 'maven']);
      progress('Kafka Connect 4.3.1: getting 43 MB from Maven (once, about 20 s) ..');
      await copyFile(POM, join(folder, 'pom.xml'));
      await copyFile(LOG_SETTINGS, join(folder, 'log4j2.properties'));
      const libs = `-DoutputDirectory=${join(folder, 'libs')}`;
      await run(maven, ['-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime', libs], folder);
      return java;
    },
  };
}
