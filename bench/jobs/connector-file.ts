import type { Surroundings } from '../harness/surroundings.ts';

/** The converters that a connector file names. */
export type Converter = 'JsonConverter' | 'StringConverter';

const SINK = 'com.mongodb.kafka.connect.sink';
const CLASSES: Readonly<Record<Converter, string>> = {
  JsonConverter: 'org.apache.kafka.connect.json.JsonConverter',
  StringConverter: 'org.apache.kafka.connect.storage.StringConverter',
};
const NO_SCHEMAS = { 'key.converter.schemas.enable': 'false', 'value.converter.schemas.enable': 'false' };

/** A file that replaces whole documents by the `_id` in the key, which both the connector and documentdbSink read. */
export const connectorFile = (surroundings: Surroundings, converter: Converter): Readonly<Record<string, string>> => ({
  topics: 'orders',
  'connection.uri': plainUri(surroundings),
  database: 'shop',
  collection: 'orders',
  'errors.tolerance': 'all',
  'document.id.strategy': `${SINK}.processor.id.strategy.ProvidedInKeyStrategy`,
  'writemodel.strategy': `${SINK}.writemodel.strategy.ReplaceOneDefaultStrategy`,
  'key.converter': CLASSES[converter],
  'value.converter': CLASSES[converter],
  ...(converter === 'JsonConverter' && NO_SCHEMAS),
});

/** documentdbSink with the connector file of a converter. */
export const withConnectorFile = async (surroundings: Surroundings, converter: Converter) => ({
  name: converter,
  file: await surroundings.functions.withConnector(`documentdb-${converter}`, connectorFile(surroundings, converter)),
  environment: surroundings.documentdbEnvironment({ connector: 'config/connectors/bench.properties' }),
});

/** Where a client reaches the server without TLS and without a login. */
export const plainUri = ({ documentdb }: Surroundings): string =>
  `mongodb://127.0.0.1:${documentdb.ports['plain']}/?directConnection=true&tls=false&retryWrites=false`;
