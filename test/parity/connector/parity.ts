// `npm run parity`: the MongoDB sink connector itself says whether our function writes its documents.
import { parse, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { INSTALL_ROOT } from '../../../local/engines/engines.ts';
import { type ParityCase, readCase, readFolder } from './case.ts';
import { startJudge } from './judge/start-judge.ts';
import { mutated } from './mutate.ts';
import { randomCase } from './random-case.ts';
import { runCases } from './run.ts';
import { startServer } from './server.ts';
import { SPLITS, type Split } from './splits.ts';
import { startWatch } from './watch.ts';
import { startWorker } from './worker/start-worker.ts';

/** For a worker, a handful. */
const WORKER_CASES: readonly string[] = [
  'convert-StringConverter',
  'convert-JsonConverter-schemas',
  'transform-ReplaceFieldValue',
  'write-deletes-DeleteOneDefaultStrategy',
  'cdc-debezium-rdbms.postgres.PostgresHandler',
  'errors-none-poison-stops',
];

const USAGE = `npm run parity -- [options]

  --connector FILE --records FILE   one connector file and its records (JSON Lines)
  --folder FOLDER                   all pairs NAME.properties and NAME.jsonl of a folder (default: those of this project)
  --random N                        also N random configurations and records (with the default folders: 30; without, no folder)
  --fuzz N                          in place of each case N of it with changed values: what is on purpose for one of them may be printed as a difference
  --seed S                          the seed of the first of them (default 1)
  --split one,seven,replay          how our function gets the records: in one event, in events of seven, or in events of seven and
                                    then all of them again (default: one)
  --worker                          the connector runs in a real worker of Kafka Connect, which reads from a real Kafka
                                    (without other cases: ${WORKER_CASES.length} of this project's)

Exit codes: 0 all cases agree, 1 a case differs, 2 the command could not work.
`;

const FOLDERS = ['cases', '../../fixtures/connector-documents'].map((path) => resolve(import.meta.dirname, path));
const RANDOM_COUNT = 30;
/** Of each side of a case. */
const SIDE_TIMEOUT_MS = 90_000;
/** npm starts its scripts in the project's folder, and says where the user is. */
const userFolder = process.env['INIT_CWD'] ?? process.cwd();
const write = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      connector: { type: 'string' },
      records: { type: 'string' },
      folder: { type: 'string' },
      random: { type: 'string' },
      fuzz: { type: 'string', default: '0' },
      seed: { type: 'string', default: '1' },
      split: { type: 'string', default: 'one' },
      worker: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    write(USAGE);
    return true;
  }
  const splits = splitsIn(values.split);
  const cases = fuzzed(await casesOf(values), wholeNumber('--fuzz', values.fuzz), wholeNumber('--seed', values.seed));
  const begunMs = Date.now();
  const failed = await judged(cases, splits, values.worker);
  const seconds = ((Date.now() - begunMs) / 1_000).toFixed(1);
  const recordCount = cases.reduce((sum, { records }) => sum + records.length, 0);
  write(
    `${cases.length - failed.length} of ${cases.length} cases agree: ${recordCount} records, ${splits.join(', ')}, ${seconds} s`,
  );
  return failed.length === 0;
}

async function judged(
  cases: readonly ParityCase[],
  splits: readonly Split[],
  worker: boolean,
): Promise<readonly string[]> {
  await using parts = new AsyncDisposableStack();
  const server = parts.adopt(await startServer(write), (each) => each.stop());
  const judge = parts.adopt(
    await (worker ? startWorker : startJudge)({ installRoot: INSTALL_ROOT, progress: write, caFile: server.caFile }),
    (each) => each.stop(),
  );
  const watch = parts.adopt(startWatch(SIDE_TIMEOUT_MS), (each) => each.stop());
  return await runCases(cases, { judge, server, splits, watch, write });
}

interface Choice {
  readonly connector?: string | undefined;
  readonly records?: string | undefined;
  readonly folder?: string | undefined;
  readonly random?: string | undefined;
  readonly seed: string;
  readonly worker: boolean;
}

async function casesOf({ connector, records, folder, random, seed, worker }: Choice): Promise<readonly ParityCase[]> {
  if ((connector === undefined) !== (records === undefined))
    throw new Error('--connector and --records belong together');
  if (connector !== undefined && records !== undefined) {
    return [await readCase(resolve(userFolder, connector), resolve(userFolder, records))];
  }
  if (worker && folder === undefined && random === undefined) {
    const all = (await Promise.all(FOLDERS.map(readFolder))).flat();
    return all.filter(({ name }) => WORKER_CASES.includes(parse(name).name));
  }
  const folders = folder === undefined ? (random === undefined ? FOLDERS : []) : [resolve(userFolder, folder)];
  const written = (await Promise.all(folders.map(readFolder))).flat();
  const count = wholeNumber('--random', random ?? (folder === undefined ? String(RANDOM_COUNT) : '0'));
  const first = wholeNumber('--seed', seed);
  return [...written, ...Array.from({ length: count }, (_, index) => randomCase(first + index))];
}

const fuzzed = (cases: readonly ParityCase[], count: number, seed: number): readonly ParityCase[] =>
  count === 0
    ? cases
    : cases.flatMap((each) => Array.from({ length: count }, (_, index) => mutated(each, seed + index)));

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${option} takes a whole number, got ${JSON.stringify(text)}`);
  return Number(text);
}

function splitsIn(text: string): readonly Split[] {
  return text.split(',').map((word) => {
    const split = SPLITS.find((each) => each === word.trim());
    if (split === undefined) throw new Error(`--split takes ${SPLITS.join(', ')}; got ${JSON.stringify(word)}`);
    return split;
  });
}

process.exitCode = await main().then(
  (isGood) => (isGood ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n(npm run parity -- --help)\n`);
    return 2;
  },
);
