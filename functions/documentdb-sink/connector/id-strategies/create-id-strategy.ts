import { Binary } from 'mongodb';
import { cloneDocument } from '../../bson/documents.ts';
import { createNamed } from '../custom/create-named.ts';
import type { Create, CustomStrategies } from '../custom/custom-strategies.ts';
import { CUSTOM_STRATEGIES } from '../custom/registry.ts';
import { type Projection, projectionOf } from '../post-processors/field-projection.ts';
import { PropertyError } from '../property-error.ts';
import type { TopicProperties } from '../topic-properties.ts';
import { objectIdOf, positionText, uuidOf, uuidText } from './derived.ts';
import type { IdStrategy } from './id-strategy.ts';
import { provided, uuidProvided } from './provided.ts';
import { rawKey } from './raw-key.ts';

export const ID_STRATEGY = 'document.id.strategy';
const PACKAGE = 'com.mongodb.kafka.connect.sink.processor.id.strategy.';

/** @throws PropertyError if a property of the id strategy cannot be followed */
export const createIdStrategy = (
  properties: TopicProperties,
  custom: CustomStrategies = CUSTOM_STRATEGIES,
): IdStrategy =>
  createNamed(properties, {
    property: ID_STRATEGY,
    name: properties.text(ID_STRATEGY),
    builtIn: STRATEGIES,
    custom: custom.idStrategies,
  });

/** Whether the id strategy is one of these: simple names of the connector's classes, or RawKeyStrategy. */
export const hasIdStrategy = (properties: TopicProperties, ...names: readonly string[]): boolean =>
  names.some((name) => properties.text(ID_STRATEGY) === (name === 'RawKeyStrategy' ? RAW_KEY : PACKAGE + name));

const RAW_KEY = 'msksinks.RawKeyStrategy';

/**
 * The document itself and no copy: as in the connector, a change of the key by a later processor also changes `_id`.
 */
const fullKey: IdStrategy = (document) => document.key() ?? new Map();

/**
 * The key or the value after the id strategy's projection. The projection changes a copy, because later processors use
 * the original.
 */
function partial(where: 'key' | 'value'): Create<IdStrategy> {
  return (properties) => {
    const project = partialProjection(properties, where);
    return (document) => {
      const clone = cloneDocument((where === 'key' ? document.key() : document.value()) ?? new Map());
      project(clone);
      return clone;
    };
  };
}

/** The projection of the id strategy, or else the projection of the chain's projectors. */
function partialProjection(properties: TopicProperties, where: 'key' | 'value'): Projection {
  const propertyOf = (part: 'type' | 'list'): string => {
    const own = `${ID_STRATEGY}.partial.${where}.projection.${part}`;
    return properties.text(own) === '' ? `${where}.projection.${part}` : own;
  };
  return projectionOf(propertyOf('type'), properties.text(propertyOf('type')), properties.text(propertyOf('list')));
}

const UUID_FORMAT = `${ID_STRATEGY}.uuid.format`;

const uuid: Create<IdStrategy> = (properties) => {
  const format = properties.text(UUID_FORMAT).trim().toLowerCase();
  if (format === 'string') return (_document, { position }) => uuidText(uuidOf(position));
  if (format === 'binary') return (_document, { position }) => new Binary(uuidOf(position), Binary.SUBTYPE_UUID);
  throw new PropertyError(UUID_FORMAT, properties.text(UUID_FORMAT), 'must be string or binary');
};

const STRATEGIES: ReadonlyMap<string, Create<IdStrategy>> = new Map<string, Create<IdStrategy>>([
  [`${PACKAGE}BsonOidStrategy`, () => (_document, record) => objectIdOf(record)],
  [`${PACKAGE}UuidStrategy`, uuid],
  [
    `${PACKAGE}KafkaMetaDataStrategy`,
    () =>
      (_document, { position }) =>
        positionText(position),
  ],
  [`${PACKAGE}FullKeyStrategy`, () => fullKey],
  [`${PACKAGE}PartialKeyStrategy`, partial('key')],
  [`${PACKAGE}PartialValueStrategy`, partial('value')],
  [`${PACKAGE}ProvidedInKeyStrategy`, () => provided('key')],
  [`${PACKAGE}ProvidedInValueStrategy`, () => provided('value')],
  [`${PACKAGE}UuidProvidedInKeyStrategy`, () => uuidProvided('key')],
  [`${PACKAGE}UuidProvidedInValueStrategy`, () => uuidProvided('value')],
  [RAW_KEY, rawKey],
]);
