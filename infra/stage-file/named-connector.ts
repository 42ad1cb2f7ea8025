import type { Connector } from '../../functions/documentdb-sink/connector/file/connector.ts';
import type { Entry } from '../../functions/documentdb-sink/connector/file/properties-file.ts';
import { kindsIn, readSettings } from '../../functions/documentdb-sink/connector/file/read-connector.ts';
import { readName } from '../../functions/documentdb-sink/connector/file/read-entry.ts';
import { registryTexts } from '../../functions/documentdb-sink/connector/texts-with-placeholders.ts';
import { mapperOfConnector } from '../../functions/documentdb-sink/connector/transforms/mapper-of-connector.ts';
import { lambdaVariable, providerKinds } from '../../functions/documentdb-sink/target/connection/config-providers.ts';
import { placeholdersOf } from '../../functions/documentdb-sink/target/placeholders.ts';
import { SettingsError } from '../../shared/errors.ts';
import { packagedText } from '../connector-file/packaged-connector.ts';
import { type ConnectionStringCheck, checkConnectionString } from './connection/check-connection-string.ts';
import { placeholderProblems } from './connection/placeholder-problems.ts';
import { readConnectorSettings } from './connector-settings.ts';
import type { Surroundings } from './project-files.ts';
import type { TopicsLock } from './topics-lock.ts';

/** The connector file that a stage file names. */
export interface NamedConnector {
  readonly path: string;
  /** The source of the settings, if the file has other content too. */
  readonly container: string | undefined;
  /** The topics of a `topics.regex`, and the time of their lookup. */
  readonly lock: TopicsLock | undefined;
  /** The settings as packaged with the function. */
  readonly packaged: string;
  readonly connector: Connector;
  readonly connection: ConnectionStringCheck;
  /** The values of its `${env:NAME}` placeholders, which become variables of the function. */
  readonly environment: Readonly<Record<string, string>>;
}

export type NamedConnectorReading =
  | { readonly kind: 'sound'; readonly named: NamedConnector }
  | { readonly kind: 'unsound'; readonly problems: readonly string[] };

/** Reads the connector file as the function will, including its strategies, so that packaging reports every problem. */
export function readNamedConnector(path: string, surroundings: Surroundings): NamedConnectorReading {
  const { environment } = surroundings;
  const file = readConnectorSettings(path, surroundings);
  if (file === undefined) {
    return unsound([`documentdbSink.connector: there is no file ${path}; write a path relative to the project's root`]);
  }
  try {
    const read = readSettings(file, { where: path, environment });
    const { ignored } = mapperOfConnector(read, path);
    const connector = { ...read, ignored: [...read.ignored, ...ignored] };
    const unreadable = registryProblems(connector, environment);
    if (unreadable.length > 0) return unsound(unreadable.map((problem) => `${path}: ${problem}`));
    const connection = checkConnectionString(connector, environment);
    const packaged = packagedText(file);
    const named = { path, container: file.container, lock: file.lock, packaged, connector, connection };
    return {
      kind: 'sound',
      named: { ...named, environment: environmentOf(file.entries, connector.topics, environment) },
    };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return unsound(error.problems.map((problem) => `${path}: ${problem}`));
  }
}

/** Without its settings the function reads no schema, and so no record. */
function registryProblems(connector: Connector, environment: Surroundings['environment']): readonly string[] {
  const kinds = providerKinds(connector.providers);
  return registryTexts(connector).flatMap(([name, text]) =>
    placeholderProblems(text, kinds, environment).map((problem) => `${name} ${problem}`),
  );
}

const unsound = (problems: readonly string[]): NamedConnectorReading => ({ kind: 'unsound', problems });

/** Lambda sets these itself, and refuses a function that sets them: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const RESERVED =
  /^(?:_HANDLER|_X_AMZN_TRACE_ID|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR|AWS_(?:REGION|DEFAULT_REGION|EXECUTION_ENV|ACCESS_KEY|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|LAMBDA_\w+))$/;

/** Nothing that the function does not read: a truststore's password would stand in its configuration for nothing. */
function environmentOf(
  entries: readonly Entry[],
  topics: readonly string[],
  environment: Surroundings['environment'],
): Readonly<Record<string, string>> {
  const kinds = kindsIn(entries);
  const isRead = (entry: Entry) => {
    const named = readName(entry, topics);
    return named.kind === 'known' && named.property.support.kind !== 'meaningless';
  };
  return Object.fromEntries(
    entries
      .filter(isRead)
      .flatMap(({ value }) => placeholdersOf(value))
      .flatMap(({ provider, key }) => {
        const found = kinds.get(provider) === 'environment' && !RESERVED.test(key) ? environment[key] : undefined;
        return found === undefined ? [] : [[lambdaVariable(key), found]];
      }),
  );
}
