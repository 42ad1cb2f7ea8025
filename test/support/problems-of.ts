import type { Surroundings } from '../../infra/stage-file/project-files.ts';
import { readStageFile } from '../../infra/stage-file/read-stage-file.ts';
import { SettingsError } from '../../shared/errors.ts';

/** What is said against a stage file; nothing: it can be deployed. */
export function problemsOf(
  stageFile: unknown,
  stage = 'dev',
  surroundings?: Surroundings,
  service = 'msk-sinks',
): readonly string[] {
  try {
    readStageFile(service, stage, stageFile, surroundings);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}
