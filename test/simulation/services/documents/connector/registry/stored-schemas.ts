import type { RegistryConverterName } from '../../../../scenario/connector/connector.ts';
import { AVRO, GLUE_AVRO } from './avro.ts';
import type { Reference, RegistryFormat, StoryField } from './format.ts';
import { JSON_SCHEMA } from './json-schema.ts';
import { PROTOBUF } from './protobuf.ts';

/** As a registry keeps it. */
export interface StoredSchema {
  readonly type: RegistryFormat['type'];
  readonly text: string;
  readonly references: readonly Reference[];
}

export const FORMATS: Readonly<Record<RegistryConverterName, RegistryFormat>> = {
  avro: AVRO,
  glueAvro: GLUE_AVRO,
  jsonSchema: JSON_SCHEMA,
  protobuf: PROTOBUF,
};

/** What a value has: which typed values, if any, and whether it has an `_id`. */
export interface ValueShape {
  readonly first: number | undefined;
  readonly hasId: boolean;
}

/** What a key is: a text alone, or a document that may have an `_id`. */
export const KEY_SHAPES = ['text', 'fields', 'id'] as const;

export type KeyShape = (typeof KEY_SHAPES)[number];

/** Nobody registered it. */
export const UNKNOWN_ID = 1;
/** A schema of another format. */
export const FOREIGN_ID = 50_000;
const FIRST_KEY_ID = 60_000;
/** Above the byte that a smaller id has: whoever reads it from the wrong end asks for another one. */
const FIRST_ID = 70_000;

export const schemaIdOfKey = (shape: KeyShape): number => FIRST_KEY_ID + KEY_SHAPES.indexOf(shape);

/** Of each choice of typed values, with an `_id` in the value and without. */
export const schemaIdOf = ({ first, hasId }: ValueShape): number => FIRST_ID + 2 * ((first ?? -1) + 1) + Number(hasId);

const ID: StoryField = { name: '_id', type: 'string' };

const KEY_FIELDS: readonly StoryField[] = [
  { name: 'k', type: 'string' },
  { name: 'part', type: 'int' },
];

export const keyFieldsOf = (shape: KeyShape): readonly StoryField[] =>
  shape === 'id' ? [ID, ...KEY_FIELDS.slice(1)] : KEY_FIELDS;

export const STORY_FIELDS: readonly StoryField[] = [
  { name: 'id', type: 'int' },
  { name: 'secret', type: 'string' },
  { name: 'op', type: 'string' },
  { name: 'refused', type: 'string', isNullable: true },
  { name: 'k', type: 'string' },
  { name: 'part', type: 'int' },
  { name: 'f0', type: 'int', isNullable: true },
  { name: 'f1', type: 'int', isNullable: true },
  { name: 'f2', type: 'int', isNullable: true },
];

export const fieldsOf = ({ hasId }: Pick<ValueShape, 'hasId'>): readonly StoryField[] =>
  hasId ? [...STORY_FIELDS, ID] : STORY_FIELDS;

const FOREIGN_TYPES: Readonly<Record<RegistryFormat['type'], StoredSchema['type']>> = {
  AVRO: 'JSON',
  JSON: 'AVRO',
  PROTOBUF: 'AVRO',
};

/** Undefined: the registry has none with this id. */
export function schemaAt(id: number, converter: RegistryConverterName): StoredSchema | undefined {
  const format = FORMATS[converter];
  const { type } = format;
  if (id === FOREIGN_ID) return { type: FOREIGN_TYPES[type], text: '{"type":"string"}', references: [] };
  const shape = KEY_SHAPES[id - FIRST_KEY_ID];
  if (shape === 'text') return format.ofText && { type, text: format.ofText.schemaText, references: [] };
  if (shape !== undefined) return { type, text: format.schemaText(keyFieldsOf(shape), undefined), references: [] };
  const place = Math.floor((id - FIRST_ID) / 2);
  if (!Number.isInteger(place) || place < 0 || place > format.typedCount) return undefined;
  const first = place === 0 ? undefined : place - 1;
  return {
    type,
    text: format.schemaText(fieldsOf({ hasId: (id - FIRST_ID) % 2 === 1 }), first),
    references: first === undefined ? [] : format.typedFrom(first).flatMap(({ reference }) => reference ?? []),
  };
}
