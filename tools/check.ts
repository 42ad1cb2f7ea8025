// `npm run check`: checks format, lint and types, and changes no file.
import { spawnSync } from 'node:child_process';
import { helpIfAsked } from './help.ts';

helpIfAsked(`npm run check
Checks format, lint, types and the order of the folders, and changes no file. npm run format writes the format.
Exit codes: 0 all is well, 1 something is not, 2 the command has an argument.`);

const steps: readonly (readonly [string, readonly string[]])[] = [
  ['format and lint', ['node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off', '--error-on-warnings']],
  ['types', ['node_modules/typescript/bin/tsc', '--noEmit']],
  ['types of the console', ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'local/console/page']],
  ['folders and imports', ['tools/check-rooms.ts']],
];

const failed = steps.filter(([, args]) => spawnSync(process.execPath, args, { stdio: 'inherit' }).status !== 0);
for (const [name] of failed) process.stderr.write(`Check failed: ${name}\n`);
process.exit(failed.length === 0 ? 0 : 1);
