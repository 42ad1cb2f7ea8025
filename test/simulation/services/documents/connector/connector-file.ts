import { readConnector } from '../../../../../functions/documentdb-sink/connector/file/read-connector.ts';
import { clientTextsOf } from '../../../../../functions/documentdb-sink/connector/registry/confluent/client-settings.ts';
import { createConfluentSource } from '../../../../../functions/documentdb-sink/connector/registry/confluent/confluent-source.ts';
import { createRegistryMapper } from '../../../../../functions/documentdb-sink/connector/registry/create-registry-mapper.ts';
import { createGlueSource } from '../../../../../functions/documentdb-sink/connector/registry/glue/glue-source.ts';
import { mapperOfConnector } from '../../../../../functions/documentdb-sink/connector/transforms/mapper-of-connector.ts';
import type { Preparation } from '../../../../../functions/documentdb-sink/plan/preparation.ts';
import type { RecordMapper } from '../../../../../functions/documentdb-sink/plan/record-mapper.ts';
import {
  asksRegistry,
  type ConnectorStory,
  type IdStrategyName,
  isOfBusinessKey,
  isOfValue,
  type RegistryConverterName,
  type SourceName,
  unwraps,
  type WriteModelName,
} from '../../../scenario/connector/connector.ts';
import type { Scenario } from '../../../scenario/scenario.ts';
import { TOPIC, topicNamesOf } from '../../kafka-log.ts';
import { DATABASE } from '../document-policy.ts';
import { HOST_PLACEHOLDER, type RegistryAccess } from './registry/schema-registry.ts';
import { transformProperties } from './transform-model.ts';

const STRATEGY = 'com.mongodb.kafka.connect.sink';

const ID_CLASSES: Readonly<Record<IdStrategyName, string>> = {
  fullKey: `${STRATEGY}.processor.id.strategy.FullKeyStrategy`,
  partialKey: `${STRATEGY}.processor.id.strategy.PartialKeyStrategy`,
  providedInKey: `${STRATEGY}.processor.id.strategy.ProvidedInKeyStrategy`,
  rawKey: 'msksinks.RawKeyStrategy',
  partialValue: `${STRATEGY}.processor.id.strategy.PartialValueStrategy`,
  providedInValue: `${STRATEGY}.processor.id.strategy.ProvidedInValueStrategy`,
};

const MODEL_CLASSES: Readonly<Record<WriteModelName, string>> = {
  default: `${STRATEGY}.writemodel.strategy.DefaultWriteModelStrategy`,
  replaceOneDefault: `${STRATEGY}.writemodel.strategy.ReplaceOneDefaultStrategy`,
  updateOneDefault: `${STRATEGY}.writemodel.strategy.UpdateOneDefaultStrategy`,
  updateOneTimestamps: `${STRATEGY}.writemodel.strategy.UpdateOneTimestampsStrategy`,
  replaceOneBusinessKey: `${STRATEGY}.writemodel.strategy.ReplaceOneBusinessKeyStrategy`,
  updateOneBusinessKeyTimestamp: `${STRATEGY}.writemodel.strategy.UpdateOneBusinessKeyTimestampStrategy`,
};

const PROCESSOR_CLASSES = {
  projects: `${STRATEGY}.processor.BlockListValueProjector`,
  renames: `${STRATEGY}.processor.field.renaming.RenameByMapping`,
} as const;

const HANDLER_CLASSES: Readonly<Record<SourceName, string>> = {
  debeziumPatch: `${STRATEGY}.cdc.debezium.mongodb.MongoDbHandler`,
  debeziumStream: `${STRATEGY}.cdc.debezium.mongodb.ChangeStreamHandler`,
  debeziumTable: `${STRATEGY}.cdc.debezium.rdbms.postgres.PostgresHandler`,
  qlik: `${STRATEGY}.cdc.qlik.rdbms.RdbmsHandler`,
  changeStream: `${STRATEGY}.cdc.mongodb.ChangeStreamHandler`,
};

type Properties = Readonly<Record<string, string | undefined>>;

const CONVERTER_CLASSES = {
  json: 'org.apache.kafka.connect.json.JsonConverter',
  jsonWithSchema: 'org.apache.kafka.connect.json.JsonConverter',
  string: 'org.apache.kafka.connect.storage.StringConverter',
} as const;

const REGISTRY_CLASSES: Readonly<Record<RegistryConverterName, string>> = {
  avro: 'io.confluent.connect.avro.AvroConverter',
  glueAvro: 'com.amazonaws.services.schemaregistry.kafkaconnect.AWSKafkaAvroConverter',
  jsonSchema: 'io.confluent.connect.json.JsonSchemaConverter',
  protobuf: 'io.confluent.connect.protobuf.ProtobufConverter',
};

/** Of a secret: https://docs.aws.amazon.com/msk/latest/developerguide/msk-connect-config-provider.html */
const PLACEHOLDERS: Properties = {
  'config.providers': 'sm',
  'config.providers.sm.class': 'com.amazonaws.kafka.config.providers.SecretsManagerConfigProvider',
};

const REGION = 'eu-west-1';

const registryProperties = (side: 'key' | 'value', converter: RegistryConverterName): Properties => ({
  [`${side}.converter`]: REGISTRY_CLASSES[converter],
  ...(converter === 'glueAvro'
    ? { [`${side}.converter.region`]: REGION }
    : {
        [`${side}.converter.schema.registry.url`]: `http://${HOST_PLACEHOLDER}-1:8081,http://${HOST_PLACEHOLDER}-2:8081`,
      }),
});

/** The text of the connector's `.properties` file. https://www.mongodb.com/docs/kafka-connector/current/sink-connector/configuration-properties/ */
export function connectorText(connector: ConnectorStory, scenario: Scenario): string {
  const properties: Properties = {
    name: 'simulated',
    'connector.class': 'com.mongodb.kafka.connect.MongoSinkConnector',
    topics: topicNamesOf(scenario.topicCount).join(),
    'connection.uri': 'mongodb://simulated:27017',
    database: DATABASE,
    collection: TOPIC,
    ...converterProperties(connector),
    ...transformProperties(connector),
    ...(connector.source === undefined || unwraps(connector)
      ? strategyProperties(connector, scenario)
      : changeProperties(connector.source, scenario)),
    ...ownProperties(scenario),
  };
  return Object.entries(properties)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
    .join('\n');
}

function converterProperties({ converter, keyHasSchema }: ConnectorStory): Properties {
  switch (converter) {
    case 'json':
    case 'jsonWithSchema':
    case 'string':
      return { ...plainProperties('key', converter), ...plainProperties('value', converter) };
    default:
      return {
        ...PLACEHOLDERS,
        ...(keyHasSchema ? registryProperties('key', converter) : plainProperties('key', 'json')),
        ...registryProperties('value', converter),
      };
  }
}

const plainProperties = (side: 'key' | 'value', converter: keyof typeof CONVERTER_CLASSES): Properties => ({
  [`${side}.converter`]: CONVERTER_CLASSES[converter],
  [`${side}.converter.schemas.enable`]: converter === 'string' ? undefined : `${converter === 'jsonWithSchema'}`,
});

const strategyProperties = (connector: ConnectorStory, scenario: Scenario): Properties => ({
  ...idProperties(connector),
  ...processorProperties(connector),
  ...writeProperties(connector, scenario),
});

/** With a handler the strategies have no part in a record. The last ones are beside the connector: docs/migrating.md */
const changeProperties = (source: SourceName, { documentdb, topicCount }: Scenario): Properties => ({
  'change.data.capture.handler': HANDLER_CLASSES[source],
  ...Object.fromEntries(
    topicNamesOf(topicCount)
      .slice(1)
      .map((topic) => [`topic.override.${topic}.collection`, documentdb.isCollectionOfTopic ? topic : undefined]),
  ),
  'msksinks.cdc.full.document.null': 'update',
  'msksinks.cdc.truncated.arrays': 'apply',
  'msksinks.cdc.cleared.columns': 'unset',
  'msksinks.cdc.unknown.operation': 'ignore',
});

function idProperties({ idStrategy, overwritesId }: ConnectorStory): Properties {
  const where = idStrategy === 'partialKey' ? 'key' : 'value';
  const isPartial = idStrategy === 'partialKey' || idStrategy === 'partialValue';
  return {
    'document.id.strategy': ID_CLASSES[idStrategy],
    'document.id.strategy.overwrite.existing': overwritesId ? 'true' : undefined,
    [`document.id.strategy.partial.${where}.projection.type`]: isPartial ? 'AllowList' : undefined,
    [`document.id.strategy.partial.${where}.projection.list`]: isPartial ? 'k' : undefined,
  };
}

function processorProperties({ processor }: ConnectorStory): Properties {
  if (processor === undefined) return {};
  const chain = `${STRATEGY}.processor.DocumentIdAdder,${PROCESSOR_CLASSES[processor]}`;
  return processor === 'projects'
    ? { 'post.processor.chain': chain, 'value.projection.type': 'BlockList', 'value.projection.list': 'part' }
    : { 'post.processor.chain': chain, 'field.renamer.mapping': '[{"oldName":"value.part","newName":"share"}]' };
}

/** Each topic has its own. */
function writeProperties(connector: ConnectorStory, { documentdb, topicCount }: Scenario): Properties {
  const [first, others] = connector.writeModels;
  const isDeletedByBusinessKey = isOfBusinessKey(connector) && !isOfValue(connector);
  return {
    'writemodel.strategy': MODEL_CLASSES[first],
    'delete.on.null.values': isOfValue(connector) ? undefined : 'true',
    'delete.writemodel.strategy': isDeletedByBusinessKey
      ? `${STRATEGY}.writemodel.strategy.DeleteOneTombstoneBusinessKeyStrategy`
      : undefined,
    ...Object.fromEntries(
      topicNamesOf(topicCount)
        .slice(1)
        .flatMap((topic) => [
          [`topic.override.${topic}.writemodel.strategy`, MODEL_CLASSES[others]],
          [`topic.override.${topic}.collection`, documentdb.isCollectionOfTopic ? topic : undefined],
        ]),
    ),
  };
}

/** docs/settings.md */
const ownProperties = ({ documentdb, function: fn }: Scenario): Properties => ({
  'errors.tolerance': fn.onPoison === 'block' ? 'none' : 'all',
  'msksinks.deletes': documentdb.deletes,
  'msksinks.guard': documentdb.guard,
  'msksinks.guard.field': documentdb.guard === 'field' ? 'id' : undefined,
});

export interface MapperParts {
  readonly mapper: RecordMapper;
  readonly preparation?: Preparation;
}

/** The function's own mapper, of that text. @param accessOf asks the schema registry, if the file names one */
export function mapperOfFile(
  connector: ConnectorStory,
  scenario: Scenario,
  accessOf: (converter: RegistryConverterName) => RegistryAccess,
): MapperParts {
  const where = 'simulated.properties';
  const read = readConnector(connectorText(connector, scenario), { where });
  if (!asksRegistry(connector)) return { mapper: mapperOfConnector(read, where).mapper };
  const { call, readCredentials, resolveText } = accessOf(connector.converter);
  if (connector.converter === 'glueAvro') {
    const endpoint = new URL(`https://glue.${REGION}.amazonaws.com/`);
    return createRegistryMapper(read, where, () =>
      createGlueSource({ region: REGION, endpoint, readCredentials, call }),
    );
  }
  return createRegistryMapper(read, where, (side) =>
    createConfluentSource({
      texts: clientTextsOf(read.properties.under(`${side}.converter.`)),
      resolveText,
      readCaBundle: undefined,
      get: call,
    }),
  );
}
