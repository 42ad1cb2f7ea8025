import { SettingsError } from '../../shared/errors.ts';
import { type Deployment, deploymentOf } from '../template/deployment.ts';
import { type NamedConnector, readNamedConnector } from './named-connector.ts';
import { parseSoundly, type Sound } from './parse-soundly.ts';
import { projectSurroundings, type Surroundings } from './project-files.ts';
import { problemsBetween } from './rules/rules.ts';
import { type StageFile, stageFile } from './stage-file.ts';

/**
 * Validates a stage file and derives the deployment.
 * @param written the parsed YAML
 * @throws SettingsError that lists every problem of single settings and of combinations
 */
export function readStageFile(
  service: string,
  stage: string,
  written: unknown,
  surroundings: Surroundings = projectSurroundings,
): Deployment {
  const { sound, problems } = parseSoundly(stageFile, written);
  const path = sound.documentdbSink?.connector;
  const reading = path === undefined ? undefined : readNamedConnector(path, surroundings);
  const connector = reading?.kind === 'sound' ? reading.named : undefined;
  const whole = withTopicsOf(sound, connector);
  const file = { service, stage, sound: whole, written, connector, surroundings };
  const all = [
    ...problems,
    ...(reading?.kind === 'unsound' ? reading.problems : []),
    ...(typeof written === 'object' && written !== null ? problemsBetween(file) : []),
  ];
  if (all.length > 0) throw new SettingsError(`config/${stage}.yml`, all);
  return deploymentOf(service, stage, whole as StageFile, connector);
}

/** With a connector file, documentdbSink reads the topics that the file names. */
function withTopicsOf(sound: Sound<StageFile>, named: NamedConnector | undefined): Sound<StageFile> {
  if (named === undefined) return sound;
  const { documentdbSink = {} } = sound;
  const trigger = { ...documentdbSink.trigger, topics: named.connector.topics };
  return { ...sound, documentdbSink: { ...documentdbSink, trigger } } as Sound<StageFile>;
}
