import { vi } from 'vitest';

/** What code writes to standard output between `begin` and `end`, which Powertools does past the global console. */
export function standardOutput() {
  let text = '';
  let spies: readonly { mockRestore(): void }[] = [];
  const keep = (chunk: unknown): boolean => {
    text += chunk;
    return true;
  };
  return {
    begin() {
      text = '';
      spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(keep));
    },
    end() {
      for (const spy of spies) spy.mockRestore();
    },
    /** The JSON lines so far: log lines and metrics. */
    lines: (): readonly Readonly<Record<string, unknown>>[] =>
      text
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line)),
  };
}
