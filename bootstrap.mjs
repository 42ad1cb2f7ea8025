// Runs a script of this project on the project's own Node, on any machine with Node 20 or later and npm:
//   node bootstrap.mjs <script> [arguments]
// Installs the packages first if package-lock.json is newer than the last install. This script has no dependencies.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const windows = process.platform === 'win32';
const projectNode = join(root, 'node_modules', '.bin', windows ? 'node.cmd' : 'node');
const lastInstall = join(root, 'node_modules', '.package-lock.json');
const NODE_MAJOR_MIN = 20;

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function isInstalled() {
  return (
    existsSync(projectNode) &&
    existsSync(lastInstall) &&
    statSync(lastInstall).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
  );
}

function install() {
  process.stderr.write('Installing packages with npm ci (about 30 s the first time) ..\n');
  const { status } = spawnSync('npm', ['ci', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: windows,
  });
  if (status !== 0) fail('npm ci failed. Correct the problem in its message above, then run this command again.');
  if (!existsSync(projectNode)) {
    fail("npm ci ran without install scripts, so the project's own Node is missing. Run: npm rebuild node");
  }
}

if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR_MIN) {
  fail(
    `This project needs Node ${NODE_MAJOR_MIN} or later, but this is Node ${process.version}. Install a newer Node and run this command again.`,
  );
}
if (process.argv.length < 3) fail('usage: node bootstrap.mjs <script> [arguments]');
if (!isInstalled()) install();

// Compiling the code again and again takes half of the start of a command. Its own processes inherit the cache.
const env = { NODE_COMPILE_CACHE: join(root, '.local', 'compile-cache'), ...process.env };
const child = spawn(projectNode, process.argv.slice(2), { cwd: root, env, stdio: 'inherit', shell: windows });
// Ctrl-C reaches the whole process group. The child stops its own children, and this process waits for the child.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT') child.kill(signal);
  });
}
child.on('error', (error) => fail(`The project's own Node did not start (${error.code}). Run: npm ci`));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
