// `npm start`: engines, functions and triggers on this machine, with orders flowing through them.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../shared/time/clock.ts';
import { claim } from './claim.ts';
import { createRecorder, type LiveConsole, type Recorder, startConsole } from './console/console.ts';
import { affectedBy, type OutageOptions, produceThroughOutage } from './pipeline/outage.ts';
import { PROJECT_ROOT } from './pipeline/package-template.ts';
import { describeAddresses, type Session, startSession } from './session.ts';
import { parseStartOptions, type StartOptions, USAGE } from './start-options.ts';
import { createScreen, type Screen } from './terminal/screen.ts';
import { renderTable } from './terminal/table.ts';
import { untilSignal } from './terminal/until-signal.ts';

const LOCAL_FOLDER = join(PROJECT_ROOT, '.local');
const ENDPOINTS_FILE = join(LOCAL_FOLDER, 'endpoints.json');
/** The rate without --records. */
const ORDERS_PER_SECOND = 20;
const TABLE_INTERVAL_MS = 1_000;

/** The time since this process started. */
const sinceStart = (): string => `${(performance.now() / 1_000).toFixed(1)} s`;

/** Runs until the work is done or the signal aborts. Returns whether every check passed. */
async function run(options: StartOptions, screen: Screen, ending: AbortSignal): Promise<boolean> {
  const saySo = () => screen.line('Stopping as soon as the start has finished ..');
  ending.addEventListener('abort', saySo);
  // A run that ends by itself has nobody who looks.
  const recorder = options.exit ? undefined : createRecorder();
  const session = await startSession({
    ...options,
    observer: recorder?.observer,
    authorization: !options.unsigned,
    folder: join(LOCAL_FOLDER, 'run'),
    endpointsFile: ENDPOINTS_FILE,
    progress: screen.line,
  }).finally(() => ending.removeEventListener('abort', saySo));
  try {
    return await work(session, { ...options, recorder, screen }, ending);
  } finally {
    screen.line('Stopping ..');
    await session.stop();
  }
}

interface Work extends StartOptions {
  readonly recorder: Recorder | undefined;
  readonly screen: Screen;
}

async function work(session: Session, options: Work, ending: AbortSignal): Promise<boolean> {
  const { recorder, screen } = options;
  const live = recorder && (await startConsole({ ...options, session, recorder, isSigned: !options.unsigned }));
  try {
    screen.line(
      `${describeAddresses(session, ENDPOINTS_FILE)}\nSeed ${options.seed}; ready after ${sinceStart()}; Ctrl-C stops everything\n`,
    );
    if (live !== undefined) screen.line(`The console: ${live.address}\n`);
    const over = new AbortController();
    const signal = AbortSignal.any([ending, over.signal]);
    // If one fails, the other ends too.
    const [allPassed] = await Promise.all(
      [feed(session, options, screen, signal), showFigures(session, { screen, live }, signal)].map((part) =>
        part.finally(() => over.abort()),
      ),
    );
    return allPassed === true;
  } finally {
    await live?.stop();
  }
}

async function feed(session: Session, options: StartOptions, screen: Screen, ending: AbortSignal): Promise<boolean> {
  if (options.records === undefined) {
    await everySecond(ending, () => session.produce(ORDERS_PER_SECOND, ending));
    return true;
  }
  const startMs = performance.now();
  await (options.outages.length === 0
    ? session.produce(options.records, ending)
    : produceThroughOutage(outageOptions(session, options, screen, ending)));
  if (await session.drained(ending)) {
    const seconds = (performance.now() - startMs) / 1_000;
    screen.line(`${options.records} records produced and consumed in ${seconds.toFixed(1)} s`);
  }
  if (!options.exit) {
    await everySecond(ending, () => Promise.resolve());
    return true;
  }
  if (ending.aborted) return false;
  const checks = await session.check();
  for (const { name, passed, detail } of checks) screen.line(`${passed ? 'ok    ' : 'FAILED'} ${name} (${detail})`);
  return checks.every(({ passed }) => passed);
}

function outageOptions(session: Session, options: StartOptions, screen: Screen, signal: AbortSignal): OutageOptions {
  return {
    recordCount: options.records ?? 0,
    affected: options.outages.map((name) => affectedBy(session.targets[name], session.pipeline.sinks)),
    produce: (count) => session.produce(count, signal),
    say: screen.line,
    clock: systemClock,
    signal,
  };
}

interface Displays {
  readonly screen: Screen;
  readonly live: LiveConsole | undefined;
}

async function showFigures(session: Session, { screen, live }: Displays, signal: AbortSignal): Promise<void> {
  await everySecond(signal, async () => {
    const status = await session.status();
    screen.show(renderTable(status));
    live?.sampled(status);
  });
}

async function everySecond(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await work();
    await unlessAborted(pause(TABLE_INTERVAL_MS, undefined, { signal }));
  }
}

/** Ignores the error that an abort raises. */
const unlessAborted = (work: Promise<unknown>): Promise<unknown> =>
  work.catch((error: unknown) => {
    if ((error as Error).name !== 'AbortError') throw error;
  });

async function main(): Promise<number> {
  const options = parseStartOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const release = await claim(join(LOCAL_FOLDER, 'run.pid'));
  try {
    return (await run(options, createScreen(process.stdout), untilSignal())) ? 0 : 1;
  } finally {
    await release();
  }
}

main().then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  },
);
