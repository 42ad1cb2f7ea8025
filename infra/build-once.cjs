// What esbuild made is kept in .local/, and made again only when something that it read has changed. A build takes a second of
// processor time, and each command of the framework needs three.
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');
const { buildSync, version } = require('esbuild');

/** They decide which file an import means. */
const RESOLUTION = ['node_modules/.package-lock.json', 'package.json', 'tsconfig.json'];

/**
 * Builds, unless the last build under this name had the same options and read the same contents.
 * @param {string} name of the build, a path in .local/build/
 * @param {import('esbuild').BuildOptions & { absWorkingDir: string }} options
 * @returns {{ inputs: string[], files: ReadonlyMap<string, string> }} the paths read, from absWorkingDir, and the contents to write, by their names
 */
exports.buildOnce = function buildOnce(name, options) {
  const { absWorkingDir: root, ...choices } = options;
  const record = join(root, '.local', 'build', `${name}.json`);
  const settings = JSON.stringify([version, choices]);
  const last = readRecord(record);
  if (last?.settings === settings && Object.entries(last.read).every(([path, hash]) => hashOf(root, path) === hash)) {
    return { inputs: last.inputs, files: new Map(Object.entries(last.files)) };
  }
  const { metafile, outputFiles } = buildSync({ ...options, write: false, metafile: true });
  const inputs = Object.keys(metafile.inputs);
  const read = Object.fromEntries([...inputs, ...RESOLUTION].map((path) => [path, hashOf(root, path)]));
  const files = Object.fromEntries(outputFiles.map(({ path, text }) => [basename(path), text]));
  replaceFile(record, JSON.stringify({ settings, read, inputs, files }));
  return { inputs, files: new Map(Object.entries(files)) };
};

/** Another command may read or write the same file at the same time: no command sees half of it. */
function replaceFile(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}
exports.replaceFile = replaceFile;

/** Undefined without a readable record: then a build makes a new one. */
function readRecord(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function hashOf(root, path) {
  try {
    return createHash('sha256')
      .update(readFileSync(join(root, path)))
      .digest('base64');
  } catch (error) {
    return error.code; // a path that esbuild made up: it stays missing
  }
}
