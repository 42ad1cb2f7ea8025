// Part of `npm run check`: no import goes up or in a circle, types included; no folder of the product is crowded; no
// other file can write what a lane knows; and what judges the product uses none of its code.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { circlesIn, importsOf } from './imports.ts';
import { biasedImports, crowdedFolders, foreignImports, isLaneFile, upwardImports, writableMembers } from './rooms.ts';

const PRODUCT = ['functions', 'shared', 'infra', 'local', 'cli', 'tools', 'bench'];

const JUDGES = ['test/simulation', 'test/support'];

const listed = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...PRODUCT, ...JUDGES],
  {
    encoding: 'utf8',
  },
);
const files = listed.split('\n').filter((file) => file !== '');
const imports = importsOf(files.filter((file) => /\.tsx?$/.test(file)));
const problems = [
  ...upwardImports(imports).map(({ from, to }) => `${from} imports ${to}, which stands above it (tools/rooms.ts)`),
  ...foreignImports(imports).map(({ from, to }) => `${from} must not know ${to}`),
  ...biasedImports(imports).map(({ from, to }) => `${from} judges the product and must not use ${to} of it`),
  ...circlesIn(imports).map((circle) => `these files import each other in a circle: ${circle.join(' -> ')}`),
  ...files
    .filter(isLaneFile)
    .flatMap((file) =>
      writableMembers(readFileSync(file, 'utf8')).map(
        (name) => `${file}: other files can write ${name}, which a lane alone may write: make it #${name} or readonly`,
      ),
    ),
  ...crowdedFolders(files.filter((file) => !file.startsWith('test/'))),
];
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exit(problems.length === 0 ? 0 : 1);
