// The framework loads infra/ on the user's Node, which may not run TypeScript, so the file is bundled first.
const { mkdirSync, renameSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { buildSync } = require('esbuild');

const loaded = new Map();

/**
 * The exports of a TypeScript file.
 * @param {string} name its path in infra/, without `.ts`
 */
module.exports = function loadTypescript(name) {
  if (loaded.has(name)) return loaded.get(name);
  const outfile = join(__dirname, '..', '.local', 'build', `${name}.cjs`);
  const { outputFiles } = buildSync({
    entryPoints: [join(__dirname, `${name}.ts`)],
    outfile,
    write: false,
    bundle: true,
    packages: 'external', // installed in node_modules
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
  });
  replaceFile(outfile, outputFiles[0].contents);
  loaded.set(name, require(outfile));
  return loaded.get(name);
};

/** Another command may load the same file at the same time: no command sees half of it. */
function replaceFile(file, contents) {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, file);
}
