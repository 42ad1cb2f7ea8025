// `npm run vectors -- FILE...`: runs conformance cases against this code, wherever their file lies.
import { resolve } from 'node:path';
import { runVectorFiles, USAGE } from './run.ts';

/** npm starts its scripts in the project's folder, and says where the user is. */
const userFolder = process.env['INIT_CWD'] ?? process.cwd();

const files = process.argv.slice(2);
if (files.includes('--help')) {
  process.stdout.write(`${USAGE}\n`);
} else if (files.length === 0) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 2;
} else {
  process.exitCode = await runVectorFiles(
    files.map((file) => resolve(userFolder, file)),
    (line) => process.stdout.write(`${line}\n`),
  );
}
