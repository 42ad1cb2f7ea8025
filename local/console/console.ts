import { setTimeout as pause } from 'node:timers/promises';
import type { FunctionName } from '../engines/endpoints.ts';
import type { PartialFailureRetry } from '../msk-trigger/machine/settings.ts';
import type { PipelineObserver } from '../pipeline/pipeline.ts';
import type { Session } from '../session.ts';
import type { Status } from '../terminal/table.ts';
import { createDeadLetterDesk } from './acts/dead-letter-desk.ts';
import { createSteering } from './acts/steering.ts';
import { buildPage } from './page-files.ts';
import { createRoutes } from './routes.ts';
import { type ConsoleServer, startServer } from './server.ts';
import {
  type ConsoleEvent,
  type ConsoleState,
  NEW_CONSOLE,
  next,
  type Surroundings,
  viewOf,
} from './state/console-state.ts';
import { invocationViews } from './state/invocations.ts';
import type { Checked } from './state/verdict.ts';

/** Hears what a session does, from before its start. */
export interface Recorder {
  readonly observer: PipelineObserver;
  state(): ConsoleState;
  take(event: ConsoleEvent): void;
}

export function createRecorder(): Recorder {
  let state = NEW_CONSOLE;
  const take = (event: ConsoleEvent) => {
    state = next(state, event);
  };
  return {
    observer: {
      triggered: (sink, event) => take({ kind: 'triggered', sink: sink as FunctionName, event }),
      logged: (_sink, line, pid) => take({ kind: 'logged', line, pid }),
    },
    state: () => state,
    take,
  };
}

export interface ConsoleOptions {
  readonly session: Session;
  readonly recorder: Recorder;
  readonly partialFailureRetry: PartialFailureRetry;
  readonly isSigned: boolean;
}

/** The page for a running session. */
export interface LiveConsole {
  readonly address: string;
  /** Call it once a second. */
  sampled(status: Status): void;
  stop(): Promise<void>;
}

/** Pages get a view this often at most. */
const SEND_EVERY_MS = 500;
/** A check waits so many times its own duration for the next one, and at least as long as this. */
const CHECK_PAUSE_FACTOR = 5;
const CHECK_PAUSE_MS_MIN = 1_500;

export async function startConsole(options: ConsoleOptions): Promise<LiveConsole> {
  const { session, recorder } = options;
  const steering = createSteering(options);
  const surroundings = (): Surroundings => ({
    topic: session.stage.topic,
    namespace: `${session.stage.database}.${session.stage.collection}`,
    stream: session.engines.resources.stream,
    controls: steering.controls(),
  });
  const routes = createRoutes({
    ...{ session, steering },
    desk: createDeadLetterDesk(session),
    invocations: () => invocationViews(recorder.state().invocations),
    note: (text) => recorder.take({ kind: 'noted', atMs: Date.now(), text }),
  });
  const page = buildPage();
  page.catch(() => undefined); // each request reports it
  const view = () => ({ event: 'view', data: viewOf(recorder.state(), surroundings()) });
  const server = await startServer({
    answer: async (request) => {
      const file = request.method === 'GET' ? (await page).get(request.path) : undefined;
      return file === undefined ? await routes(request) : { status: 200, ...file };
    },
    greeting: () => [{ event: 'history', data: recorder.state().samples }, view()],
  });
  const stopping = new AbortController();
  const working = [
    repeat(stopping.signal, () => {
      if (server.listenerCount() > 0) server.send(view());
      return Promise.resolve(SEND_EVERY_MS);
    }),
    repeat(stopping.signal, async () => await check(session, recorder)),
  ];
  return {
    address: server.address,
    sampled: (status) => {
      const counts = session.pipeline.sinks.map(({ name, process }) => [name, process.pids().length]);
      recorder.take({ kind: 'sampled', atMs: Date.now(), status, processCounts: Object.fromEntries(counts) });
    },
    stop: async () => await stop(stopping, working, server),
  };
}

async function stop(stopping: AbortController, working: readonly Promise<void>[], server: ConsoleServer) {
  stopping.abort();
  await Promise.all(working);
  await server.stop();
}

/** Checks what is settled. Resolves to the pause until the next check: checks take a small share of the time. */
async function check(session: Session, recorder: Recorder): Promise<number> {
  const startMs = performance.now();
  const isAway = session.targets.documentdb.isAway();
  try {
    const checks = await session.checkSettled();
    const isRead = checks.some(({ name }) => name.startsWith('DocumentDB'));
    const unread = isRead ? [] : [unreadRow(session, isAway || session.targets.documentdb.isAway())];
    recorder.take({ kind: 'checked', checked: { atMs: Date.now(), checks, unread } });
  } catch (error) {
    // An engine that was stopped during the check; the next check says more.
    const detail = error instanceof Error ? error.name : 'unknown';
    const isExpected = isAway || session.targets.documentdb.isAway();
    if (!isExpected) recorder.take({ kind: 'noted', atMs: Date.now(), text: `A check could not be made (${detail})` });
  }
  return Math.max(CHECK_PAUSE_MS_MIN, CHECK_PAUSE_FACTOR * (performance.now() - startMs));
}

const unreadRow = ({ stage }: Session, isAway: boolean): Checked['unread'][number] => ({
  name:
    stage.connector === undefined
      ? 'DocumentDB: every document is the newest version of its key'
      : 'DocumentDB: every document is as the connector file makes it',
  detail: isAway
    ? 'DocumentDB is stopped: its documents are checked when it runs again'
    : 'The connector file writes with an operator whose effect is not known here: $set, $setOnInsert and $unset are',
});

/** Works until the signal aborts, with the pause that each turn asks for. */
async function repeat(signal: AbortSignal, work: () => Promise<number>): Promise<void> {
  while (!signal.aborted) {
    const pauseMs = await work();
    await pause(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}
