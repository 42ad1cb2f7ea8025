import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runVectorFiles } from '../vectors/run.ts';

export const root = join(import.meta.dirname, '..', '..');

export const VECTORS = join(root, 'test', 'fixtures', 'vectors', 'kpl-aggregation.json');

export const original = readFileSync(VECTORS, 'utf8');

export interface Case {
  [field: string]: unknown;
  readonly userRecords: Record<string, unknown>[];
}

export interface File {
  [section: string]: unknown;
  readonly vectors: Case[];
  readonly negative: Case[];
  readonly hashKeys: Case[];
}

export async function run(...files: readonly string[]) {
  const lines: string[] = [];
  const exitCode = await runVectorFiles(files, (line) => lines.push(line));
  return { exitCode, lines };
}

/** Runs the file of the project after a change to it. */
export function runChanged(change: (file: File) => void) {
  const file: File = JSON.parse(original);
  change(file);
  return runText(JSON.stringify(file));
}

export async function runText(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'vectors-'));
  try {
    const path = join(folder, 'vectors.json');
    writeFileSync(path, text);
    return await run(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
