import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { describeEnd, type ManagedProcess, type ProcessEnd, startProcess } from '../engines/process/managed-process.ts';
import type { Invocation } from './invocation.ts';
import { nodeArguments } from './node-arguments.ts';
import { type RuntimeAnswer, type RuntimeApi, startRuntimeApi } from './runtime-api.ts';
import { runtimeClient } from './runtime-client-file.ts';

export interface ExecutionEnvironmentOptions {
  readonly functionArn: string;
  readonly cwd: string;
  /** The process's environment variables, except AWS_LAMBDA_RUNTIME_API. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** `pid` is the id of the process that wrote the line. */
  readonly onStdout: (line: string, pid: number) => void;
  /** Called with lines of stderr and with Lambda's own lines: START, END, REPORT. */
  readonly onOther: (line: string) => void;
}

/** A process with its Runtime API. It handles one event at a time and is not reused after it ends. */
export interface ExecutionEnvironment {
  readonly pid: number | undefined;
  invoke(eventJson: string): Promise<Invocation>;
  /** Resolves to true when the process can take the next event, or to false when the process is gone. */
  settled(): Promise<boolean>;
  memoryPeakMb(): number;
  hasEnded(): boolean;
  kill(): Promise<void>;
}

/**
 * Lambda allows 10 s for the start and then starts again within the invocation's timeout. Here one start may take the longer of both.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
const INIT_TIMEOUT_MS = 10_000;

export async function startExecutionEnvironment(options: ExecutionEnvironmentOptions): Promise<ExecutionEnvironment> {
  const api = await startRuntimeApi();
  const child = startProcess({
    command: process.execPath,
    args: [...nodeArguments(options.environment), runtimeClient()],
    cwd: options.cwd,
    environment: { ...options.environment, AWS_LAMBDA_RUNTIME_API: api.address },
  });
  forEachLine(child.stdout, (line) => options.onStdout(line, child.pid ?? 0));
  forEachLine(child.stderr, options.onOther);
  void child.ended.then(() => api.close());
  const kill = async () => {
    child.signal('SIGKILL');
    await child.ended;
  };
  return {
    pid: child.pid,
    invoke: async (eventJson) => await invoke({ options, api, child, kill }, eventJson),
    settled: async () => (await within(initLimit(options), { api, child, kill })) === undefined,
    memoryPeakMb: api.memoryPeakMb,
    hasEnded: child.hasEnded,
    kill,
  };
}

function forEachLine(stream: Readable | null, take: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream }).on('line', take);
}

interface Parts {
  readonly options: ExecutionEnvironmentOptions;
  readonly api: RuntimeApi;
  readonly child: ManagedProcess;
  readonly kill: () => Promise<void>;
}

type Failure = Extract<RuntimeAnswer, { kind: 'error' }>;

function initLimit({ timeoutMs }: ExecutionEnvironmentOptions): number {
  return Math.max(INIT_TIMEOUT_MS, timeoutMs);
}

async function invoke(parts: Parts, eventJson: string): Promise<Invocation> {
  const { options, api } = parts;
  const requestId = randomUUID();
  options.onOther(`START RequestId: ${requestId} Version: $LATEST`);
  const initFailure = await within(initLimit(options), parts, requestId);
  const startedAt = performance.now();
  const answer = initFailure ?? (await handle(parts, requestId, eventJson));
  const durationMs = performance.now() - startedAt;
  options.onOther(`END RequestId: ${requestId}`);
  const duration = `Duration: ${durationMs.toFixed(2)} ms`;
  options.onOther(`REPORT RequestId: ${requestId}\t${duration}\tMax Memory Used: ${api.memoryPeakMb()} MB`);
  if (answer.kind === 'response') return { kind: 'answered', payload: answer.payload, durationMs, requestId };
  return { kind: 'failed', errorType: answer.errorType, errorMessage: answer.errorMessage, durationMs, requestId };
}

/** Waits until the runtime asks for an event; returns the failure that prevented this, if any. */
async function within(
  limitMs: number,
  { api, child, kill }: Pick<Parts, 'api' | 'child' | 'kill'>,
  requestId = 'none',
): Promise<Failure | undefined> {
  const answer = await firstOf(api.idle(), child, limitMs);
  if (answer.kind === 'settled') {
    if (answer.value?.kind === 'error') await kill();
    return answer.value?.kind === 'error' ? answer.value : undefined;
  }
  await kill();
  return answer.kind === 'ended' ? exited(requestId, answer.end) : timedOut(requestId, limitMs);
}

async function handle(
  { options, api, child, kill }: Parts,
  requestId: string,
  eventJson: string,
): Promise<RuntimeAnswer> {
  const { functionArn, timeoutMs } = options;
  const said = api.deliver({ requestId, functionArn, eventJson, deadlineMs: Date.now() + timeoutMs });
  const answer = await firstOf(said, child, timeoutMs);
  switch (answer.kind) {
    case 'settled':
      return answer.value;
    case 'ended':
      return exited(requestId, answer.end);
    case 'late':
      await kill();
      return timedOut(requestId, timeoutMs);
  }
}

type First<Value> =
  | { readonly kind: 'settled'; readonly value: Value }
  | { readonly kind: 'ended'; readonly end: ProcessEnd }
  | { readonly kind: 'late' };

/** The value, unless the process ends or the time limit passes first. */
async function firstOf<Value>(value: Promise<Value>, child: ManagedProcess, limitMs: number): Promise<First<Value>> {
  const timer = new AbortController();
  try {
    return await Promise.race([
      value.then((settled) => ({ kind: 'settled', value: settled }) as const),
      child.ended.then((end) => ({ kind: 'ended', end }) as const),
      pause(limitMs, { kind: 'late' } as const, { signal: timer.signal }),
    ]);
  } finally {
    timer.abort();
  }
}

function exited(requestId: string, end: ProcessEnd): Failure {
  const errorMessage = `RequestId: ${requestId} Error: Runtime exited with error: ${describeEnd(end)}`;
  return { kind: 'error', errorType: 'Runtime.ExitError', errorMessage };
}

function timedOut(requestId: string, limitMs: number): Failure {
  const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${(limitMs / 1000).toFixed(2)} seconds`;
  return { kind: 'error', errorType: 'Function.Timeout', errorMessage };
}
