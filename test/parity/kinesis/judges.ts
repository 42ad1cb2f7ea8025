import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { UserRecord } from '../../../functions/kinesis-sink/plan/aggregate.ts';
import { ensureInstalled, type Progress, type Recipe } from '../../../local/engines/install/installation.ts';
import { installPythonPackages, pythonOf } from '../../../local/engines/install/python.ts';
import { findToolchain } from '../../../local/engines/install/toolchain.ts';
import type { ShardRange } from '../../support/kpl/deaggregate.ts';

/** One Kinesis record as it lies in a shard. */
export interface Question {
  readonly stored: UserRecord;
  readonly shard: ShardRange;
}

/** A user record as a consumer gets it. */
export interface Answer extends UserRecord {
  readonly aggregated: boolean;
}

/** A consumer that others have written. */
export interface Judge {
  readonly name: string;
  /** Whether it leaves out user records that do not belong to the shard. */
  readonly minds: 'shards' | 'nothing';
  /** The answers to each question, in order. */
  ask(questions: readonly Question[]): AsyncIterable<readonly Answer[]>;
}

const PYTHON_PACKAGES = ['aws-kinesis-agg==1.2.3', 'protobuf==7.36.2', 'six==1.17.0'];
const COMPILER = 'ecj-3.43.0.jar';
const JAVA_SOURCES = ['pom.xml', 'KclJudge.java'];

/** Amazon's consumers, installed on first use. @throws Error that names the tools that are missing */
export async function startJudges(installRoot: string, progress: Progress): Promise<readonly Judge[]> {
  const kcl = await ensureInstalled(await kclRecipe(progress), installRoot);
  const python = await ensureInstalled(pythonRecipe(progress), installRoot);
  return [
    {
      name: 'KCL 3.5.1 (Java)',
      minds: 'shards',
      ask: asking(kcl.program, ['-cp', classPathOf(kcl.folder), 'KclJudge']),
    },
    {
      name: 'aws-kinesis-agg 1.2.3 (Python)',
      minds: 'nothing',
      ask: asking(pythonOf(python.folder), [join(import.meta.dirname, 'python_judge.py')]),
    },
  ];
}

async function kclRecipe(progress: Progress): Promise<Recipe> {
  const texts = await Promise.all(JAVA_SOURCES.map((name) => readFile(join(import.meta.dirname, name), 'utf8')));
  return {
    name: 'kcl-judge',
    inputs: texts,
    install: async (folder, run) => {
      const { java, maven } = await findToolchain(['java', 'maven']);
      progress('KCL: getting 8 MB from Maven (once, about 10 s) ..');
      for (const name of JAVA_SOURCES) await copyFile(join(import.meta.dirname, name), join(folder, name));
      const libs = `-DoutputDirectory=${join(folder, 'libs')}`;
      await run(maven, ['-q', '-B', 'dependency:copy-dependencies', libs], folder);
      // The compiler, unlike Java itself, reads no `libs/*`.
      const jars = (await readdir(join(folder, 'libs'))).map((name) => join('libs', name)).join(delimiter);
      const options = ['--release', '17', '-nowarn', '-cp', jars];
      await run(java, ['-jar', join('libs', COMPILER), ...options, 'KclJudge.java'], folder);
      return java;
    },
  };
}

const classPathOf = (folder: string): string => [folder, join(folder, 'libs', '*')].join(delimiter);

const pythonRecipe = (progress: Progress): Recipe => ({
  name: 'aws-kinesis-agg',
  inputs: PYTHON_PACKAGES,
  install: async (folder, run) => {
    progress('aws-kinesis-agg: getting it from PyPI (once, about 5 s) ..');
    return await installPythonPackages(folder, PYTHON_PACKAGES, run);
  },
});

/** Lines of tab-separated fields, texts and data in base64, `-` where there is none. */
const NONE = '-';
const encoded = (content: string | undefined): string =>
  content === undefined ? NONE : Buffer.from(content).toString('base64');
const decoded = (field: string): Buffer => Buffer.from(field, 'base64');

function* linesOf(questions: readonly Question[]): Generator<string> {
  for (const question of questions) yield `${lineOf(question)}\n`;
}

const lineOf = ({ stored: { partitionKey, explicitHashKey, data }, shard }: Question): string =>
  [encoded(partitionKey), encoded(explicitHashKey), Buffer.from(data).toString('base64'), shard.first, shard.last].join(
    '\t',
  );

const asking = (program: string, args: readonly string[]): Judge['ask'] =>
  async function* (questions) {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(child, 'close');
    // A judge that has ended reads no more: its exit code says why.
    const asked = pipeline(Readable.from(linesOf(questions)), child.stdin).catch(() => undefined);
    let index = 0;
    let answers: Answer[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      const { number, answer } = readAnswer(line);
      for (; index < number; index += 1) {
        yield answers;
        answers = [];
      }
      answers.push(answer);
    }
    await asked;
    const [exitCode] = await ended;
    if (exitCode !== 0) throw new Error(`${program} ${args.join(' ')} ended with exit code ${exitCode}`);
    for (; index < questions.length; index += 1) {
      yield answers;
      answers = [];
    }
  };

function readAnswer(line: string): { readonly number: number; readonly answer: Answer } {
  const [number, partitionKey = '', explicitHashKey = '', data = '', aggregated] = line.split('\t');
  const answer = {
    partitionKey: decoded(partitionKey).toString(),
    explicitHashKey: explicitHashKey === NONE ? undefined : decoded(explicitHashKey).toString(),
    data: decoded(data),
    aggregated: aggregated === '1',
  };
  return { number: Number(number), answer };
}
