// `npm run bench`: measures the functions beside peers in alternating rounds, and appends the table to bench/RESULTS.md.
import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Job, Row } from './harness/job.ts';
import { tableOf } from './harness/report.ts';
import { startSurroundings } from './harness/surroundings.ts';
import { documentdbCpu } from './jobs/documentdb-cpu.ts';
import { kinesisCpu } from './jobs/kinesis-cpu.ts';

const JOBS: readonly Job[] = [kinesisCpu, documentdbCpu];

const USAGE = `npm run bench -- [NAME ..]

Without a name all jobs run:
${JOBS.map(({ name, says }) => `  ${name.padEnd(18)} ${says}`).join('\n')}

  --record    append the table to bench/RESULTS.md

Exit codes: 0 measured, 1 the command could not work.
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
  const rows: Row[] = [];
  try {
    for (const job of JOBS.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
      write(`${job.name}: ${job.says}`);
      rows.push(...(await job.run(surroundings, write)));
    }
  } finally {
    surroundings.stop();
  }
  write(`\n${tableOf(rows)}`);
  if (values.record) appendFileSync(join(import.meta.dirname, 'RESULTS.md'), `\n## ${titleOf()}\n\n${tableOf(rows)}\n`);
}

function titleOf(): string {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const load = (loadavg()[0] ?? 0).toFixed(1);
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, ${commit}, Node ${process.version}, ${availableParallelism()} cores, load ${load}`;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
