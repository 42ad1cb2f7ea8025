import { deflateSync } from 'node:zlib';
import { confluentBytes } from '../../../../../support/avro-bytes.ts';
import type { IdStrategyName, RegistryConverterName, RegistryStory } from '../../../../scenario/connector/connector.ts';
import type { ScenarioRecord } from '../../../../scenario/scenario.ts';
import type { Fields } from './format.ts';
import {
  FOREIGN_ID,
  FORMATS,
  fieldsOf,
  type KeyShape,
  keyFieldsOf,
  STORY_FIELDS,
  schemaIdOf,
  schemaIdOfKey,
  UNKNOWN_ID,
  type ValueShape,
} from './stored-schemas.ts';

// Records as a producer with a registry's serializer writes them.

const GLUE_VERSION = 3;
const [PLAIN, ZLIB, NO_COMPRESSION_OF_GLUE] = [0, 5, 7];

/** The id that Glue gives a schema version. */
export const glueIdOf = (id: number): string => `00c0ffee-0000-4000-8000-${id.toString(16).padStart(12, '0')}`;

/** https://github.com/awslabs/aws-glue-schema-registry (AWSSchemaRegistryConstants): a version, a compression, a UUID. */
function glueBytes(id: number, content: Buffer, compression: number): Buffer {
  const uuid = Buffer.from(glueIdOf(id).replaceAll('-', ''), 'hex');
  return Buffer.concat([
    Buffer.from([GLUE_VERSION, compression]),
    uuid,
    compression === ZLIB ? deflateSync(content) : content,
  ]);
}

/** https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format */
const framed = (converter: RegistryConverterName, schemaId: number, content: Buffer, isCompressed: boolean): Buffer =>
  converter === 'glueAvro'
    ? glueBytes(schemaId, content, isCompressed ? ZLIB : PLAIN)
    : confluentBytes(schemaId, content);

/** What a value's header says; undefined: there is none. */
export function schemaIdIn(value: Buffer, converter: RegistryConverterName): number | undefined {
  if (converter === 'glueAvro') return value[0] === GLUE_VERSION ? value.readUIntBE(12, 6) : undefined;
  return value[0] === 0 ? value.readInt32BE(1) : undefined;
}

/** Every field of the schema is in the document: one without a value is null. @param plain JSON of the story */
function storyFieldsOf(plain: string): Fields {
  const given: Fields = JSON.parse(plain);
  const refused = given['refused'] === true ? 'named' : (given['refused'] ?? null);
  return Object.fromEntries(
    STORY_FIELDS.map(({ name }) => [name, name === 'refused' ? refused : (given[name] ?? null)]),
  );
}

const shapeOf = ({ typed }: Pick<ScenarioRecord, 'typed'>, plain: string): ValueShape => ({
  first: typed,
  hasId: JSON.parse(plain)._id !== undefined,
});

/** Of the schema of a record's value. */
export const valueSchemaIdOf = (record: ScenarioRecord, plain: string): number => schemaIdOf(shapeOf(record, plain));

/** What the value of a record has to become, before strategies. */
export function registryContentOf({ typed }: ScenarioRecord, { converter }: RegistryStory, plain: string): Fields {
  const { _id: id }: Fields = JSON.parse(plain);
  const typedFields = typed === undefined ? [] : FORMATS[converter].typedFrom(typed);
  return {
    ...storyFieldsOf(plain),
    ...(id !== undefined && { _id: id }),
    ...Object.fromEntries(typedFields.map(({ name, value }) => [name, value])),
  };
}

/** The bytes of a record's value. */
export function registryValueOf(record: ScenarioRecord, { converter }: RegistryStory, plain: string): Buffer {
  const shape = shapeOf(record, plain);
  const values: Fields = { ...JSON.parse(plain), ...storyFieldsOf(plain) };
  const format = FORMATS[converter];
  const content = format.contentOf(fieldsOf(shape), values, shape.first);
  const isCompressed = record.id % 2 === 0;
  if (record.kind !== 'poison') return framed(converter, schemaIdOf(shape), content, isCompressed);
  switch (record.id % 6) {
    case 0:
      return Buffer.from(plain);
    case 1:
      return framed(converter, UNKNOWN_ID, content, isCompressed);
    case 2:
      return framed(converter, FOREIGN_ID, content, isCompressed);
    case 3:
      // A header of nobody's: no registry gives such an id, and no serializer compresses so.
      return converter === 'glueAvro'
        ? glueBytes(schemaIdOf(shape), content, NO_COMPRESSION_OF_GLUE)
        : framed(converter, -1, content, false);
    case 4: {
      // Without what its schema requires.
      const lacking = { first: undefined, hasId: false };
      if (converter !== 'protobuf') return framed(converter, schemaIdOf(shape), content.subarray(0, 3), isCompressed);
      const bytes = format.contentOf(fieldsOf(lacking), { ...values, op: null }, undefined);
      return framed(converter, schemaIdOf(lacking), bytes, false);
    }
    default:
      return framed(converter, schemaIdOf(shape), content.subarray(0, 3), isCompressed);
  }
}

const KEY_SHAPES_OF: Readonly<Partial<Record<IdStrategyName, KeyShape>>> = {
  rawKey: 'text',
  providedInKey: 'id',
};

/** The bytes of a record's key with a schema. */
export function registryKeyOf(key: string, { converter, idStrategy }: RegistryStory, part: number): Buffer {
  const shape = KEY_SHAPES_OF[idStrategy] ?? 'fields';
  const { contentOf, ofText } = FORMATS[converter];
  const content =
    shape === 'text' && ofText
      ? ofText.contentOf(key)
      : contentOf(keyFieldsOf(shape), { k: key, _id: key, part }, undefined);
  return framed(converter, schemaIdOfKey(shape), content, true);
}
