// `npm run check`: format, lint and types, without writing anything.
import { spawnSync } from 'node:child_process';

const steps: readonly (readonly [string, readonly string[]])[] = [
  ['format and lint', ['node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off', '--error-on-warnings']],
  ['types', ['node_modules/typescript/bin/tsc', '--noEmit']],
];

const failed = steps.filter(([, args]) => spawnSync(process.execPath, args, { stdio: 'inherit' }).status !== 0);
for (const [name] of failed) process.stderr.write(`check failed: ${name}\n`);
process.exit(failed.length === 0 ? 0 : 1);
