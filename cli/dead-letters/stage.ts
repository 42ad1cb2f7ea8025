import { parse } from 'yaml';
import { deadLetterBucketName, functionName, SINKS, type SinkName } from '../../infra/sinks.ts';
import { parseSoundly } from '../../infra/stage-file/parse-soundly.ts';
import type { Surroundings } from '../../infra/stage-file/project-files.ts';
import { stageFile } from '../../infra/stage-file/stage-file.ts';

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
export function deadLetterStage(stage: string, { readFile }: Pick<Surroundings, 'readFile'>): DeadLetterStage {
  const name = `config/${stage}.yml`;
  const text = readFile(name);
  if (text === undefined) throw new Error(`${name} does not exist: choose another stage with --stage`);
  const { accountId, region } = parseSoundly(stageFile, parse(text)).sound;
  if (accountId === undefined || region === undefined) throw new Error(`${name}: accountId and region must be written`);
  const { service }: { readonly service: string } = parse(readFile('serverless.yml') ?? '');
  const names = SINKS.map((sink) => [sink, functionName(service, stage, sink)]);
  return {
    ...{ stage, region, accountId },
    bucket: deadLetterBucketName(service, stage, accountId),
    functionNames: Object.fromEntries(names),
  };
}
