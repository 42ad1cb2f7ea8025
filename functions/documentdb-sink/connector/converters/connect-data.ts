import { Binary } from 'mongodb';
import { UnconvertibleError } from '../../bson/unconvertible-error.ts';
import { doubleOf, doubleOfToken, isWhole, JsonNumber, wholeIn } from '../../json/java-number.ts';
import { bytesOf, LOGICAL_TYPES } from './connect-logical-types.ts';
import type { ConnectSchema, PrimitiveType } from './connect-schema.ts';
import { type DefaultsBudget, VALUE_BYTES_MIN } from './defaults-budget.ts';
import { inHashOrder } from './java-hash-order.ts';

export interface SchemaOptions {
  /** `replace.null.with.default` */
  readonly replaceNulls: boolean;
}

/** The place of a value that is converted. */
export interface SchemaContext extends SchemaOptions {
  /** The remaining budget for defaults in this record. */
  readonly defaults: DefaultsBudget;
  /**
   * True inside of a struct, which checks its values and supplies defaults. A value at the top, or in a map at the top,
   * is not checked and must hold no struct: the connector treats such a map as data without a schema.
   */
  readonly isInStruct: boolean;
}

const wrong = (detail: string): never => {
  throw new UnconvertibleError(`the payload does not fit its schema: ${detail}`);
};

/**
 * Converts a payload to a BSON value by the rules of Connect's JsonConverter and of the connector's
 * SchemaRecordConverter. Without a schema, the rules of JsonConverter without schemas apply.
 * @throws UnconvertibleError if the payload does not fit the schema
 */
export function convertWithSchema(schema: ConnectSchema | undefined, node: unknown, context: SchemaContext): unknown {
  if (schema === undefined) return convertWithout(node);
  if (node === null || node === undefined) return nullOf(schema, context);
  const logical = schema.name === undefined ? undefined : LOGICAL_TYPES.get(schema.name);
  if (logical !== undefined) return logical(schema, node);
  switch (schema.type) {
    case 'array':
      return arrayOf(node).map((element) => convertWithSchema(schema.items, element, context));
    case 'map':
      return mapOf(schema, node, context);
    case 'struct':
      return structOf(schema, node, context);
    default:
      return PRIMITIVES[schema.type](node) ?? nullInstead(schema, context);
  }
}

function nullOf({ default: fallback, isOptional, type }: ConnectSchema, context: SchemaContext): unknown {
  if (fallback !== undefined && context.replaceNulls) return context.defaults.use(fallback);
  return isOptional ? null : wrong(`a ${type} that is required is null or missing`);
}

/** The elements of an array. Jackson iterates over the values of an object, and over nothing else. */
const arrayOf = (node: unknown): readonly unknown[] => {
  if (Array.isArray(node)) return node;
  return node instanceof Map ? [...node.values()] : [];
};

type SchemaOf<Type> = Extract<ConnectSchema, { readonly type: Type }>;

function mapOf({ keys, values }: SchemaOf<'map'>, node: unknown, context: SchemaContext): unknown {
  if (keys.type !== 'string') {
    // A map with other keys is an array of pairs; an empty array becomes an empty document.
    return Array.isArray(node) && node.length === 0
      ? new Map()
      : wrong('only maps whose keys are strings become documents');
  }
  if (!(node instanceof Map)) return wrong('a map whose keys are strings must be an object');
  const entries = [...node].map(([name, value]): [string, unknown] => [name, elementOf(values, value, context)]);
  return inHashOrder(new Map(entries));
}

/** The connector replaces even a permitted null by the default, if the map or array is inside of a struct. */
function elementOf(schema: ConnectSchema, node: unknown, context: SchemaContext): unknown {
  const value = convertWithSchema(schema, node, context);
  const takesDefault = value === null && context.isInStruct && isPrimitive(schema.type);
  return takesDefault && schema.default !== undefined ? context.defaults.use(schema.default) : value;
}

const isPrimitive = (type: ConnectSchema['type']): boolean => type in PRIMITIVES;

function structOf({ fields }: SchemaOf<'struct'>, node: unknown, context: SchemaContext): unknown {
  if (!context.isInStruct) return wrong('a map at the top holds a struct');
  if (!(node instanceof Map)) return wrong('a struct must be an object');
  const document = new Map<string, unknown>();
  for (const { name, schema } of fields) {
    const field = node.get(name);
    if (field === undefined) context.defaults.spend(VALUE_BYTES_MIN);
    const value = convertWithSchema(schema, field, context);
    // `Struct.get` returns the default instead of a null, whatever replace.null.with.default says.
    const takesDefault = value === null && schema.default !== undefined;
    document.set(name, takesDefault ? context.defaults.use(schema.default) : value);
  }
  return document;
}

type Convert = (node: unknown) => unknown;

const integer =
  (bits: number): Convert =>
  (node) =>
    node instanceof JsonNumber ? Number(wholeIn(bits, node.token)) : 0;

/** For a node of another type, Jackson returns 0, false or null; only a struct refuses the null. */
const PRIMITIVES: Readonly<Record<PrimitiveType, Convert>> = {
  boolean: (node) => node === true,
  int8: (node) => (node instanceof JsonNumber ? Number(BigInt.asIntN(8, wholeIn(32, node.token))) : 0),
  int16: (node) => (node instanceof JsonNumber ? Number(BigInt.asIntN(16, wholeIn(32, node.token))) : 0),
  int32: integer(32),
  int64: (node) => (node instanceof JsonNumber ? wholeIn(64, node.token) : 0n),
  float: (node) => doubleOf(node instanceof JsonNumber ? Math.fround(Number(node.token)) || 0 : 0),
  double: (node) => (node instanceof JsonNumber ? doubleOfToken(node.token) : doubleOf(0)),
  string: (node) => (typeof node === 'string' ? node : null),
  bytes: (node) => (typeof node === 'string' ? new Binary(bytesOf(node)) : null),
};

const nullInstead = ({ isOptional, type }: ConnectSchema, { isInStruct }: SchemaContext): null =>
  isOptional || !isInStruct ? null : wrong(`a ${type} that is required is of another type`);

function convertWithout(node: unknown): unknown {
  if (node instanceof JsonNumber) return isWhole(node.token) ? wholeIn(64, node.token) : doubleOfToken(node.token);
  if (Array.isArray(node)) return node.map(convertWithout);
  if (!(node instanceof Map)) return node;
  return inHashOrder(new Map([...node].map(([name, value]): [string, unknown] => [name, convertWithout(value)])));
}
