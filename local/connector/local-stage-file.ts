import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Endpoints } from '../engines/endpoints.ts';
import type { LocalStage } from '../local-stage.ts';
import { PROJECT_ROOT } from '../pipeline/package-template.ts';
import { localConnectionUri, withConnectionUri } from './local-connection.ts';

/**
 * With a connector file, writes the stage file to deploy and a copy of the connector file that connects to the local cluster.
 * @returns the stage file's path relative to the project's root; undefined: config/local.yml is used unchanged
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
