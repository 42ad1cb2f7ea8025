import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureInstalled, type Progress, type Recipe, type RunStep } from '../install/installation.ts';
import { findToolchain } from '../install/toolchain.ts';
import type { Engine } from '../process/engine.ts';
import { freePorts } from '../process/ports.ts';
import { CLASS_PATH, FORMATTED_FOLDER, JVM_FLAGS, startBroker } from './kafka-broker.ts';
import { type KafkaPorts, kafkaProperties } from './kafka-properties.ts';

const ARCHIVE = 'classes.jsa';
/** Any identifier works for a local cluster. */
const CLUSTER_ID = 'MkU3OEVBNTcwNTJENDM2Qk';

export interface KafkaOptions {
  readonly installRoot: string;
  /** The folder for data, properties and log; an existing folder is reused. */
  readonly folder: string;
  /** Default: free ports. Pass the old ports to restart a data folder's broker at its old address. */
  readonly ports?: KafkaPorts;
  readonly progress: Progress;
  readonly onDeath?: (error: Error) => void;
}

export interface Kafka extends Engine {
  readonly bootstrapServers: string;
  readonly ports: KafkaPorts;
}

/** Starts one node of Apache Kafka 4.3 without automatic topics. Installs Kafka first if it is missing. */
export async function startKafka(options: KafkaOptions): Promise<Kafka> {
  const installation = await ensureInstalled(await kafkaRecipe(options.progress), options.installRoot);
  const ports = options.ports ?? (await freeKafkaPorts());
  const engine = await startBroker({
    ...options,
    ports,
    installationFolder: installation.folder,
    java: installation.program,
    archiveFlag: `-XX:SharedArchiveFile=${ARCHIVE}`,
  });
  return { ...engine, ports, bootstrapServers: `127.0.0.1:${ports.broker}` };
}

async function freeKafkaPorts(): Promise<KafkaPorts> {
  const [broker = 0, controller = 0] = await freePorts(2);
  return { broker, controller };
}

export async function kafkaRecipe(progress: Progress): Promise<Recipe> {
  const texts = await Promise.all(SOURCES.map((name) => readFile(join(import.meta.dirname, name), 'utf8')));
  return {
    name: 'kafka',
    inputs: [...texts, CLUSTER_ID, ...JVM_FLAGS, ...CLASS_PATH],
    install: async (folder, run) => await install(folder, run, progress),
  };
}

const SOURCES = ['pom.xml', 'log4j2.properties'];

async function install(folder: string, run: RunStep, progress: Progress): Promise<string> {
  const { java, maven } = await findToolchain(['java', 'maven']);
  progress('Apache Kafka: installing from Maven (once, 45 MB, about 10 s) ..');
  for (const name of SOURCES) await copyFile(join(import.meta.dirname, name), join(folder, name));
  const libs = `-DoutputDirectory=${join(folder, 'libs')}`;
  await run(maven, ['-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime', libs], folder);
  progress('Apache Kafka: creating its class archive, for a start in 2 s instead of 8 s (once, about 12 s) ..');
  await format(folder, java, run);
  await archiveClasses(folder, java);
  return java;
}

async function format(folder: string, java: string, run: RunStep): Promise<void> {
  const propertiesFile = join(folder, 'format.properties');
  const dataFolder = join(folder, FORMATTED_FOLDER);
  await writeFile(propertiesFile, kafkaProperties({ ports: await freeKafkaPorts(), dataFolder }));
  const tool = ['kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', propertiesFile];
  await run(java, [...JVM_FLAGS, ...CLASS_PATH, ...tool], folder);
}

/** The JVM writes the archive of all loaded classes when it shuts down normally. */
async function archiveClasses(folder: string, java: string): Promise<void> {
  const trial = join(folder, 'trial');
  await mkdir(trial);
  const engine = await startBroker({
    installationFolder: folder,
    java,
    archiveFlag: `-XX:ArchiveClassesAtExit=${ARCHIVE}`,
    folder: trial,
    ports: await freeKafkaPorts(),
  });
  await engine.stop();
  await rm(trial, { recursive: true, force: true });
}
