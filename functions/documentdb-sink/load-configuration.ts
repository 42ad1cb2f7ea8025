import { SettingsError } from '../../shared/errors.ts';
import type { Configuration, ConfigurationParts } from './configuration.ts';
import { createNativeMapper } from './plan/native-mapper.ts';
import type { DocumentdbSettings } from './settings.ts';
import { addressByRole, addressOfSecret, type ReadAddress } from './target/connection/address.ts';
import { createConnectionSecret } from './target/connection/secret.ts';

/**
 * Loads the connector's strategies only if the settings name a connector file: the strategies would lengthen every
 * other cold start.
 * @throws SettingsError that lists every problem
 */
export async function loadConfiguration(
  settings: DocumentdbSettings,
  parts: ConfigurationParts,
): Promise<Configuration> {
  if (settings.connector === undefined) return nativeConfiguration(settings, parts);
  const { connectorConfiguration } = await import('./connector/configuration.ts');
  // The bundle of the region is of Amazon's authorities, which sign no schema registry.
  const isOfTheUser = settings.caBundle !== 'region';
  return connectorConfiguration(
    settings,
    settings.connector,
    isOfTheUser ? parts : { ...parts, readCaBundle: undefined },
  );
}

function nativeConfiguration(settings: DocumentdbSettings, parts: ConfigurationParts): Configuration {
  const { database } = settings;
  if (database === undefined) throw new SettingsError('documentdbSink', ['database is missing']);
  return {
    mapper: createNativeMapper({ ...settings, database }),
    readAddress: nativeAddress(settings, parts),
    sinkSettings: { ...settings, epochs: new Map(), onNoMatch: 'ignore' },
    probedPlaces: () => Promise.resolve({ databases: [database], wantedIndexes: [] }),
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
