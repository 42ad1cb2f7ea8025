import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { unwatch, watch } from './watchdog.ts';

export interface ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The child's whole environment: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** Output is appended to this file; without it both streams are pipes. */
  readonly logFile?: string;
}

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Set when the program could not be started at all, e.g. `ENOENT`. */
  readonly spawnErrorCode?: string;
}

/** A child with its own process group: Ctrl-C reaches only this process, which then stops the child. */
export interface ManagedProcess {
  readonly pid: number | undefined;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** Resolves when the process is gone and its output has been read to the end. */
  readonly ended: Promise<ProcessEnd>;
  hasEnded(): boolean;
  /** Sends a signal to the whole group; ignores a group that is gone. */
  signal(signal: NodeJS.Signals): void;
  /** SIGTERM, then SIGKILL after `killAfterMs`; resolves when the process is gone. */
  stop(killAfterMs: number): Promise<ProcessEnd>;
}

export function startProcess(options: ProcessOptions): ManagedProcess {
  const log = options.logFile === undefined ? undefined : openSync(options.logFile, 'a', 0o600);
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: { ...options.environment },
    detached: true,
    stdio: ['ignore', log ?? 'pipe', log ?? 'pipe'],
  });
  if (log !== undefined) closeSync(log);
  const { pid } = child;
  if (pid !== undefined) watch(pid);

  let end: ProcessEnd | undefined;
  const ended = new Promise<ProcessEnd>((resolve) => {
    const settle = (value: ProcessEnd) => {
      if (end !== undefined) return;
      end = value;
      if (pid !== undefined) unwatch(pid);
      resolve(value);
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (pid === undefined) settle({ code: null, signal: null, spawnErrorCode: error.code ?? error.name });
    });
    child.once('close', (code, signal) => settle({ code, signal }));
  });

  const signal = (name: NodeJS.Signals) => {
    if (pid !== undefined && end === undefined) signalGroup(pid, name);
  };
  const stop = async (killAfterMs: number) => {
    signal('SIGTERM');
    const timer = setTimeout(() => signal('SIGKILL'), killAfterMs);
    try {
      return await ended;
    } finally {
      clearTimeout(timer);
    }
  };
  return { pid, stdout: child.stdout, stderr: child.stderr, ended, hasEnded: () => end !== undefined, signal, stop };
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ESRCH') throw error;
  }
}

/** `exit status 3` or `signal: SIGKILL`, for a message. */
export function describeEnd(end: ProcessEnd): string {
  if (end.spawnErrorCode !== undefined) return `did not start (${end.spawnErrorCode})`;
  return end.signal === null ? `exit status ${end.code}` : `signal: ${end.signal}`;
}

/** True while a process with this id exists, whoever owns it. */
export function isProcessRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
