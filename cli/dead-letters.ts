// `npm run dead-letters -- list|show|redrive --stage STAGE`: what the functions and the mappings left in the dead-letter bucket.
import { FAILED, parseOptions, USAGE } from './dead-letters/options.ts';
import { runDeadLetters } from './dead-letters/run.ts';

// `.. | head` closes the pipe.
process.stdout.on('error', () => process.exit(FAILED));

try {
  const options = parseOptions(process.argv.slice(2), Date.now());
  if (options === 'help') process.stdout.write(`${USAGE}\n`);
  else process.exitCode = await runDeadLetters(options, process.stdout);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = FAILED;
}
