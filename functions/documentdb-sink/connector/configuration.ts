import type { Configuration, ConfigurationParts } from '../configuration.ts';
import { addressOfUri, type ReadAddress } from '../connection/address.ts';
import { providerKinds, resolvePlaceholders } from '../connection/config-providers.ts';
import { withHeededOptions } from '../connection/uri-options.ts';
import type { DocumentdbSettings } from '../settings.ts';
import { createRecordPolicy } from './create-record-policy.ts';
import { functionSettings } from './function-settings.ts';
import { type Connector, readConnector } from './read-connector.ts';

/**
 * What the function does where a connector's file says so.
 * @throws SettingsError that lists every problem of the file
 */
export function connectorConfiguration(
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
  return async (signal) =>
    addressOfUri(withHeededOptions(await resolvePlaceholders(connectionUri, kinds, parts, signal)));
}
