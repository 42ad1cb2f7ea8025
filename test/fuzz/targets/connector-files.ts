import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createRecordMapper,
  hasTransforms,
} from '../../../functions/documentdb-sink/connector/create-record-mapper.ts';
import { functionSettings } from '../../../functions/documentdb-sink/connector/file/function-settings.ts';
import { readSettings } from '../../../functions/documentdb-sink/connector/file/read-connector.ts';
import { readConnectorFile } from '../../../infra/connector-file/read-connector-file.ts';
import { decodeText } from '../../../infra/stage-file/decode-text.ts';
import { SettingsError } from '../../../shared/errors.ts';
import { mutateText, pick } from '../mutate.ts';
import { CANARY, expectThat, type FuzzTarget } from '../target.ts';

const FOLDERS = ['test/fixtures/connector-files', 'config/connectors'].map((folder) =>
  join(import.meta.dirname, '..', '..', '..', folder),
);
const FILES = FOLDERS.flatMap((folder) =>
  readdirSync(folder)
    .filter((file) => !/\.(?:secret|topics)\.json$/.test(file))
    .sort()
    .map((file) => ({ file, text: decodeText(readFileSync(join(folder, file))) })),
);
const PASSWORD = /(:\/\/[^:/\s]+:)([^@\s$]+)(@)/g;

interface ConnectorFileInput {
  readonly file: string;
  readonly text: string;
}

/** A connector's file becomes a mapper, or every problem is listed in an error that quotes no password. */
export const connectorFiles: FuzzTarget<ConnectorFileInput> = {
  name: 'connector-files',
  generate(random) {
    const { file, text } = pick(random, FILES);
    return { file, text: mutateText(random, text.replaceAll(PASSWORD, `$1${CANARY}$3`)) };
  },
  async check({ file, text }) {
    try {
      const connector = readSettings(readConnectorFile(text, file), { where: file, environment: {} });
      functionSettings(connector);
      if (!hasTransforms(connector)) createRecordMapper(connector, file);
      else {
        const { createTransformedMapper } = await import(
          '../../../functions/documentdb-sink/connector/transforms/create-transformed-mapper.ts'
        );
        createTransformedMapper(connector, file);
      }
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      expectThat(error.problems.length > 0, 'an error without a problem');
      expectThat(!quotesPassword(error.message), 'the error quotes a password');
    }
  },
};

/** A mutation may leave a password alone in another property, where nothing tells that it is one. */
const quotesPassword = (message: string): boolean =>
  message.split('\n').some((line) => line.includes(CANARY) && /@|:\/\//.test(line));
