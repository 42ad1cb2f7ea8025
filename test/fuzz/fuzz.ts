// `npm run fuzz`: gives the product hostile input from a seed for some minutes. Exits with 1 if a check failed.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inputOf, runInput, TARGETS } from './run-case.ts';
import type { FuzzTarget } from './target.ts';

const USAGE = `npm run fuzz -- [options]

  --minutes N    run for N minutes (default 1)
  --seed S       seed of the first case (default: random, printed); case n has seed S + n
  --only NAME    one target: ${TARGETS.map(({ name }) => name).join(', ')} (default: all in turns)
  --case S       only the case with seed S
  --input FILE   only the input in this JSON file, with --only

The input of a failed case is written to .local/fuzz/. Move the file to test/fixtures/fuzz-corpus/NAME/ when you mend the
fault: the unit tests check that corpus.

Exit codes: 0 no case failed, 1 a case failed, 2 the command could not work.
`;

const FAILURES_MAX = 20;
const PROGRESS_EVERY_MS = 10_000;
const FAILURES_FOLDER = join('.local', 'fuzz');

const write = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '1' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      only: { type: 'string' },
      case: { type: 'string' },
      input: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    write(USAGE);
    return true;
  }
  const targets = targetsOf(values.only);
  const [target] = targets;
  if (values.input !== undefined && target !== undefined) {
    const failure = await failureOf(target, JSON.parse(readFileSync(values.input, 'utf8')));
    write(failure ?? 'passed');
    return failure === undefined;
  }
  if (values.case !== undefined) return (await runRound(targets, numberOf('--case', values.case))) === 0;
  return await fuzz(targets, numberOf('--seed', values.seed), numberOf('--minutes', values.minutes) * 60_000);
}

function targetsOf(only: string | undefined): readonly FuzzTarget[] {
  const targets = only === undefined ? TARGETS : TARGETS.filter(({ name }) => name === only);
  if (targets.length === 0) throw new Error(`--only ${only} is no target: see npm run fuzz -- --help`);
  return targets;
}

async function fuzz(targets: readonly FuzzTarget[], firstSeed: number, durationMs: number): Promise<boolean> {
  write(`seed ${firstSeed}`);
  const startedAtMs = performance.now();
  let reportedAtMs = startedAtMs;
  let roundCount = 0;
  let failureCount = 0;
  while (performance.now() - startedAtMs < durationMs && failureCount < FAILURES_MAX) {
    failureCount += await runRound(targets, firstSeed + roundCount);
    roundCount += 1;
    if (performance.now() - reportedAtMs < PROGRESS_EVERY_MS) continue;
    reportedAtMs = performance.now();
    const seconds = Math.round((reportedAtMs - startedAtMs) / 1_000);
    write(`${seconds} s: ${roundCount} cases of each target, ${failureCount} failed`);
  }
  write(`${roundCount} cases of each of ${targets.length} targets, ${failureCount} failed (seed ${firstSeed})`);
  return failureCount === 0;
}

/** One case of each target. @returns how many failed */
async function runRound(targets: readonly FuzzTarget[], seed: number): Promise<number> {
  let failureCount = 0;
  for (const target of targets) {
    const input = inputOf(target, seed);
    const failure = await failureOf(target, input);
    if (failure === undefined) continue;
    failureCount += 1;
    mkdirSync(FAILURES_FOLDER, { recursive: true });
    const file = join(FAILURES_FOLDER, `${target.name}-${seed}.json`);
    writeFileSync(file, `${JSON.stringify(input, null, 1)}\n`);
    write(`FAILED: npm run fuzz -- --only ${target.name} --input ${file}\n${failure}`);
  }
  return failureCount;
}

const STACK_LINES = 8;

async function failureOf(target: FuzzTarget, input: unknown): Promise<string | undefined> {
  const error = await runInput(target, input);
  if (error === undefined) return undefined;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return text.split('\n').slice(0, STACK_LINES).join('\n');
}

function numberOf(option: string, text: string): number {
  const number = Number(text);
  if (text === '' || !Number.isFinite(number) || number < 0) throw new Error(`${option} ${text} is not a number`);
  return number;
}

main().then(
  (passed) => {
    process.exitCode = passed ? 0 : 1;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 2;
  },
);
