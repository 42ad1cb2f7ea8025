import { SettingsError } from '../../../shared/errors.ts';
import { settingsFromEnvironment } from '../../../shared/settings/parse-settings.ts';
import { combinationProblems } from './combinations.ts';
import { type KinesisSettings, kinesisSettings } from './settings.ts';

/**
 * Reads the function's settings from its environment.
 * @throws SettingsError that lists every problem, or every combination of settings that makes no sense
 */
export function kinesisSettingsFrom(environment: Readonly<Record<string, string | undefined>>) {
  // A deployment writes the default of `sessionName` out, and that default must not require a role.
  const settings = settingsFromEnvironment(kinesisSettings, environment);
  const isWritten = (name: keyof KinesisSettings) => name !== 'sessionName' && settings[name] !== undefined;
  const problems = combinationProblems(settings, settings.stage, isWritten);
  if (problems.length > 0)
    throw new SettingsError('The environment of the function (made from config/<stage>.yml)', problems);
  return settings;
}
