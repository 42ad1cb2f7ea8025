import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeText } from './decode-text.ts';

/** What a stage file may name, and the environment of the command that reads it. */
export interface Surroundings {
  /** The text of a file of the project; undefined where there is none. @param path from the project's root */
  readonly readFile: (path: string) => string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The project this command runs in: the framework and npm both begin at its root. */
export const projectSurroundings: Surroundings = {
  readFile(path) {
    const file = join(process.cwd(), path);
    return existsSync(file) ? decodeText(readFileSync(file)) : undefined;
  },
  environment: process.env,
};
