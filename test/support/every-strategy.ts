import { createRecordMapper } from '../../functions/documentdb-sink/connector/create-record-mapper.ts';
import { functionSettings } from '../../functions/documentdb-sink/connector/file/function-settings.ts';
import { readConnector } from '../../functions/documentdb-sink/connector/file/read-connector.ts';
import { createNativeMapper } from '../../functions/documentdb-sink/plan/native-mapper.ts';
import type { RecordMapper } from '../../functions/documentdb-sink/plan/record-mapper.ts';

const SINK = 'com.mongodb.kafka.connect.sink';
const CONNECT = 'org.apache.kafka.connect';

type Properties = Readonly<Record<string, string>>;

const id = (name: string, more: Properties = {}): Properties => ({
  'document.id.strategy': name.startsWith('msksinks') ? name : `${SINK}.processor.id.strategy.${name}`,
  ...more,
});
const write = (name: string, more: Properties = {}): Properties => ({
  'writemodel.strategy': `${SINK}.writemodel.strategy.${name}`,
  ...more,
});
const cdc = (name: string, more: Properties = {}): Properties => ({
  'change.data.capture.handler': `${SINK}.cdc.${name}`,
  ...more,
});
const chain = (names: readonly string[], more: Properties = {}): Properties => ({
  'post.processor.chain': names.map((name) => `${SINK}.processor.${name}`).join(),
  ...id('ProvidedInValueStrategy'),
  ...more,
});
const partial = (side: 'key' | 'value', list: string): Properties => ({
  [`document.id.strategy.partial.${side}.projection.type`]: 'AllowList',
  [`document.id.strategy.partial.${side}.projection.list`]: list,
});
const DELETES = { 'delete.on.null.values': 'true' };
const CDC_OPTIONS = {
  'change.data.capture.handler.remove.null.values': 'true',
  'msksinks.cdc.truncated.arrays': 'apply',
  'msksinks.cdc.full.document.null': 'update',
  'msksinks.cdc.disambiguated.paths': 'refuse',
  'msksinks.cdc.cleared.columns': 'unset',
  'msksinks.cdc.unknown.operation': 'ignore',
};
const CDC_HANDLERS = [
  'debezium.mongodb.MongoDbHandler',
  'debezium.mongodb.ChangeStreamHandler',
  'debezium.rdbms.RdbmsHandler',
  'debezium.rdbms.mysql.MysqlHandler',
  'debezium.rdbms.postgres.PostgresHandler',
  'mongodb.ChangeStreamHandler',
  'qlik.rdbms.RdbmsHandler',
];
const FIELD_MAPPER = { 'namespace.mapper': `${SINK}.namespace.mapping.FieldPathNamespaceMapper` };

/** Every strategy, post processor and handler of a connector's file, by a name for errors. */
export const STRATEGIES: readonly Properties[] = [
  ...['BsonOidStrategy', 'KafkaMetaDataStrategy', 'FullKeyStrategy', 'ProvidedInKeyStrategy'].map((name) => id(name)),
  ...['UuidStrategy', 'ProvidedInValueStrategy', 'UuidProvidedInKeyStrategy'].map((name) => id(name)),
  id('UuidStrategy', { 'document.id.strategy.uuid.format': 'binary' }),
  id('UuidProvidedInValueStrategy', { 'document.id.strategy.overwrite.existing': 'true' }),
  id('msksinks.RawKeyStrategy', DELETES),
  id('FullKeyStrategy', { ...DELETES, 'msksinks.deletes': 'tombstone' }),
  id('PartialKeyStrategy', { ...partial('key', '_id,a.b'), ...DELETES }),
  ...['ReplaceOneBusinessKeyStrategy', 'UpdateOneBusinessKeyTimestampStrategy', 'DeleteOneBusinessKeyStrategy'].map(
    (name) => write(name, id('PartialValueStrategy', partial('value', 'a,c,operationType'))),
  ),
  ...[
    'UpdateOneDefaultStrategy',
    'UpdateOneTimestampsStrategy',
    'InsertOneDefaultStrategy',
    'DeleteOneDefaultStrategy',
  ].map((name) => write(name, id('ProvidedInValueStrategy'))),
  id('PartialKeyStrategy', {
    ...partial('key', '_id,a'),
    ...DELETES,
    'delete.writemodel.strategy': `${SINK}.writemodel.strategy.DeleteOneTombstoneBusinessKeyStrategy`,
  }),
  chain(['AllowListValueProjector', 'DocumentIdAdder'], {
    'value.projection.type': 'AllowList',
    'value.projection.list': '_id,a.*,c.**',
  }),
  chain(['BlockListValueProjector', 'BlockListKeyProjector'], {
    'value.projection.type': 'BlockList',
    'value.projection.list': 'b.*,a',
    'key.projection.type': 'BlockList',
    'key.projection.list': 'a.**',
  }),
  chain(['field.renaming.RenameByMapping', 'KafkaMetaAdder', 'NullFieldValueRemover'], {
    'field.renamer.mapping': '[{"oldName":"value.a","newName":"_id"},{"oldName":"value.c.d","newName":"$x"}]',
  }),
  chain(['field.renaming.RenameByRegExp'], {
    'field.renamer.regexp': '[{"regexp":"^value\\\\..*a.*$","pattern":"a","replace":"_"}]',
    'timeseries.timefield': 'a',
    'timeseries.timefield.auto.convert': 'true',
  }),
  ...CDC_HANDLERS.flatMap((name) => [cdc(name), cdc(name, CDC_OPTIONS)]),
  { ...FIELD_MAPPER, 'namespace.mapper.value.collection.field': 'c', ...id('ProvidedInValueStrategy') },
  { ...FIELD_MAPPER, 'namespace.mapper.key.database.field': 'a', 'namespace.mapper.error.if.invalid': 'true' },
  id('ProvidedInValueStrategy', { 'msksinks.guard': 'field', 'msksinks.guard.field': 'a' }),
  id('ProvidedInValueStrategy', { 'msksinks.guard': 'timestamp', 'msksinks.writemodel.upsert': 'false' }),
];

export const CONVERTERS: readonly Properties[] = [
  { 'value.converter': `${CONNECT}.storage.StringConverter`, 'key.converter': `${CONNECT}.storage.StringConverter` },
  {
    'value.converter': `${CONNECT}.json.JsonConverter`,
    'value.converter.schemas.enable': 'false',
    'key.converter': `${CONNECT}.json.JsonConverter`,
    'key.converter.schemas.enable': 'false',
  },
  { 'value.converter': `${CONNECT}.json.JsonConverter`, 'key.converter': `${CONNECT}.storage.StringConverter` },
  {
    'value.converter': `${CONNECT}.converters.ByteArrayConverter`,
    'key.converter': `${CONNECT}.converters.ByteArrayConverter`,
  },
];

export interface NamedPolicy {
  readonly name: string;
  readonly mapper: RecordMapper;
  readonly deletes: 'hard' | 'tombstone';
}

/** Every strategy with every converter, and the policy of a stage file. All read the topic `orders`. */
export function everyPolicy(): readonly NamedPolicy[] {
  const native = { name: 'native', mapper: createNativeMapper({ database: 'shop' }), deletes: 'tombstone' } as const;
  const ofConnectors = STRATEGIES.flatMap((strategy) =>
    CONVERTERS.map((converters): NamedPolicy => {
      const properties = { topics: 'orders', database: 'shop', ...converters, ...strategy };
      const name = JSON.stringify({ ...strategy, converter: converters['value.converter'] });
      const connector = readConnector(JSON.stringify(properties), { where: name });
      return { name, mapper: createRecordMapper(connector, name), deletes: functionSettings(connector).deletes };
    }),
  );
  return [native, ...ofConnectors];
}
