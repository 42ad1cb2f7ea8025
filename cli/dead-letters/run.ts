import { join } from 'node:path';
import { SINKS } from '../../infra/sinks.ts';
import { projectSurroundings } from '../../infra/stage-file/project-files.ts';
import { runningEngines } from '../../local/engines/running.ts';
import { PROJECT_ROOT } from '../../local/pipeline/package-template.ts';
import { INVOCATION_BYTES_MAX } from '../../shared/limits.ts';
import { type Clock, systemClock } from '../../shared/time/clock.ts';
import { createProgress, type Output } from '../terminal/progress.ts';
import { type Bucket, openBucket } from './bucket/bucket.ts';
import { bucketClient } from './bucket/client.ts';
import { type Entry, openRecordsOf } from './bucket/entry.ts';
import { createRecordReader } from './bucket/record-reader.ts';
import { type Scan, scan } from './bucket/scan.ts';
import { DONE, LEFT, type Options } from './options.ts';
import { listJson, listLines } from './print/list.ts';
import { planLines, progressText, tallyLines } from './print/redrive.ts';
import { showLines } from './print/show.ts';
import { type Invoke, lambdaInvoke } from './redrive/invoke.ts';
import { createMarks } from './redrive/marks.ts';
import { planOf } from './redrive/plan.ts';
import { redrive } from './redrive/redrive.ts';
import { type DeadLetterStage, deadLetterStage } from './stage.ts';

/** What a command works with. */
export interface Parts {
  readonly stage: DeadLetterStage;
  readonly bucket: Bucket;
  readonly invoke: Invoke;
  readonly clock: Clock;
  readonly isStopped: () => boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Runs a command against AWS. @returns its exit code; rejects with an Error that says what to do. */
export async function runDeadLetters(options: Options, output: Output): Promise<number> {
  const stage = deadLetterStage(options.stage, projectSurroundings);
  const engines = () => runningEngines(join(PROJECT_ROOT, '.local'));
  const asked = { command: options.command, stage: stage.stage, region: stage.region };
  const client = await bucketClient({ ...asked, environment: process.env, runningEngines: engines });
  return await runCommand(options, output, {
    stage,
    bucket: openBucket(stage, client),
    invoke: lambdaInvoke(stage),
    clock: systemClock,
    isStopped: options.command === 'redrive' ? stopOnSignal(output) : () => false,
    environment: process.env,
  });
}

/** The first signal lets the current batch end, so that what it settles is marked; the second one ends the process. */
function stopOnSignal(output: Output): () => boolean {
  let isStopped = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      isStopped = true;
      output.write('\nStopping after the current batch. The same command goes on from there.\n');
    });
  }
  return () => isStopped;
}

/** The same with parts of a caller's own. */
export async function runCommand(options: Options, output: Output, parts: Parts): Promise<number> {
  const { bucket, stage } = parts;
  const { functionNames } = stage;
  const print = (lines: readonly string[]) => {
    if (lines.length > 0) output.write(`${lines.join('\n')}\n`);
  };
  const all = options.command !== 'redrive' && options.all;
  const found = await scan(bucket, { functionNames, filter: options.filter, all });
  switch (options.command) {
    case 'list':
      print(options.json ? [listJson(stage.bucket, found)] : listLines(stage.bucket, found));
      return DONE;
    case 'show':
      for (const entry of found.entries) print([...(await shown(entry, options.payload, parts)), '']);
      if (found.entries.length === 0) print(listLines(stage.bucket, found));
      return DONE;
    case 'redrive':
      return await redriveAll(options, found, { ...parts, output, print });
  }
}

async function shown(entry: Entry, payload: boolean, { bucket, stage }: Parts): Promise<readonly string[]> {
  if (!payload) return showLines(entry, []);
  const readRecord = createRecordReader(bucket, stage.functionNames);
  const records = await Promise.all(entry.records.map((head) => readRecord(entry.key, head)));
  return showLines(
    entry,
    records.filter((record) => record !== undefined),
  );
}

interface Printing extends Parts {
  readonly output: Output;
  readonly print: (lines: readonly string[]) => void;
}

/** The envelope of an event, and some room. */
const ENVELOPE_BYTES = 1_024;
const BATCH_RECORDS_MAX = 500;

async function redriveAll(
  { dryRun, ratePerSecond }: Options & { readonly command: 'redrive' },
  { entries, unreadable }: Scan,
  parts: Printing,
): Promise<number> {
  const { print, output, clock, bucket, stage, environment } = parts;
  const limits = {
    recordsMax: Math.min(BATCH_RECORDS_MAX, ratePerSecond),
    bytesMax: INVOCATION_BYTES_MAX - ENVELOPE_BYTES,
  };
  const mark = createMarks(entries, bucket, clock.wallTimeMs);
  const readRecord = createRecordReader(bucket, stage.functionNames);
  let leftCount = 0;
  for (const sink of SINKS) {
    const plan = planOf(
      entries.filter((entry) => entry.sink === sink),
      limits,
    );
    if (plan.batches.length === 0 && plan.tooLarge.length === 0) continue;
    print(planLines(sink, plan));
    if (dryRun) continue;
    const line = createProgress(output, clock.nowMs, environment);
    const progress = (tally: Parameters<typeof progressText>[0]) => line.show(progressText(tally));
    const tally = await redrive(sink, plan, { ...parts, readRecord, mark, ratePerSecond, progress }).finally(line.end);
    print(tallyLines(tally));
    leftCount += tally.left.length;
  }
  const foreign = entries.filter((entry) => entry.sink === undefined);
  print(foreign.map(({ key }) => `not sent: ${key} is of no function of stage ${stage.stage}`));
  print(unreadable.map(({ key, problem }) => `not sent: ${key} ${problem}`));
  if (entries.every((entry) => openRecordsOf(entry).length === 0)) print([`${stage.bucket}: nothing to redrive`]);
  return leftCount + (dryRun ? 0 : foreign.length + unreadable.length) === 0 ? DONE : LEFT;
}
