import { SettingsError } from '../../../shared/errors.ts';
import { settingsFromEnvironment } from '../../../shared/settings/parse-settings.ts';
import { combinationProblems } from './combinations.ts';
import { type KinesisSettings, kinesisSettings } from './settings.ts';

/**
 * The function's settings, once, whole.
 * @throws SettingsError that lists every problem, or every combination of settings that means nothing
 */
export function kinesisSettingsFrom(environment: Readonly<Record<string, string | undefined>>) {
  // A deployment writes defaults out: a session name that was never chosen must need no role.
  const settings = settingsFromEnvironment(kinesisSettings, environment);
  const isWritten = (name: keyof KinesisSettings) => name !== 'sessionName' && settings[name] !== undefined;
  const problems = combinationProblems(settings, settings.stage, isWritten);
  if (problems.length > 0)
    throw new SettingsError('The environment of the function (made from config/<stage>.yml)', problems);
  return settings;
}
