// `npm run bench`: measures the functions beside peers in alternating rounds, and appends the table to bench/RESULTS.md.
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Job, Row } from './harness/job.ts';
import { tableOf } from './harness/report.ts';
import { type Surroundings, startSurroundings } from './harness/surroundings.ts';
import { coldStart } from './jobs/cold-start.ts';
import { connector } from './jobs/connector.ts';
import { documentdbCpu } from './jobs/documentdb-cpu.ts';
import { batch, keys, PLOTS } from './jobs/growth.ts';
import { kinesisCpu } from './jobs/kinesis-cpu.ts';
import { kinesisDelay } from './jobs/kinesis-delay.ts';
import { memory } from './jobs/memory.ts';
import { uniqueIndex } from './jobs/unique-index.ts';

const JOBS: readonly Job[] = [
  kinesisCpu,
  documentdbCpu,
  connector,
  kinesisDelay,
  memory,
  keys,
  batch,
  uniqueIndex,
  coldStart,
];

const USAGE = `npm run bench -- [NAME ..]

Without a name all jobs run:
${JOBS.map(({ name, says }) => `  ${name.padEnd(18)} ${says}`).join('\n')}

  --record    append the table to bench/RESULTS.md, and put the plots of growth into bench/plots/

Exit codes: 0 measured, 1 a job could not work; the others still ran.
`;

const write = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { record: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  if (values.help) return write(USAGE);
  const unknown = positionals.find((name) => !JOBS.some((job) => job.name === name));
  if (unknown !== undefined) throw new Error(`${unknown} is no job: see npm run bench -- --help`);
  const surroundings = await startSurroundings(write);
  rmSync(PLOTS, { recursive: true, force: true });
  const rows: Row[] = [];
  try {
    for (const job of JOBS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
      write(`${job.name}: ${job.says}`);
      rows.push(...(await rowsOf(job, surroundings)));
    }
  } finally {
    surroundings.stop();
  }
  write(`\n${tableOf(rows)}`);
  if (!values.record) return;
  if (existsSync(PLOTS)) cpSync(PLOTS, join(import.meta.dirname, 'plots'), { recursive: true });
  appendFileSync(join(import.meta.dirname, 'RESULTS.md'), `\n## ${titleOf()}\n\n${tableOf(rows)}\n`);
}

/** A job that could not work does not cost the rows of the others. */
async function rowsOf(job: Job, surroundings: Surroundings): Promise<readonly Row[]> {
  try {
    return await job.run(surroundings, write);
  } catch (error) {
    report(error);
    return [];
  }
}

function report(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

function titleOf(): string {
  const commit = execFileSync('git', ['rev-parse', '--short=7', 'HEAD'], { encoding: 'utf8' }).trim();
  const load = (loadavg()[0] ?? 0).toFixed(1);
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, ${commit}, Node ${process.version}, ${availableParallelism()} cores, load ${load}`;
}

main().catch(report);
