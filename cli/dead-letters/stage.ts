import { deadLetterBucketName, functionName, SINKS, type SinkName } from '../../infra/sinks.ts';
import { parseSoundly } from '../../infra/stage-file/parse-soundly.ts';
import type { Surroundings } from '../../infra/stage-file/project-files.ts';
import { stageFile } from '../../infra/stage-file/stage-file.ts';
import { readWrittenStage } from '../../infra/stage-file/written-stage.ts';

/** Where a stage keeps its dead letters, and what its functions are called. */
export interface DeadLetterStage {
  readonly stage: string;
  readonly region: string;
  readonly accountId: string;
  readonly bucket: string;
  /** The names in Lambda. */
  readonly functionNames: Readonly<Record<SinkName, string>>;
}

/** @throws Error that names the file and what it lacks */
export function deadLetterStage(stage: string, surroundings: Pick<Surroundings, 'readFile'>): DeadLetterStage {
  const { name, service, written } = readWrittenStage(stage, surroundings);
  const { accountId, region } = parseSoundly(stageFile, written).sound;
  if (accountId === undefined || region === undefined) throw new Error(`${name}: accountId and region must be written`);
  const names = SINKS.map((sink) => [sink, functionName(service, stage, sink)]);
  return {
    ...{ stage, region, accountId },
    bucket: deadLetterBucketName(service, stage, accountId),
    functionNames: Object.fromEntries(names),
  };
}
