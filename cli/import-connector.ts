// `npm run import-connector -- FILE`: a configuration of the MongoDB sink connector or of doka becomes a stage.
import { readdir } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { projectSurroundings } from '../infra/stage-file/project-files.ts';
import { type ImportOptions, parseImportOptions, USAGE } from './import-connector/options.ts';
import { importFile } from './import-connector/run.ts';
import { writeFiles } from './import-connector/write-files.ts';
import { outliveClosedPipe } from './terminal/closed-pipe.ts';
import { readUserFile } from './terminal/user-file.ts';
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
  const content = readUserFile(userPath(options.file), options.file, 'name another file');
  const { files, lines } = importFile(options, content, projectSurroundings, await otherStages(options));
  await writeFiles(files, process.cwd());
  lines.forEach(print);
}

/** The texts of the stage files beside the one that is written. */
async function otherStages({ stage, file }: ImportOptions): Promise<readonly string[]> {
  const own = `${stage ?? basename(file, extname(file))}.yml`;
  const names = await readdir('config').catch(() => []);
  const others = names.filter((name) => name.endsWith('.yml') && name !== own);
  return others.flatMap((name) => projectSurroundings.readFile(`config/${name}`) ?? []);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
