import type { TopicProperties } from '../topic-properties.ts';
import { RAW_KEY_STRATEGY } from './class-names.ts';

/** Checks a rule between the properties of a topic; undefined if the rule is met. */
type Rule = (properties: TopicProperties) => string | undefined;

const SINK = 'com.mongodb.kafka.connect.sink';
const FIELD_PATH_MAPPER = `${SINK}.namespace.mapping.FieldPathNamespaceMapper`;
const DEFAULT_DELETE = `${SINK}.writemodel.strategy.DeleteOneDefaultStrategy`;

/** The only id strategies that make the document's `_id` from the key, and so also for a null value. */
const IDS_OF_KEYS: ReadonlySet<string> = new Set([
  `${SINK}.processor.id.strategy.FullKeyStrategy`,
  `${SINK}.processor.id.strategy.PartialKeyStrategy`,
  `${SINK}.processor.id.strategy.ProvidedInKeyStrategy`,
  RAW_KEY_STRATEGY,
]);

const TIMESTAMPED: ReadonlySet<string> = new Set([
  `${SINK}.writemodel.strategy.UpdateOneTimestampsStrategy`,
  `${SINK}.writemodel.strategy.UpdateOneBusinessKeyTimestampStrategy`,
]);

const paths = (properties: TopicProperties, target: 'database' | 'collection'): readonly string[] =>
  ['key', 'value'].filter((side) => properties.text(`namespace.mapper.${side}.${target}.field`) !== '');

const mapperHasPath: Rule = (properties) =>
  properties.text('namespace.mapper') === FIELD_PATH_MAPPER &&
  paths(properties, 'database').length + paths(properties, 'collection').length === 0
    ? 'namespace.mapper=FieldPathNamespaceMapper requires at least one of namespace.mapper.{key,value}.{database,collection}.field'
    : undefined;

const mapperHasOneSide =
  (target: 'database' | 'collection'): Rule =>
  (properties) =>
    properties.text('namespace.mapper') === FIELD_PATH_MAPPER && paths(properties, target).length > 1
      ? `namespace.mapper.key.${target}.field and namespace.mapper.value.${target}.field cannot both be set`
      : undefined;

const deletesKnowTheirId: Rule = (properties) =>
  usesPostProcessors(properties) &&
  properties.flag('delete.on.null.values') &&
  properties.text('delete.writemodel.strategy') === DEFAULT_DELETE &&
  !IDS_OF_KEYS.has(properties.text('document.id.strategy'))
    ? 'delete.on.null.values=true with DeleteOneDefaultStrategy requires a document.id.strategy that reads the key: FullKeyStrategy, PartialKeyStrategy, ProvidedInKeyStrategy or msksinks.RawKeyStrategy'
    : undefined;

const guardHasField: Rule = (properties) => {
  const isField = properties.text('msksinks.guard').toLowerCase() === 'field';
  if (isField === (properties.text('msksinks.guard.field') !== '')) return undefined;
  return isField
    ? 'msksinks.guard=field requires msksinks.guard.field'
    : 'msksinks.guard.field has no effect without msksinks.guard=field';
};

const noTombstonesWithInsertionTimes: Rule = (properties) =>
  usesPostProcessors(properties) &&
  properties.text('msksinks.deletes').toLowerCase() === 'tombstone' &&
  TIMESTAMPED.has(properties.text('writemodel.strategy'))
    ? 'msksinks.deletes=tombstone cannot be combined with a strategy that sets _insertedTS, because a tombstone would count as the insertion: set msksinks.deletes=hard'
    : undefined;

const noTimeSeries: Rule = (properties) =>
  properties.text('timeseries.timefield') !== '' && !properties.flag('msksinks.timeseries.ordinary.collection')
    ? 'timeseries.timefield is refused because DocumentDB has no time series collections: remove msksinks.timeseries.ordinary.collection=false to insert the same documents into an ordinary collection'
    : undefined;

const transformerIsNamed: Rule = (properties) =>
  properties.list('post.processor.chain').some((name) => name.endsWith('FieldValueTransformPostProcessor')) &&
  properties.text('field.value.transformer') === ''
    ? 'post.processor.chain has FieldValueTransformPostProcessor, so field.value.transformer must name a transformer'
    : undefined;

/** A CDC handler replaces the post processors. */
const usesPostProcessors = (properties: TopicProperties): boolean =>
  properties.text('change.data.capture.handler') === '';

const RULES: readonly Rule[] = [
  mapperHasPath,
  mapperHasOneSide('database'),
  mapperHasOneSide('collection'),
  deletesKnowTheirId,
  guardHasField,
  noTombstonesWithInsertionTimes,
  noTimeSeries,
  transformerIsNamed,
];

/** The problems between the properties of a topic, each of which is right by itself. */
export const problemsAmong = (properties: TopicProperties): readonly string[] =>
  RULES.map((rule) => rule(properties)).filter((problem) => problem !== undefined);

/** Properties that have no effect with a CDC handler. */
export const OVERRULED_BY_CDC: readonly string[] = [
  'post.processor.chain',
  'field.renamer.mapping',
  'field.renamer.regexp',
  'key.projection.list',
  'key.projection.type',
  'value.projection.list',
  'value.projection.type',
  'field.value.transformer',
  'field.value.transformer.fields',
  'writemodel.strategy',
  'document.id.strategy',
  'document.id.strategy.overwrite.existing',
  'document.id.strategy.uuid.format',
  'delete.on.null.values',
  'delete.writemodel.strategy',
];
