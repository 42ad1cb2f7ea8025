import { className, ID_STRATEGIES, NAMESPACE_MAPPERS, WRITE_MODEL_STRATEGIES } from '../class-names.ts';
import { anyText, choice, collectionName, databaseName, flag, orEmpty, wholeNumber } from '../forms.ts';
import { meaningless, ofTopics, type Property, perTopic } from '../property.ts';

const SINK = 'com.mongodb.kafka.connect.sink';
const PROJECTION = choice('none', 'allowlist', 'blocklist', 'whitelist', 'blacklist');
const BULKS = 'records of one document stay in order whatever the bulk; bulks are as large as the cluster takes them';
const RETRIES = 'it has had no effect since version 1.7 of the connector; the function retries until it succeeds';
const RATE =
  'pauses would be paid as Lambda time: bound the load with `trigger.pollersMax` and `documentdbSink.poolSizeMax` of the stage file';

/** Where documents go, what their `_id` is and how they are written. */
export const WRITE_PROPERTIES: readonly Property[] = ofTopics([
  perTopic('database', { form: databaseName, default: null, description: 'The database that is written to.' }),
  perTopic('collection', {
    form: orEmpty(collectionName),
    description: "The collection that is written to. By default the topic's name.",
  }),
  perTopic('namespace.mapper', {
    form: className('namespace mapper', NAMESPACE_MAPPERS),
    default: `${SINK}.namespace.mapping.DefaultNamespaceMapper`,
    description: 'Where a record goes: `database.collection`, or as fields of the record say.',
  }),
  perTopic('namespace.mapper.key.database.field', {
    form: anyText,
    description: "FieldPathNamespaceMapper: the key's field that names the database.",
  }),
  perTopic('namespace.mapper.key.collection.field', {
    form: anyText,
    description: "FieldPathNamespaceMapper: the key's field that names the collection.",
  }),
  perTopic('namespace.mapper.value.database.field', {
    form: anyText,
    description: "FieldPathNamespaceMapper: the value's field that names the database.",
  }),
  perTopic('namespace.mapper.value.collection.field', {
    form: anyText,
    description: "FieldPathNamespaceMapper: the value's field that names the collection.",
  }),
  perTopic('namespace.mapper.error.if.invalid', {
    form: flag,
    default: 'false',
    description: 'FieldPathNamespaceMapper: whether a missing field is an error, or means the default.',
  }),
  perTopic('writemodel.strategy', {
    form: className('write model strategy', WRITE_MODEL_STRATEGIES),
    default: `${SINK}.writemodel.strategy.DefaultWriteModelStrategy`,
    description: 'What is written for a value.',
  }),
  perTopic('delete.on.null.values', {
    form: flag,
    default: 'false',
    description: 'Whether a null value deletes; without it, it is an error.',
  }),
  perTopic('delete.writemodel.strategy', {
    form: className('write model strategy', WRITE_MODEL_STRATEGIES),
    default: `${SINK}.writemodel.strategy.DeleteOneDefaultStrategy`,
    description: 'What is written for a null value.',
  }),
  perTopic('document.id.strategy', {
    form: className('id strategy', ID_STRATEGIES),
    default: `${SINK}.processor.id.strategy.BsonOidStrategy`,
    description: "What becomes a document's `_id`.",
  }),
  perTopic('document.id.strategy.overwrite.existing', {
    form: flag,
    default: 'false',
    description: "Whether it takes the place of a value's own `_id`.",
  }),
  perTopic('document.id.strategy.uuid.format', {
    form: choice('string', 'binary'),
    default: 'string',
    description: 'UuidStrategy: text of 36 characters, or Binary of subtype 4.',
  }),
  perTopic('document.id.strategy.partial.key.projection.type', {
    form: orEmpty(PROJECTION),
    description: 'PartialKeyStrategy. By default key.projection.type.',
  }),
  perTopic('document.id.strategy.partial.key.projection.list', {
    form: anyText,
    description: 'PartialKeyStrategy. By default key.projection.list.',
  }),
  perTopic('document.id.strategy.partial.value.projection.type', {
    form: orEmpty(PROJECTION),
    description: 'PartialValueStrategy. By default value.projection.type.',
  }),
  perTopic('document.id.strategy.partial.value.projection.list', {
    form: anyText,
    description: 'PartialValueStrategy. By default value.projection.list.',
  }),
  meaningless('max.batch.size', BULKS, {
    form: wholeNumber('records'),
    default: '0',
    description: 'How many records share a bulk.',
  }),
  meaningless('bulk.write.ordered', BULKS, { form: flag, default: 'true', description: 'Whether bulks are ordered.' }),
  meaningless('rate.limiting.timeout', RATE, {
    form: wholeNumber('milliseconds'),
    default: '0',
    description: 'A pause between bulks.',
  }),
  meaningless('rate.limiting.every.n', RATE, {
    form: wholeNumber('bulks'),
    default: '0',
    description: 'How often it pauses.',
  }),
  meaningless('max.num.retries', RETRIES, {
    form: wholeNumber('retries', -1),
    default: '1',
    description: 'Removed from the connector.',
  }),
  meaningless('retries.defer.timeout', RETRIES, {
    form: wholeNumber('milliseconds'),
    default: '5000',
    description: 'Removed from the connector.',
  }),
]);

export { PROJECTION };
