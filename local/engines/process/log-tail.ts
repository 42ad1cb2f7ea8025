import { open } from 'node:fs/promises';

const TAIL_BYTES_MAX = 8 * 1024;

/** The last lines of a log for an error message; empty if there is no log. */
export async function logTail(file: string, linesMax = 15): Promise<string> {
  const text = await readFrom(file, (size) => Math.max(0, size - TAIL_BYTES_MAX));
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-linesMax)
    .map((line) => `  | ${line}`)
    .join('\n');
}

/** The content of a log from a byte offset; empty if the file does not exist yet. */
export async function logSince(file: string, offset: number): Promise<string> {
  return await readFrom(file, () => offset);
}

async function readFrom(file: string, offsetOf: (size: number) => number): Promise<string> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return '';
  try {
    const { size } = await handle.stat();
    const offset = Math.min(offsetOf(size), size);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - offset), 0, size - offset, offset);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
