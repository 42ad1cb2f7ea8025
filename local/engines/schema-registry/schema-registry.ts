import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureInstalled, type Progress, type Recipe } from '../install/installation.ts';
import { findToolchain } from '../install/toolchain.ts';
import { type Engine, startEngine } from '../process/engine.ts';
import { freePorts } from '../process/ports.ts';

/** The last version on Java 17. Later ones need Java 25. */
const VERSION = '3.0.9';
const ARTIFACT = `io.apicurio:apicurio-registry-app:${VERSION}:tar.gz:all`;
const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:2.8';
const NAME = `apicurio-registry-app-${VERSION}`;
const JVM_FLAGS = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

export interface SchemaRegistryOptions {
  readonly installRoot: string;
  /** The folder for the log. */
  readonly folder: string;
  readonly progress: Progress;
}

export interface SchemaRegistry extends Engine {
  /** The base of its API that is compatible with Confluent's. */
  readonly url: string;
}

/** Starts Apicurio Registry, which keeps schemas in memory. Installs it first if it is missing. */
export async function startSchemaRegistry(options: SchemaRegistryOptions): Promise<SchemaRegistry> {
  const installation = await ensureInstalled(schemaRegistryRecipe(options.progress), options.installRoot);
  const [port = 0, managementPort = 0] = await freePorts(2);
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
  const engine = await startEngine({
    name: 'Apicurio Registry',
    command: installation.program,
    args: [...JVM_FLAGS, '-jar', `${NAME}-runner.jar`],
    cwd: installation.folder,
    environment: {
      QUARKUS_HTTP_HOST: '127.0.0.1',
      QUARKUS_HTTP_PORT: String(port),
      QUARKUS_MANAGEMENT_HOST: '127.0.0.1',
      QUARKUS_MANAGEMENT_PORT: String(managementPort),
    },
    logFile: join(options.folder, 'schema-registry.log'),
    isReady: () =>
      fetch(`${url}/subjects`).then(
        ({ ok }) => ok,
        () => false,
      ),
    readyTimeoutMs: 120_000,
    killAfterMs: 15_000,
  });
  return { ...engine, url };
}

const schemaRegistryRecipe = (progress: Progress): Recipe => ({
  name: 'schema-registry',
  inputs: [ARTIFACT, PLUGIN],
  install: async (folder, run) => {
    const { java, maven } = await findToolchain(['java', 'maven']);
    progress('Apicurio Registry: getting 109 MB from Maven (once, about 30 s) ..');
    // Its descriptor names a parent that Maven Central lacks: only `get` passes over that, and leaves the file in a repository.
    const repository = join(folder, 'repository');
    const options = [`-Dmaven.repo.local=${repository}`, '-Dtransitive=false', `-Dartifact=${ARTIFACT}`];
    await run(maven, ['-q', '-B', `${PLUGIN}:get`, ...options], folder);
    const archive = join(repository, 'io', 'apicurio', 'apicurio-registry-app', VERSION, `${NAME}-all.tar.gz`);
    await run('tar', ['-xzf', archive], folder);
    await rm(repository, { recursive: true, force: true });
    return java;
  },
});
