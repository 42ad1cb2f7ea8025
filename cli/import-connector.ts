// `npm run import-connector -- FILE`: a configuration of the MongoDB sink connector or of doka becomes a stage.
import { readFile } from 'node:fs/promises';
import { projectSurroundings } from '../infra/stage-file/project-files.ts';
import { parseImportOptions, USAGE } from './import-connector/options.ts';
import { importFile } from './import-connector/run.ts';
import { writeFiles } from './import-connector/write-files.ts';
import { outliveClosedPipe } from './terminal/closed-pipe.ts';
import { userPath } from './terminal/user-path.ts';

outliveClosedPipe(process.stdout, process.stderr);

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function main(): Promise<void> {
  const options = parseImportOptions(process.argv.slice(2));
  if (options === 'help') {
    print(USAGE);
    return;
  }
  const content = await readFile(userPath(options.file)).catch(() => {
    throw new Error(`${options.file} cannot be read`);
  });
  const { files, lines } = importFile(options, content, projectSurroundings);
  await writeFiles(files, process.cwd());
  lines.forEach(print);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
