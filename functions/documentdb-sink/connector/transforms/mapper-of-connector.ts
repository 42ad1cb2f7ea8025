import { createRecordMapper, hasTransforms, sidesWithRegistry } from '../create-record-mapper.ts';
import type { CustomStrategies } from '../custom/custom-strategies.ts';
import { CUSTOM_STRATEGIES } from '../custom/registry.ts';
import type { Connector } from '../file/connector.ts';
import { createRegistryMapper } from '../registry/create-registry-mapper.ts';
import { outage, type SchemaSource } from '../registry/schema-source.ts';
import { createChain } from './create-chain.ts';
import { createTransformedMapper, type TransformedMapper } from './create-transformed-mapper.ts';

/**
 * The mapper for a connector file with or without transforms, for tools, which need no lazy loading.
 * @throws SettingsError that lists every property that cannot be followed
 */
export const mapperOfConnector = (
  connector: Connector,
  where: string,
  custom: CustomStrategies = CUSTOM_STRATEGIES,
): TransformedMapper => {
  if (sidesWithRegistry(connector).length > 0) return createRegistryMapper(connector, where, () => NO_SOURCE, custom);
  return hasTransforms(connector)
    ? createTransformedMapper(connector, where, custom)
    : { mapper: createRecordMapper(connector, where, custom), ignored: unreadTransforms(connector, where) };
};

/** Settings of transforms that `transforms` does not list. @throws SettingsError with msksinks.strict */
const unreadTransforms = ({ transforms, properties }: Connector, where: string): readonly string[] =>
  createChain(transforms, where, new Map(), properties.flag('msksinks.strict')).ignored;

/** Tools ask no registry: every record waits. */
const NO_SOURCE: SchemaSource = { fetch: () => Promise.resolve(outage('no schema registry is asked')) };
