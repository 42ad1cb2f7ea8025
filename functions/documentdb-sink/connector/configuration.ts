import type { Configuration, ConfigurationParts } from '../configuration.ts';
import type { DocumentdbSettings } from '../settings.ts';
import { addressOfUri, type ReadAddress } from '../target/connection/address.ts';
import { providerKinds, resolvePlaceholders } from '../target/connection/config-providers.ts';
import { withUsedOptions } from '../target/connection/uri-options.ts';
import type { ProbedPlaces } from '../target/probe.ts';
import { createRecordMapper, hasTransforms, sidesWithRegistry } from './create-record-mapper.ts';
import type { Connector } from './file/connector.ts';
import { functionSettings } from './file/function-settings.ts';
import { readConnector } from './file/read-connector.ts';

/**
 * The configuration from a connector file.
 * @throws SettingsError that lists every problem of the file
 */
export async function connectorConfiguration(
  { poolSizeMax }: DocumentdbSettings,
  path: string,
  parts: ConfigurationParts,
): Promise<Configuration> {
  const connector = readConnector(parts.readConnectorFile(), { where: path, environment: parts.environment });
  return {
    ...(await mapperOf(connector, path, parts)),
    readAddress: connectorAddress(connector, parts),
    sinkSettings: { ...functionSettings(connector), epochs: connector.epochs, poolSizeMax },
    probedPlaces: () => probedPlaces(connector),
  };
}

async function probedPlaces({ topics, propertiesByTopic }: Connector): Promise<ProbedPlaces> {
  const { wantedIndexes } = await import('./wanted-indexes.ts');
  const databases = new Set(topics.map((topic) => propertiesByTopic(topic).text('database')));
  return { databases: [...databases], wantedIndexes: wantedIndexes({ topics, propertiesByTopic }) };
}

/** Transforms and schema registries are loaded only if the file names some, because they would lengthen every other cold start. */
async function mapperOf(
  connector: Connector,
  path: string,
  parts: ConfigurationParts,
): Promise<Pick<Configuration, 'mapper' | 'preparation'>> {
  if (sidesWithRegistry(connector).length > 0) {
    const { createRegistryMapper, registrySources } = await import('./registry/registry.ts');
    const { mapper, preparation } = createRegistryMapper(connector, path, registrySources(connector, parts));
    return { mapper, preparation };
  }
  if (!hasTransforms(connector)) return { mapper: createRecordMapper(connector, path) };
  const { createTransformedMapper } = await import('./transforms/create-transformed-mapper.ts');
  return { mapper: createTransformedMapper(connector, path).mapper };
}

function connectorAddress({ connectionUri, providers }: Connector, parts: ConfigurationParts): ReadAddress {
  const kinds = providerKinds(providers);
  return async (signal) =>
    addressOfUri(withUsedOptions(await resolvePlaceholders(connectionUri, kinds, parts, signal)));
}
