import { execFile } from 'node:child_process';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { INSTALL_ROOT } from '../../local/engines/engines.ts';
import { ensureInstalled } from '../../local/engines/install/installation.ts';

const FOLDER = join(import.meta.dirname, 'put-record');
const FILES = ['main.go', 'go.mod', 'go.sum'];
const TIMEOUT_MS = 120_000;

const runFile = promisify(execFile);

export interface Load {
  readonly records: number;
  readonly partitions: number;
  readonly valueBytes: number;
}

/** The consumer of bench/peers/put-record. */
export interface PutRecordPeer {
  /** @returns records per second, without the start of the process */
  run(load: Load, environment: Readonly<Record<string, string>>): Promise<number>;
}

/** Builds the program once. @throws Error if Go is missing or the build failed */
export async function putRecordPeer(progress: (line: string) => void): Promise<PutRecordPeer> {
  const { folder } = await ensureInstalled(
    {
      name: 'bench-put-record',
      inputs: await Promise.all(FILES.map((file) => readFile(join(FOLDER, file), 'utf8'))),
      install: async (draft, run) => {
        await checkGo();
        progress('Bench: building the peer in Go with the AWS SDK from the Go proxy (once, about 60 s) ..');
        await cp(FOLDER, draft, { recursive: true });
        await run('go', ['build', '-trimpath', '-mod=readonly', '-o', 'put-record', '.'], draft);
        return await whereGoIs();
      },
    },
    INSTALL_ROOT,
  );
  return {
    async run({ records, partitions, valueBytes }, environment) {
      const args = [records, partitions, valueBytes].map(String);
      const { stdout } = await runFile(join(folder, 'put-record'), args, { env: environment, timeout: TIMEOUT_MS });
      const { seconds } = JSON.parse(stdout) as { readonly seconds: number }; // main.go prints it
      return records / seconds;
    },
  };
}

async function checkGo(): Promise<void> {
  await runFile('go', ['version']).catch(() => {
    throw new Error(
      'The job kinesis-delay builds a peer in Go, and go is missing. Install Go 1.25 or later (Debian: golang-go, Homebrew: go), ' +
        'or name the other jobs: npm run bench -- NAME ..',
    );
  });
}

async function whereGoIs(): Promise<string> {
  const { stdout } = await runFile('go', ['env', 'GOROOT']);
  return join(stdout.trim(), 'bin', 'go');
}
