import { parse } from 'yaml';
import { parseSoundly } from '../stage-file/parse-soundly.ts';
import type { Surroundings } from '../stage-file/project-files.ts';
import { stageFile } from '../stage-file/stage-file.ts';

/** What a stage file says of the topics' cluster and of the connector's file. */
export interface TopicsOfStage {
  /** The stage file. */
  readonly name: string;
  readonly connectorPath: string | undefined;
  readonly region: string | undefined;
  readonly clusterArn: string | undefined;
}

/** @throws Error where there is no such stage file */
export function topicsOfStage(stage: string, surroundings: Surroundings): TopicsOfStage {
  const name = `config/${stage}.yml`;
  const text = surroundings.readFile(name);
  if (text === undefined) throw new Error(`${name} does not exist`);
  const { region, cluster, documentdbSink } = parseSoundly(stageFile, parse(text)).sound;
  return { name, connectorPath: documentdbSink?.connector, region, clusterArn: cluster?.arn };
}
