/** Of what the connector makes `_id`. */
export const ID_STRATEGIES = [
  /** The key's document. */
  'fullKey',
  /** Some fields of it. */
  'partialKey',
  /** The field `_id` of the key. */
  'providedInKey',
  /** The key's text. */
  'rawKey',
  /** Some fields of the value. */
  'partialValue',
  /** The field `_id` of the value. */
  'providedInValue',
] as const;

export type IdStrategyName = (typeof ID_STRATEGIES)[number];

/** Into what write the connector makes a value. */
export const WRITE_MODELS = [
  'default',
  'replaceOneDefault',
  'updateOneDefault',
  'updateOneTimestamps',
  'replaceOneBusinessKey',
  'updateOneBusinessKeyTimestamp',
] as const;

/** What else becomes of a value. */
export const POST_PROCESSORS = ['projects', 'renames'] as const;

/** Whose change events the values are. */
export const SOURCES = [
  /** Debezium's MongoDB connector up to 1.x, whose updates are patches. */
  'debeziumPatch',
  /** Debezium's MongoDB connector on change streams. */
  'debeziumStream',
  /** Debezium's connectors for MySQL and Postgres. */
  'debeziumTable',
  /** Qlik Replicate. */
  'qlik',
  /** MongoDB's own change streams. */
  'changeStream',
] as const;

/** What Debezium writes as the key of a row that has none. */
export const ROW_KEYS = ['null', 'empty'] as const;

export type SourceName = (typeof SOURCES)[number];

export type WriteModelName = (typeof WRITE_MODELS)[number];

export const TRANSFORMS = [
  /** Debezium's event becomes its row (ExtractNewRecordState). */
  'unwraps',
  /** Topic, offset and a text become fields (InsertField). */
  'inserts',
  /** Fields go (ReplaceField). */
  'drops',
  /** Fields get other names (ReplaceField). */
  'renames',
] as const;

/** A transform of the file, and the predicate that says for which records it is. */
export interface TransformStory {
  readonly name: (typeof TRANSFORMS)[number];
  readonly when: 'always' | 'otherTopics' | 'firstTopic' | 'header' | 'noHeader' | 'value';
}

export const CONVERTERS = ['json', 'string', 'jsonWithSchema'] as const;

/** Those whose schemas a registry has: of Confluent's API in three formats, and AWS Glue. */
export const REGISTRY_CONVERTERS = ['avro', 'glueAvro', 'jsonSchema', 'protobuf'] as const;

export type RegistryConverterName = (typeof REGISTRY_CONVERTERS)[number];

/** What a connector's file asks for. */
export interface ConnectorStory {
  readonly idStrategy: IdStrategyName;
  /** Of the first topic, and of the others. */
  readonly writeModels: readonly [WriteModelName, WriteModelName];
  /** JSON of Kafka Connect, without schemas or with them, text that is JSON, or values with schemas of a registry. */
  readonly converter: (typeof CONVERTERS)[number] | RegistryConverterName;
  /** Of a registry's converter: keys have schemas as well; default: they are JSON. */
  readonly keyHasSchema?: true;
  /** The value has an `_id` of its own, which the id strategy overwrites. */
  readonly overwritesId?: true;
  /** The field `part` of the value is left out, or has another name. */
  readonly processor?: (typeof POST_PROCESSORS)[number];
  /** Values are change events of this source, of which a CDC handler makes the writes. Strategies and processors have no part in it. */
  readonly source?: SourceName;
  /** Of a table without a primary key: events have no key, or one without columns. */
  readonly rowKey?: (typeof ROW_KEYS)[number];
  /** One after another, each name at most once. */
  readonly transforms?: readonly TransformStory[];
}

export const isOfRegistry = (converter: ConnectorStory['converter']): converter is RegistryConverterName =>
  REGISTRY_CONVERTERS.some((name) => name === converter);

/** Of a file whose converter asks a schema registry. */
export type RegistryStory = ConnectorStory & { readonly converter: RegistryConverterName };

export const asksRegistry = (connector: ConnectorStory): connector is RegistryStory =>
  isOfRegistry(connector.converter);

/** Rows are taken out of change events, and written by the strategies. */
export const unwraps = ({ transforms = [] }: ConnectorStory): boolean =>
  transforms.some(({ name }) => name === 'unwraps');

export const isOfValue = ({ idStrategy }: ConnectorStory): boolean =>
  idStrategy === 'partialValue' || idStrategy === 'providedInValue';

export const isOfBusinessKey = ({ writeModels }: ConnectorStory): boolean =>
  writeModels.some((name) => name.includes('BusinessKey'));
