import type { ConfigurationParts } from '../../configuration.ts';
import { providerKinds, resolvePlaceholders } from '../../target/connection/config-providers.ts';
import type { Connector } from '../file/connector.ts';
import type { Side } from '../transforms/connect-record.ts';
import { clientTextsOf } from './confluent/client-settings.ts';
import { createConfluentSource } from './confluent/confluent-source.ts';
import { converterClassOf } from './converter-classes.ts';
import { glueParts } from './glue/glue-settings.ts';
import { createGlueSource } from './glue/glue-source.ts';
import type { SchemaSource } from './schema-source.ts';

/** Where the schemas of each side are, as the file says. Nothing is asked yet. */
export const registrySources =
  ({ properties, providers }: Connector, parts: ConfigurationParts): ((side: Side) => SchemaSource) =>
  (side) => {
    const kinds = providerKinds(providers);
    const own = properties.under(`${side}.converter.`);
    if (converterClassOf(properties, side)?.registry === 'glue')
      return createGlueSource(glueParts(own, parts.environment));
    return createConfluentSource({
      texts: clientTextsOf(own),
      resolveText: (text, signal) => resolvePlaceholders(text, kinds, parts, signal, `${side}.converter`),
      readCaBundle: parts.readCaBundle,
    });
  };
