import { SettingsError } from '../../shared/errors.ts';
import { addressByRole, addressOfSecret, addressOfUri, type ReadAddress } from './address.ts';
import type { ReadText } from './aws-readers.ts';
import { providerKinds, resolvePlaceholders } from './config-providers.ts';
import { createRecordPolicy } from './connector/create-record-policy.ts';
import { functionSettings } from './connector/function-settings.ts';
import { type Connector, readConnector } from './connector/read-connector.ts';
import { createNativePolicy } from './native-policy.ts';
import type { RecordPolicy } from './record-policy.ts';
import { createConnectionSecret } from './secret.ts';
import type { DocumentdbSettings } from './settings.ts';
import type { DocumentdbSinkSettings } from './sink.ts';

/** What the function does, whether a connector's file or the stage file says so. */
export interface Configuration {
  readonly policy: RecordPolicy;
  readonly readAddress: ReadAddress;
  readonly sinkSettings: DocumentdbSinkSettings;
}

export interface ConfigurationParts {
  /** The text of the connector's file, where the settings name one. */
  readonly readConnectorFile: () => string;
  readonly readSecret: ReadText;
  readonly readParameter: ReadText;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** @throws SettingsError that lists every problem */
export const configurationOf = (settings: DocumentdbSettings, parts: ConfigurationParts): Configuration =>
  settings.connector === undefined
    ? nativeConfiguration(settings, parts)
    : connectorConfiguration(settings, settings.connector, parts);

function nativeConfiguration(settings: DocumentdbSettings, parts: ConfigurationParts): Configuration {
  const { database } = settings;
  if (database === undefined) throw new SettingsError('documentdbSink', ['database is missing']);
  return {
    policy: createNativePolicy({ ...settings, database }),
    readAddress: nativeAddress(settings, parts),
    sinkSettings: { ...settings, epochs: new Map(), onNoMatch: 'ignore' },
  };
}

function nativeAddress(settings: DocumentdbSettings, { readSecret }: ConfigurationParts): ReadAddress {
  const { authentication, secretArn, host, port, replicaSet } = settings;
  if (authentication === 'iam') {
    if (host === undefined) throw new SettingsError('documentdbSink', ['host is missing']);
    return () => Promise.resolve(addressByRole(host, port, replicaSet));
  }
  if (secretArn === undefined) throw new SettingsError('documentdbSink', ['secretArn is missing']);
  const readConnectionSecret = createConnectionSecret(secretArn, readSecret);
  return async (signal) => addressOfSecret(await readConnectionSecret(signal), replicaSet);
}

function connectorConfiguration(
  { poolSizeMax }: DocumentdbSettings,
  path: string,
  parts: ConfigurationParts,
): Configuration {
  const connector = readConnector(parts.readConnectorFile(), { where: path, environment: parts.environment });
  return {
    policy: createRecordPolicy(connector, path),
    readAddress: connectorAddress(connector, parts),
    sinkSettings: { ...functionSettings(connector), epochs: connector.epochs, poolSizeMax },
  };
}

function connectorAddress({ connectionUri, providers }: Connector, parts: ConfigurationParts): ReadAddress {
  const kinds = providerKinds(providers);
  return async (signal) => addressOfUri(await resolvePlaceholders(connectionUri, kinds, parts, signal));
}
