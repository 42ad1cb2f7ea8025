// The framework loads infra/ on the user's Node, which may not run TypeScript, so the file is bundled first.
const { join } = require('node:path');
const { buildOnce, replaceFile } = require('./build-once.cjs');

const root = join(__dirname, '..');
const loaded = new Map();

/**
 * The exports of a TypeScript file.
 * @param {string} name its path in infra/, without `.ts`
 */
module.exports = function loadTypescript(name) {
  if (loaded.has(name)) return loaded.get(name);
  const outfile = join(root, '.local', 'build', `${name}.cjs`);
  const { files } = buildOnce(name, {
    absWorkingDir: root,
    entryPoints: [`infra/${name}.ts`],
    outfile: `.local/build/${name}.cjs`,
    bundle: true,
    packages: 'external', // installed in node_modules
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
  });
  const [text] = files.values();
  replaceFile(outfile, text);
  loaded.set(name, require(outfile));
  return loaded.get(name);
};
