// The framework loads infra/ on the user's Node, which may not run TypeScript, so the file is bundled first.
const { join } = require('node:path');
const { buildSync } = require('esbuild');

const loaded = new Map();

/**
 * The exports of a TypeScript file.
 * @param {string} name its path in infra/, without `.ts`
 */
module.exports = function loadTypescript(name) {
  if (loaded.has(name)) return loaded.get(name);
  const outfile = join(__dirname, '..', '.local', 'build', `${name}.cjs`);
  buildSync({
    entryPoints: [join(__dirname, `${name}.ts`)],
    outfile,
    bundle: true,
    packages: 'external', // installed in node_modules
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
  });
  loaded.set(name, require(outfile));
  return loaded.get(name);
};
