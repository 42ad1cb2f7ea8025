import { readFile } from 'node:fs/promises';
import { decodeText } from '../../infra/stage-file/decode-text.ts';

export interface EventFile {
  /** Without a byte order mark, which the framework takes for a part of the JSON. */
  readonly text: string;
  readonly event: unknown;
}

/**
 * Reads an event before anything starts.
 * @param path absolute
 * @param named as the user wrote it
 * @throws Error that names the file, and does not quote it
 */
export async function readEventFile(path: string, named: string): Promise<EventFile> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${named} cannot be read (${error.code}): name another file with --event`);
  });
  const text = decodeText(bytes);
  try {
    return { text, event: JSON.parse(text) };
  } catch {
    throw new Error(`${named} is no JSON: name an event of MSK with --event`);
  }
}
