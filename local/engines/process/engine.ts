import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { logTail } from './log-tail.ts';
import { describeEnd, type ManagedProcess, type ProcessOptions, startProcess } from './managed-process.ts';

const POLL_EVERY_MS = 25;

export interface EngineOptions extends Omit<ProcessOptions, 'logFile'> {
  /** The display name: `Apache Kafka`. */
  readonly name: string;
  readonly logFile: string;
  /** True once the engine serves; polled. `logOffset` is the start of this process's part of the log. */
  readonly isReady: (logOffset: number) => Promise<boolean>;
  readonly readyTimeoutMs: number;
  readonly killAfterMs: number;
  /** Called when the engine ends without a call of `stop` or `kill`. */
  readonly onDeath?: (error: Error) => void;
}

/** An engine: a process that can be stopped, killed and restarted with the same data and ports. */
export interface Engine {
  readonly name: string;
  readonly logFile: string;
  readonly pid: () => number | undefined;
  /** SIGTERM, then SIGKILL after a timeout. Does nothing to a stopped engine. */
  stop(): Promise<void>;
  /** SIGKILL, like a crash; resolves when the process is gone. */
  kill(): Promise<void>;
  /** After `stop` or `kill`; resolves when the engine serves again. */
  restart(): Promise<void>;
}

/**
 * Starts an engine and waits until it serves.
 * @throws Error naming the engine, its log file and the log's last lines.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  await mkdir(dirname(options.logFile), { recursive: true });
  let current = await launch(options);
  return {
    name: options.name,
    logFile: options.logFile,
    pid: () => (current.process.hasEnded() ? undefined : current.process.pid),
    stop: async () => {
      current.expectEnd();
      await current.process.stop(options.killAfterMs);
    },
    kill: async () => {
      current.expectEnd();
      current.process.signal('SIGKILL');
      await current.process.ended;
    },
    restart: async () => {
      if (!current.process.hasEnded()) throw new Error(`${options.name} is still running: stop it before a restart.`);
      current = await launch(options);
    },
  };
}

interface Launched {
  readonly process: ManagedProcess;
  expectEnd(): void;
}

async function launch(options: EngineOptions): Promise<Launched> {
  const logOffset = await stat(options.logFile).then(
    ({ size }) => size,
    () => 0,
  );
  const started = startProcess(options);
  try {
    await untilReady(options, started, logOffset);
  } catch (error) {
    started.signal('SIGKILL');
    await started.ended;
    throw error;
  }
  let expected = false;
  void started.ended.then(async (end) => {
    if (!expected) options.onDeath?.(await failure(options, `ended by itself (${describeEnd(end)})`));
  });
  const expectEnd = () => {
    expected = true;
  };
  return { process: started, expectEnd };
}

async function untilReady(options: EngineOptions, started: ManagedProcess, logOffset: number): Promise<void> {
  const giveUpAt = performance.now() + options.readyTimeoutMs;
  while (!(await options.isReady(logOffset))) {
    if (started.hasEnded()) {
      throw await failure(options, `ended before it was ready (${describeEnd(await started.ended)})`);
    }
    if (performance.now() > giveUpAt) {
      throw await failure(options, `was not ready after ${options.readyTimeoutMs / 1000} s`);
    }
    await pause(POLL_EVERY_MS);
  }
}

async function failure(options: EngineOptions, what: string): Promise<Error> {
  const tail = await logTail(options.logFile);
  return new Error(
    `${options.name} ${what}. Its log, ${options.logFile}, ends with:\n${tail === '' ? '  | (nothing)' : tail}`,
  );
}
