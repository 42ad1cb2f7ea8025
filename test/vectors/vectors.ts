// `npm run vectors -- FILE...`: runs conformance cases against this code, wherever their file lies.
import { userPath } from '../../cli/terminal/user-path.ts';
import { runVectorFiles, USAGE } from './run.ts';

const files = process.argv.slice(2);
if (files.includes('--help')) {
  process.stdout.write(`${USAGE}\n`);
} else if (files.length === 0) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 2;
} else {
  process.exitCode = await runVectorFiles(
    files.map((file) => userPath(file)),
    (line) => process.stdout.write(`${line}\n`),
  );
}
