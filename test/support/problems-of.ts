import { readStageFile } from '../../infra/stage-file/read-stage-file.ts';
import { SettingsError } from '../../shared/errors.ts';

/** What is said against a stage file; nothing: it can be deployed. */
export function problemsOf(stageFile: unknown, stage = 'dev'): readonly string[] {
  try {
    readStageFile('msk-sinks', stage, stageFile);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}
