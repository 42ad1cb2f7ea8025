import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './mutant.ts';
import type { Source } from './substitute.ts';

/**
 * From here on this thread loads these texts in place of the files. Modules that are loaded already stay as they are.
 * https://nodejs.org/docs/latest-v24.x/api/module.html#synchronous-version
 */
export function loadInstead(sources: readonly Source[]): void {
  const textByUrl = new Map(sources.map(({ path, text }) => [pathToFileURL(join(ROOT, path)).href, text]));
  registerHooks({
    load(url, context, nextLoad) {
      const text = textByUrl.get(url);
      return text === undefined
        ? nextLoad(url, context)
        : { source: text, format: 'module-typescript', shortCircuit: true };
    },
  });
}
