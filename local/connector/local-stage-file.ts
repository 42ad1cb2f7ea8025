import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Endpoints } from '../engines/endpoints.ts';
import type { LocalStage } from '../local-stage.ts';
import { PROJECT_ROOT } from '../pipeline/package-template.ts';
import { localConnectionUri, withConnectionUri } from './local-connection.ts';

/**
 * Writes what is deployed where a connector's file was named: the stage file, and a copy of the connector's that reaches
 * the cluster of this machine.
 * @returns the stage file's path from the project's root; undefined: config/local.yml as it is
 */
export async function localStageFile(
  { connector, stageFile }: LocalStage,
  { documentdb }: Endpoints,
  folder: string,
): Promise<string | undefined> {
  if (connector === undefined) return undefined;
  const copy = join(folder, 'connector.json');
  const uri = localConnectionUri(connector.connector.connectionUri, documentdb);
  await writeFile(copy, withConnectionUri(connector.packaged, uri));
  const section = { ...(stageFile['documentdbSink'] as object), connector: relative(PROJECT_ROOT, copy) };
  const file = join(folder, 'stage.yml');
  await writeFile(file, JSON.stringify({ ...stageFile, documentdbSink: section }, null, 2)); // JSON is YAML
  return relative(PROJECT_ROOT, file);
}
