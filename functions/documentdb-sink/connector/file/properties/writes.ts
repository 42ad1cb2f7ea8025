import { className, ID_STRATEGIES, NAMESPACE_MAPPERS, WRITE_MODEL_STRATEGIES } from '../class-names.ts';
import { anyText, choice, collectionName, databaseName, flag, orEmpty, wholeNumber } from '../forms.ts';
import { meaningless, ofTopics, type Property, perTopic } from '../property.ts';

const SINK = 'com.mongodb.kafka.connect.sink';
const PROJECTION = choice('none', 'allowlist', 'blocklist', 'whitelist', 'blacklist');
const BULKS =
  'the function sizes bulk writes by the limits of the cluster and keeps the records of one document in order';
const RETRIES = 'the connector ignores this property since version 1.7; the function retries until the write succeeds';
const RATE =
  'a waiting function costs Lambda time; limit the load with `trigger.pollersMax` and `documentdbSink.poolSizeMax` in the stage file';

/** Properties of namespaces, `_id` and writes. */
export const WRITE_PROPERTIES: readonly Property[] = ofTopics([
  perTopic('database', { form: databaseName, default: null, description: 'Target database.' }),
  perTopic('collection', {
    form: orEmpty(collectionName),
    description: 'Target collection. Default: the name of the topic.',
  }),
  perTopic('namespace.mapper', {
    form: className('namespace mapper', NAMESPACE_MAPPERS),
    default: `${SINK}.namespace.mapping.DefaultNamespaceMapper`,
    description:
      'How the target database and collection are chosen: from `database` and `collection`, or from fields of the record.',
  }),
  perTopic('namespace.mapper.key.database.field', {
    form: anyText,
    description: 'FieldPathNamespaceMapper: field of the key that holds the database name.',
  }),
  perTopic('namespace.mapper.key.collection.field', {
    form: anyText,
    description: 'FieldPathNamespaceMapper: field of the key that holds the collection name.',
  }),
  perTopic('namespace.mapper.value.database.field', {
    form: anyText,
    description: 'FieldPathNamespaceMapper: field of the value that holds the database name.',
  }),
  perTopic('namespace.mapper.value.collection.field', {
    form: anyText,
    description: 'FieldPathNamespaceMapper: field of the value that holds the collection name.',
  }),
  perTopic('namespace.mapper.error.if.invalid', {
    form: flag,
    default: 'false',
    description:
      'FieldPathNamespaceMapper: whether a missing field is an error. Otherwise `database` and `collection` apply.',
  }),
  perTopic('writemodel.strategy', {
    form: className('write model strategy', WRITE_MODEL_STRATEGIES),
    default: `${SINK}.writemodel.strategy.DefaultWriteModelStrategy`,
    description: 'Write model strategy for records with a value.',
  }),
  perTopic('delete.on.null.values', {
    form: flag,
    default: 'false',
    description: 'Whether a record with a null value deletes its document. Otherwise the record is poison.',
  }),
  perTopic('delete.writemodel.strategy', {
    form: className('write model strategy', WRITE_MODEL_STRATEGIES),
    default: `${SINK}.writemodel.strategy.DeleteOneDefaultStrategy`,
    description: 'Write model strategy for records with a null value.',
  }),
  perTopic('document.id.strategy', {
    form: className('id strategy', ID_STRATEGIES),
    default: `${SINK}.processor.id.strategy.BsonOidStrategy`,
    description: 'Strategy that makes the `_id` of a document.',
  }),
  perTopic('document.id.strategy.overwrite.existing', {
    form: flag,
    default: 'false',
    description: "Whether the generated `_id` replaces the value's own `_id`.",
  }),
  perTopic('document.id.strategy.uuid.format', {
    form: choice('string', 'binary'),
    default: 'string',
    description: 'UuidStrategy: format of the UUID. `string`: text of 36 characters. `binary`: Binary of subtype 4.',
  }),
  perTopic('document.id.strategy.partial.key.projection.type', {
    form: orEmpty(PROJECTION),
    description: 'PartialKeyStrategy: mode of the projection. Default: key.projection.type.',
  }),
  perTopic('document.id.strategy.partial.key.projection.list', {
    form: anyText,
    description: 'PartialKeyStrategy: fields, separated by commas. Default: key.projection.list.',
  }),
  perTopic('document.id.strategy.partial.value.projection.type', {
    form: orEmpty(PROJECTION),
    description: 'PartialValueStrategy: mode of the projection. Default: value.projection.type.',
  }),
  perTopic('document.id.strategy.partial.value.projection.list', {
    form: anyText,
    description: 'PartialValueStrategy: fields, separated by commas. Default: value.projection.list.',
  }),
  meaningless('max.batch.size', BULKS, {
    form: wholeNumber('records'),
    default: '0',
    description: 'Maximum records in one bulk write.',
  }),
  meaningless('bulk.write.ordered', BULKS, {
    form: flag,
    default: 'true',
    description: 'Whether bulk writes are ordered.',
  }),
  meaningless('rate.limiting.timeout', RATE, {
    form: wholeNumber('milliseconds'),
    default: '0',
    description: 'Pause between bulk writes.',
  }),
  meaningless('rate.limiting.every.n', RATE, {
    form: wholeNumber('bulks'),
    default: '0',
    description: 'Number of bulk writes between pauses.',
  }),
  meaningless('max.num.retries', RETRIES, {
    form: wholeNumber('retries', -1),
    default: '1',
    description: 'Maximum retries. Removed from the connector.',
  }),
  meaningless('retries.defer.timeout', RETRIES, {
    form: wholeNumber('milliseconds'),
    default: '5000',
    description: 'Delay before a retry. Removed from the connector.',
  }),
]);

export { PROJECTION };
