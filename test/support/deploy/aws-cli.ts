import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ensureAwsCli } from '../../../local/engines/aws/aws-cli.ts';
import { INSTALL_ROOT } from '../../../local/engines/engines.ts';

/** The AWS CLI, in one process that runs each command in a fork: a command takes a tenth of the time of one that starts Python. */
export interface AwsCli {
  /** The Python that has the AWS CLI. */
  readonly python: string;
  /**
   * @param args the words after `aws`
   * @param environment the whole environment of the command
   * @returns the standard output
   * @throws Error with the standard error when the command fails, or takes longer than 120 s
   */
  run(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<string>;
  /** The same for a command that may fail. */
  attempt(
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
  ): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>;
  /**
   * Parses a command with the CLI's own parser and validates its parameters, without sending anything.
   * @throws Error with the standard error when the CLI refuses the command
   */
  check(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<void>;
  close(): void;
}

/** One line of aws-cli-server.py. */
interface Answer {
  readonly id: number;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const COMMAND_TIMEOUT_MS = 120_000;

/** Installs the AWS CLI first when it is missing. */
export async function startAwsCli(progress: (line: string) => void): Promise<AwsCli> {
  const { program } = await ensureAwsCli(INSTALL_ROOT, progress);
  const server = spawn(program, [join(import.meta.dirname, 'aws-cli-server.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting = new Map<number, (answer: Answer) => void>();
  createInterface({ input: server.stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as Answer;
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  server.on('exit', (code) => {
    for (const [id, answer] of waiting) answer({ id, code: 255, stdout: '', stderr: `its process ended (${code})` });
    waiting.clear();
  });
  let count = 0;
  const answerOf = (args: readonly string[], env: Readonly<Record<string, string>>, dry: boolean) =>
    new Promise<Answer>((resolve) => {
      count += 1;
      const id = count;
      const timeout = setTimeout(() => {
        waiting.delete(id);
        resolve({ id, code: 255, stdout: '', stderr: `took longer than ${COMMAND_TIMEOUT_MS} ms` });
      }, COMMAND_TIMEOUT_MS);
      waiting.set(id, (answer) => {
        clearTimeout(timeout);
        resolve(answer);
      });
      server.stdin.write(`${JSON.stringify({ id, args, env, dry })}\n`);
    });
  const textOf = async (...command: Parameters<typeof answerOf>) => {
    const { code, stdout, stderr } = await answerOf(...command);
    if (code === 0) return stdout;
    throw new Error(`aws ${command[0].slice(0, 2).join(' ')} failed (${code}): ${stderr.trim()}`);
  };
  return {
    python: program,
    run: (args, environment) => textOf(args, environment, false),
    async check(args, environment) {
      await textOf(args, environment, true);
    },
    async attempt(args, environment) {
      const { code, stdout, stderr } = await answerOf(args, environment, false);
      return { exitCode: code, stdout, stderr };
    },
    close: () => server.stdin.end(),
  };
}
