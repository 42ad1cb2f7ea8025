import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Plain JavaScript, which the compiler does not read. */
const {
  buildOnce,
  replaceFile,
}: {
  buildOnce(name: string, options: object): { readonly files: ReadonlyMap<string, string> };
  replaceFile(file: string, text: string): void;
} = createRequire(import.meta.url)('../../infra/build-once.cjs');

const ROOT = join(import.meta.dirname, '../..');
const FILE = join(ROOT, '.local/build/lambda/runtime-client.mjs');
let isWritten = false;

/**
 * The program of a function's process in JavaScript. A process that strips types itself starts 50 ms later, with a parser that no
 * function has in Lambda.
 * @returns the path
 */
export function runtimeClient(): string {
  if (!isWritten) {
    const { files } = buildOnce('lambda/runtime-client', {
      absWorkingDir: ROOT,
      entryPoints: ['local/lambda/runtime-client.ts'],
      outfile: FILE,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node22',
      logLevel: 'warning',
    });
    const [text] = files.values();
    replaceFile(FILE, text ?? '');
    isWritten = true;
  }
  return FILE;
}
