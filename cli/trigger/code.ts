import { existsSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { TemplateFunction } from '../../local/template/read-functions.ts';

/** Where a function's code is. */
export interface Code {
  readonly codeFolder: string;
  /** The file below the folder without its extension, and the export. */
  readonly handler: string;
}

const EXTENSIONS = ['.js', '.mjs', '.cjs'];

/**
 * The code of a function: what the caller names, or else AWS CDK's folder, or else the template's folder.
 * @throws Error that names the function and the option
 */
export function codeOf(found: TemplateFunction, given: string | undefined, templateFolder: string): Code {
  const { assetPath, handler } = found;
  const option = `--function ${found.logicalId}=CODE`;
  const path = resolve(given ?? join(templateFolder, assetPath ?? '.'));
  if (!existsSync(path)) throw new Error(`${found.logicalId}: ${path} does not exist: name the code with ${option}`);
  if (statSync(path).isDirectory()) return inFolder(found, path, option);
  if (!EXTENSIONS.includes(extname(path)))
    throw new Error(
      `${found.logicalId}: ${path} is neither a folder nor a file of JavaScript (${EXTENSIONS.join(', ')}): unpack or build it, and name the result with ${option}`,
    );
  const exported = basename(handler).split('.').slice(1).join('.');
  return { codeFolder: dirname(path), handler: `${basename(path, extname(path))}.${exported}` };
}

function inFolder({ logicalId, handler }: TemplateFunction, codeFolder: string, option: string): Code {
  const [file = ''] = basename(handler).split('.');
  const path = join(codeFolder, dirname(handler), file);
  if (!EXTENSIONS.some((extension) => existsSync(path + extension)))
    throw new Error(
      `${logicalId}: ${path} with ${EXTENSIONS.join(', ')} does not exist, and the template's handler is ${handler}: name the folder of the code, or the bundle itself, with ${option}`,
    );
  return { codeFolder, handler };
}
