import { ID_FIELD, removeNullValues } from '../../bson/documents.ts';
import { createNamed } from '../custom/create-named.ts';
import type { Create, CustomStrategies } from '../custom/custom-strategies.ts';
import { CUSTOM_STRATEGIES } from '../custom/registry.ts';
import type { IdStrategy } from '../id-strategies/id-strategy.ts';
import type { TopicProperties } from '../topic-properties.ts';
import { allowList, blockList, keepAll, type Projection } from './field-projection.ts';
import { FIELD_VALUE_TRANSFORMER, fieldValueTransformer } from './field-value-transformer.ts';
import { kafkaMetaAdder } from './kafka-meta-adder.ts';
import type { PostProcessor } from './post-processor.ts';
import { renameByMapping, renameByRegExp } from './rename-rules.ts';
import { renamer } from './renamer.ts';
import { timeFieldConversion } from './time-field-conversion.ts';

export const CHAIN = 'post.processor.chain';
const PACKAGE = 'com.mongodb.kafka.connect.sink.processor.';
export const DOCUMENT_ID_ADDER = `${PACKAGE}DocumentIdAdder`;

/**
 * The chain in the connector's order: DocumentIdAdder first unless it is listed, then the listed processors, then the
 * time field, then the field value transformer.
 * @throws PropertyError if a property of a processor cannot be followed
 */
export function createPostProcessors(
  properties: TopicProperties,
  idStrategy: IdStrategy,
  custom: CustomStrategies = CUSTOM_STRATEGIES,
): readonly PostProcessor[] {
  const names = properties.list(CHAIN);
  const listed = names.includes(DOCUMENT_ID_ADDER) ? names : [DOCUMENT_ID_ADDER, ...names];
  const chain = listed.map((name) => createPostProcessor(properties, name, { idStrategy, custom }));
  const hasTimeField = properties.text('timeseries.timefield').trim() !== '';
  if (hasTimeField && properties.flag('timeseries.timefield.auto.convert')) chain.push(timeFieldConversion(properties));
  if (properties.text(FIELD_VALUE_TRANSFORMER) !== '') chain.push(fieldValueTransformer(properties, custom));
  return chain;
}

export interface PostProcessorParts {
  readonly idStrategy: IdStrategy;
  readonly custom: CustomStrategies;
}

/** Creates a processor from its class, or from its name in custom/registry.ts. @throws PropertyError */
export const createPostProcessor = (
  properties: TopicProperties,
  name: string,
  { idStrategy, custom }: PostProcessorParts,
): PostProcessor =>
  createNamed(properties, {
    property: CHAIN,
    name,
    builtIn: builtIn(idStrategy, custom),
    custom: custom.postProcessors,
  });

/** Projectors under their current names and under those before version 1.5. */
const builtIn = (idStrategy: IdStrategy, custom: CustomStrategies): ReadonlyMap<string, Create<PostProcessor>> =>
  new Map<string, Create<PostProcessor>>([
    [DOCUMENT_ID_ADDER, documentIdAdder(idStrategy)],
    [`${PACKAGE}AllowListKeyProjector`, projector('key', allowList)],
    [`${PACKAGE}WhitelistKeyProjector`, projector('key', allowList)],
    [`${PACKAGE}AllowListValueProjector`, projector('value', allowList)],
    [`${PACKAGE}WhitelistValueProjector`, projector('value', allowList)],
    [`${PACKAGE}BlockListKeyProjector`, projector('key', blockList)],
    [`${PACKAGE}BlacklistKeyProjector`, projector('key', blockList)],
    [`${PACKAGE}BlockListValueProjector`, projector('value', blockList)],
    [`${PACKAGE}BlacklistValueProjector`, projector('value', blockList)],
    [`${PACKAGE}KafkaMetaAdder`, () => kafkaMetaAdder],
    [`${PACKAGE}NullFieldValueRemover`, () => nullFieldValueRemover],
    [`${PACKAGE}field.renaming.RenameByMapping`, (properties) => renamer(renameByMapping(properties))],
    [`${PACKAGE}field.renaming.RenameByRegExp`, (properties) => renamer(renameByRegExp(properties))],
    [
      `${PACKAGE}field.transform.FieldValueTransformPostProcessor`,
      (properties) => fieldValueTransformer(properties, custom),
    ],
  ]);

/** An existing `_id` stays, even a null, unless overwriting is allowed. */
const documentIdAdder =
  (idStrategy: IdStrategy): Create<PostProcessor> =>
  (properties) => {
    const overwrites = properties.flag('document.id.strategy.overwrite.existing');
    return (document, record) => {
      const value = document.value();
      if (value !== undefined && (overwrites || !value.has(ID_FIELD)))
        value.set(ID_FIELD, idStrategy(document, record));
    };
  };

const projector =
  (side: 'key' | 'value', projection: (list: string) => Projection): Create<PostProcessor> =>
  (properties) => {
    const project = projection(properties.text(`${side}.projection.list`));
    if (project === keepAll) return () => undefined;
    return (document) => {
      const fields = side === 'key' ? document.key() : document.value();
      if (fields !== undefined) project(fields);
    };
  };

const nullFieldValueRemover: PostProcessor = (document) => {
  const value = document.value();
  if (value !== undefined) removeNullValues(value);
};
