import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { FRAMEWORK_CACHES, PROJECT_ROOT } from '../../local/pipeline/package-template.ts';

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
}

export interface CommandOptions {
  /** The framework keeps its own files there. */
  readonly home: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Where serverless.yml is: this project unless given. */
  readonly cwd?: string;
  readonly timeoutMs: number;
}

const CLI = join(PROJECT_ROOT, 'node_modules', 'serverless', 'bin', 'serverless.js');
/** How long the framework waits before it asks how far a stack is. The local CloudFormation is done with its answer; the default is 5 s. */
const MONITORING = { SLS_AWS_MONITORING_FREQUENCY: '250' };
/** What a test says of time is about the command; killed, it has no exit code. */
const KILLED = -1;

/** `serverless <args>` in an environment without credentials; resolves when the process is gone, however it ended. */
export function serverless(args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const startedAtMs = performance.now();
  const { home, environment, cwd = PROJECT_ROOT, timeoutMs } = options;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [CLI, ...args],
      {
        cwd,
        env: { PATH: process.env['PATH'] ?? '', HOME: home, ...FRAMEWORK_CACHES, ...MONITORING, ...environment },
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: 64 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : KILLED;
        resolve({ exitCode, stdout, stderr, elapsedMs: performance.now() - startedAtMs });
      },
    );
  });
}
