import { decodeText } from '../../infra/stage-file/decode-text.ts';
import { readUserFile } from '../terminal/user-file.ts';

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
export function readEventFile(path: string, named: string): EventFile {
  const text = decodeText(readUserFile(path, named, 'name another file with --event'));
  try {
    return { text, event: JSON.parse(text) };
  } catch {
    throw new Error(`${named} is no JSON: name an event of MSK with --event`);
  }
}
