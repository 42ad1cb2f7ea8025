import { SettingsError } from '../../shared/errors.ts';
import { type Deployment, deploymentOf } from '../template/deployment.ts';
import { parseSoundly } from './parse-soundly.ts';
import { problemsBetween } from './rules/rules.ts';
import { type StageFile, stageFile } from './stage-file.ts';

/**
 * A stage file as it will be deployed.
 * @param written as the YAML has it
 * @throws SettingsError that lists every problem, of settings and between them
 */
export function readStageFile(service: string, stage: string, written: unknown): Deployment {
  const { sound, problems } = parseSoundly(stageFile, written);
  const isWhole = typeof written === 'object' && written !== null;
  const all = isWhole ? [...problems, ...problemsBetween({ service, stage, sound, written })] : problems;
  if (all.length > 0) throw new SettingsError(`config/${stage}.yml`, all);
  return deploymentOf(service, stage, sound as StageFile);
}
