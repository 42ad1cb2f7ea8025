// `npm run handover -- --stage STAGE --from-group GROUP`: a mapping goes on where another consumer ended, and the other way round.
import { projectSurroundings } from '../infra/stage-file/project-files.ts';
import { readStageFile } from '../infra/stage-file/read-stage-file.ts';
import { readWrittenStage } from '../infra/stage-file/written-stage.ts';
import { openGroups } from './handover/groups.ts';
import { parseHandoverOptions, USAGE } from './handover/options.ts';
import { handOver } from './handover/run.ts';
import { connectionTo } from './kafka/connection.ts';
import { outliveClosedPipe } from './terminal/closed-pipe.ts';

outliveClosedPipe(process.stdout, process.stderr);

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function main(): Promise<void> {
  const options = parseHandoverOptions(process.argv.slice(2));
  if (options === 'help') {
    print(USAGE);
    return;
  }
  const { service, written } = readWrittenStage(options.stage, projectSurroundings);
  const deployment = readStageFile(service, options.stage, written);
  const groups = openGroups(connectionTo(options.brokers, deployment.file.region));
  await handOver(options, deployment, groups, print).finally(() => groups.close());
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
