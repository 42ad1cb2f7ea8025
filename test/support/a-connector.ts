import type { Surroundings } from '../../infra/stage-file/project-files.ts';
import { aStageFile, type StageFileChanges } from './a-stage-file.ts';

export const CONNECTOR_PATH = 'config/connectors/test.properties';

/** A file that is as short as it can be, with other properties. */
export const aConnectorText = (properties: Readonly<Record<string, string>> = {}): string =>
  Object.entries({
    topics: 'orders',
    database: 'shop',
    'connection.uri': 'mongodb://app@docdb.example:27017/?tls=true',
    ...properties,
  })
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');

/** A project in which these files exist, and no others. */
export const aProject = (
  files: Readonly<Record<string, string>> = { [CONNECTOR_PATH]: aConnectorText() },
  environment: Surroundings['environment'] = {},
): Surroundings => ({ readFile: (path) => files[path], environment });

/** A stage file whose documentdbSink follows a connector's file; kinesisSink reads `orders`. */
export const aStageFileWithConnector = ({ documentdbSink, ...changes }: StageFileChanges = {}) =>
  aStageFile({
    ...changes,
    documentdbSink: { secretArn: undefined, database: undefined, connector: CONNECTOR_PATH, ...documentdbSink },
  });
