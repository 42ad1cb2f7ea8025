// `npm run smoke -- --stage STAGE`: writes an event with one harmless record, and prints the commands that use and undo it.
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { projectSurroundings } from '../infra/stage-file/project-files.ts';
import { smokeEvent } from './smoke/smoke-event.ts';
import { smokeSteps } from './smoke/smoke-steps.ts';
import { smokeTargets } from './smoke/smoke-targets.ts';
import { outliveClosedPipe } from './terminal/closed-pipe.ts';
import { parseOrExplain } from './terminal/parse-or-explain.ts';

outliveClosedPipe(process.stdout, process.stderr);

const USAGE = `npm run smoke -- --stage STAGE
Writes .local/smoke-STAGE.json, an event with one record of a topic of its own, and prints the commands that invoke the
deployed functions with this event and remove its document. This command itself calls nothing.
  --help   print this text
Exit codes: 0 written, 1 the command could not work.`;

async function main(args: readonly string[]): Promise<string> {
  const { stage, help } = valuesOf(args);
  if (help === true) return USAGE;
  if (stage === undefined) throw new Error(`--stage is missing\n${USAGE}`);
  const targets = smokeTargets(stage, projectSurroundings);
  const file = `.local/smoke-${stage}.json`;
  const record = { id: randomUUID(), nowMs: Date.now(), pointer: targets.pointer };
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(smokeEvent(record), null, 2)}\n`);
  return smokeSteps({ stage, file, id: record.id, targets }).join('\n');
}

function valuesOf(args: readonly string[]) {
  const options = { stage: { type: 'string' }, help: { type: 'boolean' } } as const;
  return parseOrExplain({ args: [...args], options }, USAGE).values;
}

try {
  process.stdout.write(`${await main(process.argv.slice(2))}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
