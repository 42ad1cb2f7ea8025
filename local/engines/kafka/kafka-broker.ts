import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareFolder } from '../process/data-folder.ts';
import { type Engine, startEngine } from '../process/engine.ts';
import { logSince } from '../process/log-tail.ts';
import { type KafkaPorts, kafkaProperties } from './kafka-properties.ts';

/** One compiler tier and the serial collector: a faster start (2.1 s instead of 8 s), slower under load. */
export const JVM_FLAGS = ['-Xms128m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
/** Paths relative to the installation, in which the JVM starts: the class archive stores the class path's text. */
export const CLASS_PATH = ['-Dlog4j2.configurationFile=log4j2.properties', '-cp', 'libs/*'];
/** A formatted, empty data folder in the installation: copying takes milliseconds, formatting takes a JVM start. */
export const FORMATTED_FOLDER = 'formatted';

const READY_TIMEOUT_MS = 60_000;
const KILL_AFTER_MS = 15_000;

export interface BrokerOptions {
  readonly installationFolder: string;
  readonly java: string;
  readonly archiveFlag: string;
  /** The folder for data, properties and log; an existing folder is reused. */
  readonly folder: string;
  readonly ports: KafkaPorts;
  readonly onDeath?: (error: Error) => void;
}

export async function startBroker(options: BrokerOptions): Promise<Engine> {
  const dataFolder = join(options.folder, 'data');
  const propertiesFile = join(options.folder, 'server.properties');
  const logFile = join(options.folder, 'kafka.log');
  await mkdir(options.folder, { recursive: true });
  await prepareFolder(join(options.installationFolder, FORMATTED_FOLDER), dataFolder);
  await writeFile(propertiesFile, kafkaProperties({ ports: options.ports, dataFolder }));
  return await startEngine({
    name: 'Apache Kafka',
    command: options.java,
    args: [...JVM_FLAGS, options.archiveFlag, ...CLASS_PATH, 'kafka.Kafka', propertiesFile],
    cwd: options.installationFolder,
    environment: {},
    logFile,
    isReady: async (logOffset) => (await logSince(logFile, logOffset)).includes('Kafka Server started'),
    readyTimeoutMs: READY_TIMEOUT_MS,
    killAfterMs: KILL_AFTER_MS,
    ...(options.onDeath === undefined ? {} : { onDeath: options.onDeath }),
  });
}
