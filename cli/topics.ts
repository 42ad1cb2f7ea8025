// `npm run topics -- --stage STAGE`: the topics that a connector's `topics.regex` matches, into the file that packaging reads.

import { outliveClosedPipe } from './terminal/closed-pipe.ts';
import { parseTopicsOptions, USAGE } from './topics/options.ts';
import { runTopics } from './topics/run.ts';

outliveClosedPipe(process.stdout, process.stderr);

const print = (line: string) => process.stdout.write(`${line}\n`);

try {
  const options = parseTopicsOptions(process.argv.slice(2));
  if (options === 'help') print(USAGE);
  else await runTopics(options, print);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
