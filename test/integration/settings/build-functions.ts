import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Plain JavaScript, which the compiler does not read. */
const file = join(import.meta.dirname, '..', '..', '..', 'esbuild.config.mjs');

interface NamedFiles {
  /** The path of a connector file from the project's root. */
  readonly connector?: string;
}

/** Builds both functions as a deployment does. @returns a new folder with `kinesis-sink` and `documentdb-sink` */
export async function buildFunctions(named: NamedFiles = {}): Promise<string> {
  const { buildAll } = await import(file);
  const folder = await mkdtemp(join(tmpdir(), 'msk-sinks-settings-'));
  await buildAll('eu-west-1', named, folder);
  return folder;
}
