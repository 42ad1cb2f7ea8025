import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decodeText } from './decode-text.ts';

/** The project's files that a stage file may name, and the environment of the packaging command. */
export interface Surroundings {
  /** The text of a project file; undefined if there is no such file, or if the path is a folder's. @param path relative to the project's root */
  readonly readFile: (path: string) => string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The project in the working directory: the framework and npm both run in its root. */
export const projectSurroundings: Surroundings = {
  readFile(path) {
    const file = join(process.cwd(), path);
    return statSync(file, { throwIfNoEntry: false })?.isFile() ? decodeText(readFileSync(file)) : undefined;
  },
  environment: process.env,
};
