import { randomUUID } from 'node:crypto';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  type ExecutionEnvironment,
  type ExecutionEnvironmentOptions,
  startExecutionEnvironment,
} from './execution-environment.ts';
import type { Invocation, Invoke } from './invocation.ts';
import { PAYLOAD_BYTES_MAX } from './payload-limits.ts';

export interface FunctionOptions {
  readonly name: string;
  /** The absolute path of the function's code, in which its process runs. */
  readonly codeFolder: string;
  /** The file in that folder without its extension, and the export: `dist/kinesis-sink/index.handler`. */
  readonly handler: string;
  /** `nodejs22.x`: decides what a handler may be. Every function runs on this process's Node. Default: `nodejs24.x`. */
  readonly runtime?: string;
  /** The function's variables with its role's credentials. Nothing of this machine's environment is added. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Sizes the heap as on Lambda. Memory beside the heap is not bounded: see `memoryPeakMb`. */
  readonly memoryMb: number;
  /** The log file: the output of the function's processes, and START, END, REPORT. */
  readonly logFile: string;
  /** The maximum number of processes; further invocations wait. Default: 10. */
  readonly environmentsMax?: number;
  readonly account?: string;
  /** Called with each line of standard output, which contains the metrics. */
  readonly onLogLine?: (line: string, pid: number) => void;
}

/** A function with one process for each concurrent invocation. */
export interface FunctionProcess {
  readonly invoke: Invoke;
  /** The id of the oldest running process; undefined if none runs. */
  readonly pid: () => number | undefined;
  readonly pids: () => readonly number[];
  /** The highest memory use of all processes so far. */
  readonly memoryPeakMb: () => number;
  /** Ends the processes and refuses later invocations; open invocations fail. */
  stop(): Promise<void>;
  /** Kills all processes: open invocations fail, and the next one gets a new process. */
  kill(): Promise<void>;
}

const ENVIRONMENTS_MAX = 10;

interface Pool {
  readonly start: () => Promise<ExecutionEnvironment>;
  readonly environmentsMax: number;
  readonly all: Set<ExecutionEnvironment>;
  readonly idle: ExecutionEnvironment[];
  readonly waiting: ((environment: ExecutionEnvironment | undefined) => void)[];
  /** Includes processes that are starting, so that concurrent starts respect the limit. */
  places: number;
  stopped: boolean;
  memoryPeakMb: number;
}

export async function startFunction(options: FunctionOptions): Promise<FunctionProcess> {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = createWriteStream(options.logFile, { flags: 'a', mode: 0o600 });
  // A full disk must not affect the function.
  log.on('error', (error) => process.emitWarning(`${options.logFile} lacks lines: ${error.message}`));
  const write = (line: string) => {
    if (log.writable) log.write(`${line}\n`);
  };
  const pool: Pool = {
    start: async () => await startExecutionEnvironment(environmentOptions(options, write)),
    environmentsMax: options.environmentsMax ?? ENVIRONMENTS_MAX,
    all: new Set(),
    idle: [],
    waiting: [],
    places: 0,
    stopped: false,
    memoryPeakMb: 0,
  };
  pool.idle.push(await grow(pool));
  return {
    invoke: async (eventJson) => await invoke(pool, eventJson),
    pid: () => pidsOf(pool)[0],
    pids: () => pidsOf(pool),
    memoryPeakMb: () => Math.max(pool.memoryPeakMb, ...[...pool.all].map((environment) => environment.memoryPeakMb())),
    kill: async () => await killAll(pool),
    stop: async () => {
      pool.stopped = true;
      for (const give of pool.waiting.splice(0)) give(undefined);
      await killAll(pool);
      await new Promise<void>((resolve) => log.end(resolve));
    },
  };
}

async function invoke(pool: Pool, eventJson: string): Promise<Invocation> {
  const bytes = Buffer.byteLength(eventJson);
  if (bytes > PAYLOAD_BYTES_MAX) {
    return refused(
      'RequestEntityTooLargeException',
      `The event has ${bytes} bytes, at most ${PAYLOAD_BYTES_MAX} are allowed.`,
    );
  }
  const environment = await acquire(pool).catch(() => undefined);
  if (environment === undefined)
    return refused('Function.Stopped', 'The function was stopped, or its process did not start.');
  try {
    return await environment.invoke(eventJson);
  } finally {
    // As in Lambda, an invocation ends when the runtime asks for the next event, so the next invocation can use this process.
    release(pool, environment, await environment.settled());
  }
}

function refused(errorType: string, errorMessage: string): Invocation {
  return { kind: 'failed', errorType, errorMessage, durationMs: 0 };
}

async function acquire(pool: Pool): Promise<ExecutionEnvironment | undefined> {
  if (pool.stopped) return undefined;
  for (let idle = pool.idle.pop(); idle !== undefined; idle = pool.idle.pop()) {
    if (!idle.hasEnded()) return idle;
    forget(pool, idle);
  }
  if (pool.places < pool.environmentsMax) return await grow(pool);
  return await new Promise((resolve) => pool.waiting.push(resolve));
}

async function grow(pool: Pool): Promise<ExecutionEnvironment> {
  pool.places += 1;
  const environment = await pool.start().catch((error: unknown) => {
    pool.places -= 1;
    throw error;
  });
  pool.all.add(environment);
  if (pool.stopped) await environment.kill();
  return environment;
}

/** Passes a process to the next waiting invocation; a process that is gone is replaced by a new one. */
function release(pool: Pool, environment: ExecutionEnvironment, usable: boolean): void {
  if (!usable) forget(pool, environment);
  const give = pool.waiting.shift();
  if (give === undefined && usable) pool.idle.push(environment);
  else if (usable) give?.(environment);
  else if (give !== undefined) grow(pool).then(give, () => give(undefined));
}

function forget(pool: Pool, environment: ExecutionEnvironment): void {
  pool.memoryPeakMb = Math.max(pool.memoryPeakMb, environment.memoryPeakMb());
  if (pool.all.delete(environment)) pool.places -= 1;
}

function pidsOf(pool: Pool): readonly number[] {
  return [...pool.all].flatMap(({ pid, hasEnded }) => (pid === undefined || hasEnded() ? [] : [pid]));
}

async function killAll(pool: Pool): Promise<void> {
  await Promise.all([...pool.all].map((environment) => environment.kill()));
}

function environmentOptions(options: FunctionOptions, write: (line: string) => void): ExecutionEnvironmentOptions {
  const { name, codeFolder, environment, timeoutMs, memoryMb, onLogLine } = options;
  const region = environment['AWS_REGION'] ?? 'eu-west-1';
  return {
    functionArn: `arn:aws:lambda:${region}:${options.account ?? '111111111111'}:function:${name}`,
    cwd: codeFolder,
    environment: {
      ...environment,
      ...FIXED_VARIABLES,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${randomUUID()}`,
      LAMBDA_TASK_ROOT: codeFolder,
      _HANDLER: options.handler,
      AWS_EXECUTION_ENV: `AWS_Lambda_${options.runtime ?? 'nodejs24.x'}`,
    },
    timeoutMs,
    onStdout: (line, pid) => {
      write(line);
      onLogLine?.(line, pid);
    },
    onOther: write,
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, "Defined runtime environment variables". */
const FIXED_VARIABLES = {
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  // Lambda's user has no home directory: the SDK must not read the files of the local user.
  HOME: '/home/sbx_user1051',
  LANG: 'en_US.UTF-8',
  PATH: '/usr/local/bin:/usr/bin:/bin',
  TZ: ':UTC',
};
