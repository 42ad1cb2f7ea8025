// `npm run invoke -- FUNCTION`: one invocation on this machine, and what it left in the target.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalStage, readLocalStage } from '../local/local-stage.ts';
import { watchTarget } from './invoke/arrivals.ts';
import { type EventFile, readEventFile } from './invoke/event-file.ts';
import { invokeLocal } from './invoke/invoke-local.ts';
import { useEngines } from './invoke/local-engines.ts';
import { type InvokeOptions, parseInvokeOptions, USAGE } from './invoke/options.ts';
import { ownLines } from './invoke/own-lines.ts';
import { recordEvent } from './invoke/record-event.ts';
import { outliveClosedPipe } from './terminal/closed-pipe.ts';
import { userPath } from './terminal/user-path.ts';

outliveClosedPipe(process.stdout, process.stderr);

const SETTLED = 0;
const UNSETTLED = 1;
const UNUSABLE = 2;

const write = (text: string): void => {
  process.stdout.write(text);
};
const say = (line: string): void => write(`${line}\n`);

async function run({ sink, input }: InvokeOptions): Promise<number> {
  const stage = await readLocalStage();
  const { text, event } = eventOf(input, stage);
  const folder = await mkdtemp(join(tmpdir(), 'msk-sinks-invoke-'));
  const engines = await useEngines(stage, say);
  try {
    const file = join(folder, 'event.json');
    await writeFile(file, text);
    const arrived = await watchTarget(sink, stage, engines.endpoints);
    const { exitCode, unsettledCount } = await invokeLocal(sink, file, write);
    const all = await arrived();
    const lines = engines.areShared ? ownLines(all, event) : all;
    say(lines.length === 0 ? 'Nothing arrived in the target.' : 'What arrived in the target:');
    for (const line of lines) say(`  ${line}`);
    return exitCode === 0 && unsettledCount === 0 ? SETTLED : UNSETTLED;
  } finally {
    await engines.release();
    await rm(folder, { recursive: true });
  }
}

function eventOf(input: InvokeOptions['input'], { topic }: LocalStage): EventFile {
  if (input.kind === 'file') return readEventFile(userPath(input.path), input.path);
  const event = recordEvent(input, topic, Date.now());
  return { text: JSON.stringify(event), event };
}

async function main(): Promise<number> {
  const options = parseInvokeOptions(process.argv.slice(2));
  if (options !== 'help') return await run(options);
  say(USAGE);
  return SETTLED;
}

main().then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(UNUSABLE);
  },
);
