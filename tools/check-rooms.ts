// Part of `npm run check`: no import goes up or in a circle, types included, and no folder of the product is crowded.
import { execFileSync } from 'node:child_process';
import { circlesIn, importsOf } from './imports.ts';
import { crowdedFolders, foreignImports, upwardImports } from './rooms.ts';

const PRODUCT = ['functions', 'shared', 'infra', 'local', 'cli', 'tools', 'bench'];

const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...PRODUCT], {
  encoding: 'utf8',
});
const files = listed.split('\n').filter((file) => file !== '');
const imports = importsOf(files.filter((file) => file.endsWith('.ts')));
const problems = [
  ...upwardImports(imports).map(({ from, to }) => `${from} imports ${to}, which stands above it (tools/rooms.ts)`),
  ...foreignImports(imports).map(({ from, to }) => `${from} must not know ${to}`),
  ...circlesIn(imports).map((circle) => `these files import each other in a circle: ${circle.join(' -> ')}`),
  ...crowdedFolders(files),
];
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exit(problems.length === 0 ? 0 : 1);
