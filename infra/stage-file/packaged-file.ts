import { packagedText } from '../connector-file/packaged-connector.ts';
import { readConnectorSettings } from './connector-settings.ts';
import { projectSurroundings } from './project-files.ts';

/** The settings of a connector's file that has been found sound, as the function reads them. @param path from the project's root */
export function packagedFile(path: string): string {
  const settings = readConnectorSettings(path, projectSurroundings);
  if (settings === undefined) throw new Error(`there is no file ${path}`);
  return packagedText(settings);
}
