import { UnconvertibleError } from '../../../bson/unconvertible-error.ts';
import { JsonNumber, wholeIn } from '../../../json/java-number.ts';
import { UnwritableError } from '../../../plan/unwritable-error.ts';
import { type ConnectValue, SmallNumber } from '../../transforms/data/connect-value.ts';
import { hashMap, tableFor } from '../../transforms/data/hash-map.ts';
import type { Schema } from '../../transforms/data/schema.ts';
import { Struct, validate } from '../../transforms/data/struct.ts';
import { toLogical } from '../schema/logical-types.ts';
import { isObject } from '../schema/schema-json.ts';
import type { AvroOptions } from './avro-options.ts';
import type { AvroType } from './avro-type.ts';
import { branchName } from './union-names.ts';

/**
 * The schema with its default: of the field, or `connect.default` of the type. A default that does not fit its schema is
 * passed over, as Connect does.
 * @param fallback of the field, as JSON
 */
export function withDefault(schema: Schema, type: AvroType, fallback: unknown, options: AvroOptions): Schema {
  const node = fallback ?? type.attributes['connect.default'];
  if (node === undefined || node === null) return schema;
  try {
    const value = defaultOf(node, schema, type, options);
    if (value !== null) validate(schema, value);
    return { ...schema, default: value };
  } catch (error) {
    if (error instanceof UnconvertibleError || error instanceof UnwritableError) return schema;
    throw error;
  }
}

const wrong = (): never => {
  throw new UnconvertibleError('a default does not fit its schema');
};

const defaultOf = (node: unknown, schema: Schema, type: AvroType, options: AvroOptions): ConnectValue =>
  toLogical(plainDefaultOf(node, schema, type, options), schema);

function plainDefaultOf(node: unknown, schema: Schema, type: AvroType, options: AvroOptions): ConnectValue {
  switch (type.kind) {
    case 'array':
      if (schema.type !== 'array' || !Array.isArray(node)) return wrong();
      return node.map((element) => defaultOf(element, schema.items, type.items, options));
    case 'map':
      return mapOf(node, schema, type.values, options);
    case 'record':
      if (!isObject(node)) return wrong();
      return Struct.of(schema, (name) => {
        const field = type.fields.find((each) => each.name === name);
        const own = schema.type === 'struct' ? schema.fields.find((each) => each.name === name) : undefined;
        if (field === undefined || own === undefined) return wrong();
        const value = node[name] ?? null;
        return value === null ? own.schema.default : defaultOf(value, own.schema, field.type, options);
      });
    case 'union':
      return unionDefaultOf(node, schema, type.branches, options);
    default:
      return primitiveOf(node, schema);
  }
}

function mapOf(node: unknown, schema: Schema, values: AvroType, options: AvroOptions): ConnectValue {
  if (schema.type !== 'map' || !isObject(node)) return wrong();
  const entries = Object.entries(node).map(([name, value]): [string, ConnectValue] => [
    name,
    defaultOf(value, schema.values, values, options),
  ]);
  return hashMap(new Map(entries), tableFor(entries.length));
}

/** A default is of the first branch. */
function unionDefaultOf(
  node: unknown,
  schema: Schema,
  branches: readonly AvroType[],
  options: AvroOptions,
): ConnectValue {
  const [first] = branches;
  if (first === undefined || first.kind === 'null') return null;
  // Of two branches with null, the schema is that of the other.
  if (schema.type !== 'struct' || branches.length < 2) return defaultOf(node, schema, first, options);
  const name = branchName(first, options);
  const own = schema.fields.find((field) => field.name === name);
  if (own === undefined) return defaultOf(node, schema, first, options);
  return Struct.of(schema, (each) => (each === name ? defaultOf(node, own.schema, first, options) : undefined));
}

function primitiveOf(node: unknown, { type }: Schema): ConnectValue {
  if (node instanceof JsonNumber) return numberOf(node, type);
  if (typeof node === 'boolean') return node;
  if (typeof node !== 'string') return wrong();
  // Each character is a byte.
  return type === 'bytes' ? Buffer.from(node, 'latin1') : node;
}

function numberOf({ token }: JsonNumber, type: Schema['type']): ConnectValue {
  switch (type) {
    case 'int8':
    case 'int16':
    case 'int32':
      return new SmallNumber(type, Number(wholeIn(32, token)));
    case 'int64':
      return wholeIn(64, token);
    case 'float32':
      return new SmallNumber('float32', Math.fround(Number(token)));
    case 'float64':
      return Number(token);
    default:
      return wrong();
  }
}
