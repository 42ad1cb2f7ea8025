// `npm run doctor -- --stage STAGE`: looks at a stage from outside, and says what is wrong and what to do.
import { projectSurroundings } from '../infra/stage-file/project-files.ts';
import { readStageFile } from '../infra/stage-file/read-stage-file.ts';
import { readWrittenStage } from '../infra/stage-file/written-stage.ts';
import { systemClock } from '../shared/time/clock.ts';
import { askWith, installedCli } from './doctor/ask.ts';
import { FAULTY, GOOD, parseDoctorOptions, UNUSABLE, USAGE } from './doctor/options.ts';
import { tableOf } from './doctor/print.ts';
import { runRetries } from './doctor/retries/command.ts';
import { examine } from './doctor/run.ts';
import { outliveClosedPipe } from './terminal/closed-pipe.ts';
import { usesColors } from './terminal/colors.ts';
import { createProgress } from './terminal/progress.ts';

outliveClosedPipe(process.stdout, process.stderr);

const print = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const options = parseDoctorOptions(process.argv.slice(2));
  if (options === 'help') {
    print(USAGE);
    return GOOD;
  }
  const { stage, streamProfile, json, retries } = options;
  const { service, written } = readWrittenStage(stage, projectSurroundings);
  const deployment = readStageFile(service, stage, written);
  const { region } = deployment.file;
  const ask = askWith(installedCli, region);
  if (retries !== undefined) {
    await runRetries(retries, deployment, ask, print);
    return GOOD;
  }
  const line = createProgress(process.stderr, systemClock.nowMs, process.env);
  const progress = (done: number, count: number) => line.show(`asking AWS: ${done} of ${count} checks are done`);
  const askStreamAccount = streamProfile === undefined ? undefined : askWith(installedCli, region, streamProfile);
  const context = { deployment, ask, askStreamAccount, nowMs: Date.now() };
  const findings = await examine(context, progress).finally(line.end);
  const colored = usesColors(process.stdout, process.env);
  print(json ? JSON.stringify(findings, null, 2) : tableOf(findings, colored));
  return findings.some(({ status }) => status === 'failed') ? FAULTY : GOOD;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = UNUSABLE;
}
