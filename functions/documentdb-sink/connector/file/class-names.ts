import type { Form } from './property.ts';

/** The connector's classes, by the property that names a class. */
const SINK = 'com.mongodb.kafka.connect.sink';
const CONNECT = 'org.apache.kafka.connect';

const inPackage = (pack: string, ...names: readonly string[]): readonly string[] =>
  names.map((name) => `${pack}.${name}`);

export const NAMESPACE_MAPPERS = inPackage(
  `${SINK}.namespace.mapping`,
  'DefaultNamespaceMapper',
  'FieldPathNamespaceMapper',
);

export const WRITE_MODEL_STRATEGIES = inPackage(
  `${SINK}.writemodel.strategy`,
  'DefaultWriteModelStrategy',
  'InsertOneDefaultStrategy',
  'ReplaceOneDefaultStrategy',
  'ReplaceOneBusinessKeyStrategy',
  'UpdateOneDefaultStrategy',
  'UpdateOneTimestampsStrategy',
  'UpdateOneBusinessKeyTimestampStrategy',
  'DeleteOneDefaultStrategy',
  'DeleteOneBusinessKeyStrategy',
  'DeleteOneTombstoneBusinessKeyStrategy',
);

export const RAW_KEY_STRATEGY = 'msksinks.RawKeyStrategy';

export const ID_STRATEGIES = [
  ...inPackage(
    `${SINK}.processor.id.strategy`,
    'BsonOidStrategy',
    'UuidStrategy',
    'KafkaMetaDataStrategy',
    'FullKeyStrategy',
    'PartialKeyStrategy',
    'PartialValueStrategy',
    'ProvidedInKeyStrategy',
    'ProvidedInValueStrategy',
    'UuidProvidedInKeyStrategy',
    'UuidProvidedInValueStrategy',
  ),
  RAW_KEY_STRATEGY,
];

export const POST_PROCESSORS = [
  ...inPackage(
    `${SINK}.processor`,
    'DocumentIdAdder',
    'AllowListKeyProjector',
    'AllowListValueProjector',
    'BlockListKeyProjector',
    'BlockListValueProjector',
    'WhitelistKeyProjector',
    'WhitelistValueProjector',
    'BlacklistKeyProjector',
    'BlacklistValueProjector',
    'KafkaMetaAdder',
    'NullFieldValueRemover',
    'field.renaming.RenameByMapping',
    'field.renaming.RenameByRegExp',
    'field.transform.FieldValueTransformPostProcessor',
  ),
];

export const CDC_HANDLERS = inPackage(
  `${SINK}.cdc`,
  'debezium.mongodb.MongoDbHandler',
  'debezium.mongodb.ChangeStreamHandler',
  'debezium.rdbms.RdbmsHandler',
  'debezium.rdbms.mysql.MysqlHandler',
  'debezium.rdbms.postgres.PostgresHandler',
  'mongodb.ChangeStreamHandler',
  'qlik.rdbms.RdbmsHandler',
);

/** Their schemas are in a registry. */
export const REGISTRY_CONVERTERS = [
  'io.confluent.connect.avro.AvroConverter',
  'io.confluent.connect.json.JsonSchemaConverter',
  'io.confluent.connect.protobuf.ProtobufConverter',
  'com.amazonaws.services.schemaregistry.kafkaconnect.AWSKafkaAvroConverter',
];

export const CONVERTERS = [
  ...inPackage(`${CONNECT}.storage`, 'StringConverter'),
  ...inPackage(`${CONNECT}.json`, 'JsonConverter'),
  ...inPackage(
    `${CONNECT}.converters`,
    'ByteArrayConverter',
    'LongConverter',
    'IntegerConverter',
    'ShortConverter',
    'DoubleConverter',
    'FloatConverter',
    'BooleanConverter',
  ),
  ...REGISTRY_CONVERTERS,
];

/** A strategy of this project, registered under this name. */
const CUSTOM = /^custom\.[A-Za-z][A-Za-z0-9_]*$/;

/**
 * The form of a property that names a class of the connector, with or without its package, or, if `custom` is true, a
 * strategy of this project.
 */
export const className = (what: string, known: readonly string[], custom = true): Form => ({
  text: `${what}: ${[...known.map((name) => `\`${shortName(name)}\``), ...(custom ? ['`custom.<name>`'] : [])].join(', ')}`,
  accepts: (value) => classesNamed(value, known).length === 1 || (custom && CUSTOM.test(value)),
  problem: (value) => ambiguous(value, known) ?? unknownClass(value, what, custom),
  normalized: (value) => wholeName(value, known),
});

/** The form of a list of classes. An empty text is an empty list. */
export const classNames = (what: string, known: readonly string[]): Form => {
  const one = className(what, known);
  const each = (value: string) => (value === '' ? [] : value.split(',').map((name) => name.trim()));
  return {
    text: `${one.text}; several with commas between them`,
    accepts: (value) => each(value).every(one.accepts),
    problem: (value) => one.problem?.(each(value).find((name) => !one.accepts(name)) ?? value),
    normalized: (value) =>
      each(value)
        .map((name) => wholeName(name, known))
        .join(','),
  };
};

/**
 * The classes that a name may stand for: the class of that full name, or every class with that simple name. Kafka
 * Connect accepts such aliases for converters, also without the word Converter.
 * https://github.com/apache/kafka/blob/4.3.1/connect/runtime/src/main/java/org/apache/kafka/connect/runtime/isolation/PluginUtils.java
 */
function classesNamed(value: string, known: readonly string[]): readonly string[] {
  if (known.includes(value)) return [value];
  return known.filter((name) => {
    const short = name.split('.').at(-1);
    return short === value || (CONVERTERS.includes(name) && short === `${value}Converter`);
  });
}

const wholeName = (value: string, known: readonly string[]): string => classesNamed(value, known)[0] ?? value;

function ambiguous(value: string, known: readonly string[]): string | undefined {
  const classes = classesNamed(value, known);
  return classes.length > 1 ? `is the name of several classes: write ${classes.join(' or ')}` : undefined;
}

/** The simple name, because full names would be too long for the documentation. */
const shortName = (name: string): string =>
  name.startsWith(SINK) || CONVERTERS.includes(name) ? (name.split('.').at(-1) ?? name) : name;

/**
 * The connector adds this post processor itself, and its constructor is not public: a list that names the class is refused.
 * https://github.com/mongodb/mongo-kafka/blob/master/src/main/java/com/mongodb/kafka/connect/sink/processor/TimeseriesTimeFieldAutoConversion.java
 */
const TIME_FIELD_PROCESSOR = 'TimeseriesTimeFieldAutoConversion';

const JAVA_CLASS = /^(?:[A-Za-z_$][\w$]*\.)+[A-Za-z_$][\w$]*$/;

/** Of such others, Lambda knows the schemas. */
const LAMBDA_DECODES = /Protobuf\w*Converter$/;
const LET_LAMBDA = '. Let Lambda decode the records: trigger.schemaRegistry in the stage file (docs/migrating.md)';

function unknownClass(value: string, what: string, custom: boolean): string | undefined {
  if (value === TIME_FIELD_PROCESSOR || value === `${SINK}.processor.${TIME_FIELD_PROCESSOR}`)
    return `is refused: the connector cannot make ${TIME_FIELD_PROCESSOR} of this list. Take the class out, and set timeseries.timefield and timeseries.timefield.auto.convert=true`;
  if (!JAVA_CLASS.test(value)) return undefined;
  return custom
    ? `is refused: ${value} is not a built-in class, and this function cannot run Java. Write the class as a TypeScript module and name the module custom.<name> (docs/custom-strategies.md)`
    : `is refused: ${value} is not a built-in ${what}, and this function cannot run Java${LAMBDA_DECODES.test(value) ? LET_LAMBDA : ''}`;
}
