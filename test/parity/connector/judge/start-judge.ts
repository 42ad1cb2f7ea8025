import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Readable } from 'node:stream';
import { ensureInstalled, type Progress, type Recipe } from '../../../../local/engines/install/installation.ts';
import { findToolchain } from '../../../../local/engines/install/toolchain.ts';
import { unwatch, watch } from '../../../../local/engines/process/watchdog.ts';
import type { CaseRecord } from '../records.ts';

/** A connector's settings and the records that it is given. */
export interface Question {
  /** The server that is written to. */
  readonly uri: string;
  /** The text of a properties file, which Java reads, or the settings of another form of file. */
  readonly settings: { readonly text: string } | { readonly properties: Readonly<Record<string, string>> };
  /** What `${env:NAME}` stands for. */
  readonly environment: Readonly<Record<string, string>>;
  readonly overrides: Readonly<Record<string, string>>;
  /** Stands before the name of each database in the settings. */
  readonly databasePrefix: string;
  readonly records: readonly CaseRecord[];
}

export interface JudgeAnswer {
  /** Why each record became a dead letter, by `topic-partition@offset`. */
  readonly dead: Readonly<Record<string, string>>;
  /** Why the task stopped; null if it did not. */
  readonly stopped: string | null;
}

/** The connector in a JVM of its own. */
export interface ConnectorJudge {
  ask(question: Question): Promise<JudgeAnswer>;
  stop(): Promise<void>;
}

const JAVA = ['ConnectorJudge.java', 'ConfluentRules.java'];
const SOURCES = ['pom.xml', ...JAVA];
const COMPILER = 'ecj-3.43.0.jar';
/** Java gives dates and names of months in the time zone and language of its machine. */
const OPTIONS = [
  '-Duser.timezone=UTC',
  '-Duser.language=en',
  '-Dfile.encoding=UTF-8',
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
];

export interface JudgeOptions {
  readonly installRoot: string;
  readonly progress: Progress;
  readonly caFile: string;
}

/** Installs the connector on first use. @throws Error that names the tools that are missing */
export async function startJudge({ installRoot, progress, caFile }: JudgeOptions): Promise<ConnectorJudge> {
  const { folder, program } = await ensureInstalled(await recipe(progress), installRoot);
  const classPath = [folder, join(folder, 'libs', '*')].join(delimiter);
  const child = spawn(program, [...OPTIONS, '-cp', classPath, 'ConnectorJudge', caFile], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true, // A group of its own, which the watchdog ends.
  });
  const { pid } = child;
  if (pid !== undefined) watch(pid);
  const ended = once(child, 'close');
  const answers = lines(child.stdout);
  child.stdin.on('error', () => undefined); // the missing answer says so
  return {
    async ask(question) {
      child.stdin.write(`${JSON.stringify(toMessage(question))}\n`);
      const answer = await answers.next();
      if (answer.done) throw new Error('the judge (Java) has ended');
      return JSON.parse(answer.value) as JudgeAnswer; // written by ConnectorJudge.java
    },
    async stop() {
      child.stdin.end();
      await ended;
      if (pid !== undefined) unwatch(pid);
    },
  };
}

/** By line feeds alone: node:readline also ends a line at U+2028, which an error of Java may quote. */
async function* lines(stream: Readable): AsyncGenerator<string, undefined> {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  return undefined;
}

const toMessage = ({ settings, records, ...rest }: Question) => ({
  ...settings,
  ...rest,
  records: records.map(({ key, value, timestampMs, ...record }) => ({
    ...record,
    timestamp: timestampMs,
    keyBase64: key?.toString('base64') ?? null,
    valueBase64: value?.toString('base64') ?? null,
  })),
});

async function recipe(progress: Progress): Promise<Recipe> {
  return {
    name: 'connector-judge',
    inputs: await Promise.all(SOURCES.map((name) => readFile(join(import.meta.dirname, name), 'utf8'))),
    install: async (folder, run) => {
      const { java, maven } = await findToolchain(['java', 'maven']);
      progress('MongoDB sink connector: getting 34 MB from Maven (once, about 20 s) ..');
      for (const name of SOURCES) await copyFile(join(import.meta.dirname, name), join(folder, name));
      const libs = `-DoutputDirectory=${join(folder, 'libs')}`;
      await run(maven, ['-q', '-B', 'dependency:copy-dependencies', libs], folder);
      // The compiler, unlike Java itself, reads no `libs/*`.
      const jars = (await readdir(join(folder, 'libs'))).map((name) => join('libs', name)).join(delimiter);
      const options = ['--release', '17', '-nowarn', '-cp', jars];
      await run(java, ['-jar', join('libs', COMPILER), ...options, ...JAVA], folder);
      return java;
    },
  };
}
