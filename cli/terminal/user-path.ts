import { resolve } from 'node:path';

/** The absolute path of a file that a user names. npm starts its scripts in the project's folder, and says where the user is. */
export const userPath = (
  path: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string => resolve(environment['INIT_CWD'] ?? process.cwd(), path);
