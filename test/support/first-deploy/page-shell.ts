import { spawn } from 'node:child_process';
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';

/** A command of the page, after the shell has expanded it. */
export interface PageCommand {
  /** The index of its block. */
  readonly block: number;
  readonly program: string;
  readonly args: readonly string[];
  /** What `file:///dev/stdin` stands for, or the records of a producer. */
  readonly input: string;
}

/** Runs a command. @returns what it writes to its standard output @throws Error when it fails */
export type RunCommand = (command: PageCommand) => Promise<string>;

export interface PageRun {
  /** Every command, in its order. */
  readonly commands: readonly PageCommand[];
  readonly stdout: string;
}

export interface PageShell {
  /** Every program that the page may call; bash finds no other in its path than those of the system. */
  readonly programs: readonly string[];
  readonly folder: string;
  /** Where the commands of the page run. */
  readonly cwd: string;
  /** What is typed whenever a block reads from the keyboard. */
  readonly keyboard: string;
  readonly run: RunCommand;
}

/** Ends the words of a command. */
const END = '\x04';

/**
 * Runs blocks in one bash, one after the other, until the first command that fails. Each program is a stand-in that asks `run`.
 * @throws Error with the standard error of bash, or of the command that failed
 */
export async function runBlocks(blocks: readonly string[], shell: PageShell): Promise<PageRun> {
  const bin = join(shell.folder, 'bin');
  await mkdir(bin, { recursive: true });
  await Promise.all(
    shell.programs.map(async (program) => {
      await copyFile(join(import.meta.dirname, 'command.sh'), join(bin, program));
      await chmod(join(bin, program), 0o755);
    }),
  );
  const commands: PageCommand[] = [];
  const failures: string[] = [];
  const server = createServer((socket) => void answer(socket));
  const answer = async (socket: Socket) => {
    const command = await commandFrom(socket);
    commands.push(command);
    try {
      socket.end(`0\n${await shell.run(command)}`);
    } catch (error) {
      failures.push(`${command.program} ${command.args.join(' ')}: ${error instanceof Error ? error.message : error}`);
      socket.end('1\n');
    }
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const { code, stdout, stderr } = await bash(await scriptOf(blocks, shell), bin, port, shell.cwd);
    // `export NAME=$(command)` hides the failure of the command from bash.
    if (code !== 0 || failures.length > 0)
      throw new Error(`the page failed (${code}): ${[...failures, stderr].join('\n')}`);
    return { commands, stdout };
  } finally {
    server.close();
  }
}

async function scriptOf(blocks: readonly string[], { folder, keyboard }: PageShell): Promise<string> {
  const typed = join(folder, 'keyboard');
  await writeFile(typed, keyboard);
  const lines = await Promise.all(
    blocks.map(async (text, index) => {
      const file = join(folder, `block-${index}.sh`);
      await writeFile(file, text);
      return `export PAGE_BLOCK=${index}\nsource ${file} < ${typed}`;
    }),
  );
  const script = join(folder, 'page.sh');
  await writeFile(script, `set -euo pipefail\n${lines.join('\n')}\n`);
  return script;
}

function bash(script: string, bin: string, port: number, cwd: string) {
  const env = { PATH: `${bin}:/usr/bin:/bin`, PAGE_PORT: String(port) };
  const child = spawn('bash', [script], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    texts.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    texts.stderr += chunk;
  });
  return new Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, ...texts }));
  });
}

function commandFrom(socket: Socket): Promise<PageCommand> {
  return new Promise((resolve) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      if (!text.endsWith(`\0${END}\0`)) return;
      const [block = '', input = '', program = '', ...args] = text.slice(0, -`\0${END}\0`.length).split('\0');
      resolve({ block: Number(block), input, program, args });
    });
  });
}
