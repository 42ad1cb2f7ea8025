import { parseSoundly } from '../stage-file/parse-soundly.ts';
import type { Surroundings } from '../stage-file/project-files.ts';
import { stageFile } from '../stage-file/stage-file.ts';
import { readWrittenStage } from '../stage-file/written-stage.ts';

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
  const { name, written } = readWrittenStage(stage, surroundings);
  const { region, cluster, documentdbSink } = parseSoundly(stageFile, written).sound;
  return { name, connectorPath: documentdbSink?.connector, region, clusterArn: cluster?.arn };
}
