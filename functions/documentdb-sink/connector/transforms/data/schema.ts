import { isDeepStrictEqual } from 'node:util';
import type { ConnectValue } from './connect-value.ts';
import { TransformError } from './transform-error.ts';

export const PRIMITIVE_TYPES = [
  'int8',
  'int16',
  'int32',
  'int64',
  'float32',
  'float64',
  'boolean',
  'string',
  'bytes',
] as const;
export type PrimitiveType = (typeof PRIMITIVE_TYPES)[number];

export interface SchemaBasics {
  readonly name: string | undefined;
  readonly version: number | undefined;
  readonly doc: string | undefined;
  readonly parameters: ReadonlyMap<string, string> | undefined;
}

interface Common extends SchemaBasics {
  readonly isOptional: boolean;
  /** Null means no default. */
  readonly default: ConnectValue;
}

export interface StructSchema extends Common {
  readonly type: 'struct';
  readonly fields: readonly Field[];
}

/** https://kafka.apache.org/43/javadoc/org/apache/kafka/connect/data/ConnectSchema.html */
export type Schema =
  | StructSchema
  | (Common & { readonly type: PrimitiveType })
  | (Common & { readonly type: 'array'; readonly items: Schema })
  | (Common & { readonly type: 'map'; readonly keys: Schema; readonly values: Schema });

export interface Field {
  readonly name: string;
  readonly schema: Schema;
}

export const NO_BASICS: SchemaBasics = { name: undefined, version: undefined, doc: undefined, parameters: undefined };

/**
 * `SchemaUtil.copySchemaBasics`: name, version, documentation and parameters, but neither `optional` nor the default.
 */
export const basicsOf = ({ name, version, doc, parameters }: Schema): SchemaBasics => ({
  name,
  version,
  doc,
  parameters,
});

export const primitive = (type: PrimitiveType, isOptional = false): Schema => ({
  ...NO_BASICS,
  type,
  isOptional,
  default: null,
});

const LOGICAL_PACKAGE = 'org.apache.kafka.connect.data.';
export const DECIMAL_NAME = `${LOGICAL_PACKAGE}Decimal`;
export const DATE_NAME = `${LOGICAL_PACKAGE}Date`;
export const TIME_NAME = `${LOGICAL_PACKAGE}Time`;
export const TIMESTAMP_NAME = `${LOGICAL_PACKAGE}Timestamp`;

const LOGICAL_TYPES = { Date: 'int32', Time: 'int32', Timestamp: 'int64' } as const;

export const logical = (name: keyof typeof LOGICAL_TYPES, isOptional: boolean): Schema => ({
  ...primitive(LOGICAL_TYPES[name], isOptional),
  name: LOGICAL_PACKAGE + name,
  version: 1,
});

/**
 * A required struct without a default.
 * @throws TransformError for a field without a name, and for two fields of the same name
 */
export function structSchema(fields: readonly Field[], basics: SchemaBasics = NO_BASICS): StructSchema {
  const names = new Set(fields.map(({ name }) => name));
  if (names.has('')) throw new TransformError('a field of a struct has no name');
  if (names.size < fields.length) throw new TransformError('a struct has two fields with the same name');
  return { ...basics, type: 'struct', isOptional: false, default: null, fields };
}

/** @throws TransformError if the schema is no struct schema */
export function fieldOf(schema: Schema, name: string): Field | undefined {
  const { fields } = requireStructSchema(schema);
  return fields.length <= UNINDEXED_MAX ? fields.find((field) => field.name === name) : indexOf(fields).get(name);
}

/** So few fields are found faster without an index. */
const UNINDEXED_MAX = 8;
const INDEXES = new WeakMap<readonly Field[], ReadonlyMap<string, Field>>();

/** A schema that refers to itself gets its fields one after another. */
function indexOf(fields: readonly Field[]): ReadonlyMap<string, Field> {
  const known = INDEXES.get(fields);
  if (known?.size === fields.length) return known;
  const index = new Map(fields.map((field) => [field.name, field]));
  INDEXES.set(fields, index);
  return index;
}

export function requireStructSchema(schema: Schema): StructSchema {
  if (schema.type !== 'struct') throw new TransformError(`a schema of type ${schema.type} has no fields`);
  return schema;
}

export const areEqual = (a: Schema, b: Schema): boolean => a === b || isDeepStrictEqual(a, b);
