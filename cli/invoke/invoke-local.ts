import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { SinkName } from '../../infra/sinks.ts';
import { PROJECT_ROOT } from '../../local/pipeline/package-template.ts';

const CLI = join(PROJECT_ROOT, 'node_modules', 'serverless', 'bin', 'serverless.js');

export interface Invoked {
  readonly exitCode: number;
  /** How many records the function named as not settled; undefined if it did not answer. */
  readonly unsettledCount: number | undefined;
}

/** `serverless invoke local`, which prints the function's log and its answer. @param print its output, as it comes */
export async function invokeLocal(sink: SinkName, eventFile: string, print: (text: string) => void): Promise<Invoked> {
  const args = [CLI, 'invoke', 'local', '--stage', 'local', '-f', sink, '--path', eventFile];
  const child = spawn(process.execPath, args, { cwd: PROJECT_ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    print(text);
  });
  child.stderr.setEncoding('utf8').on('data', print);
  const [exitCode] = await once(child, 'close');
  return { exitCode: exitCode ?? 1, unsettledCount: unsettledIn(output) };
}

/** The answer is the last JSON object that begins on a line of its own. */
export function unsettledIn(output: string): number | undefined {
  const at = output.lastIndexOf('\n{\n');
  try {
    const { batchItemFailures } = JSON.parse(output.slice(at));
    return Array.isArray(batchItemFailures) ? batchItemFailures.length : undefined;
  } catch {
    return undefined;
  }
}
