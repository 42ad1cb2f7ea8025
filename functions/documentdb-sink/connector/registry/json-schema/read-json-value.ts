import { UnconvertibleError } from '../../../bson/unconvertible-error.ts';
import { isWhole, JsonNumber, wholeIn } from '../../../json/java-number.ts';
import { bytesOf } from '../../converters/connect-logical-types.ts';
import { bigDecimalOf } from '../../transforms/data/big-decimal.ts';
import { type ConnectMap, type ConnectValue, SmallNumber } from '../../transforms/data/connect-value.ts';
import { decimalOfBytes } from '../../transforms/data/decimal-bytes.ts';
import { hashMap, mapOfEntries } from '../../transforms/data/hash-map.ts';
import { DATE_NAME, DECIMAL_NAME, type Schema, TIME_NAME, TIMESTAMP_NAME } from '../../transforms/data/schema.ts';
import { Struct } from '../../transforms/data/struct.ts';
import { toLogical } from '../schema/logical-types.ts';

const wrong = (detail: string): never => {
  throw new UnconvertibleError(`the value does not fit its schema: ${detail}`);
};

/**
 * A payload as `JsonSchemaData.toConnectData` hands it on. A field that is missing stays unset, required or not.
 * https://github.com/confluentinc/schema-registry/blob/master/json-schema-converter/src/main/java/io/confluent/connect/json/JsonSchemaData.java
 * @param node undefined: missing
 * @throws UnconvertibleError when it does not fit the schema
 */
export function readJsonValue(schema: Schema, node: unknown): ConnectValue {
  if (node === null || node === undefined) {
    if (schema.default !== null) return schema.default;
    return node === undefined || schema.isOptional ? null : wrong(`a ${schema.type} that is required is null`);
  }
  const logical = schema.name === undefined ? undefined : LOGICAL_TYPES.get(schema.name);
  if (logical !== undefined) return logical(node, schema);
  switch (schema.type) {
    case 'array':
      return elementsOf(node).map((element) => readJsonValue(schema.items, element));
    case 'map':
      return mapOf(schema, node);
    case 'struct':
      return structOf(schema, node);
    default:
      return primitiveOf(schema, node);
  }
}

/** Jackson iterates over an object's values, and over nothing else. */
const elementsOf = (node: unknown): readonly unknown[] => {
  if (Array.isArray(node)) return node;
  return node instanceof Map ? [...node.values()] : [];
};

function structOf(schema: Extract<Schema, { readonly type: 'struct' }>, node: unknown): ConnectValue {
  if (!(node instanceof Map)) return wrong('a struct must be an object');
  const schemas = new Map(schema.fields.map((field) => [field.name, field.schema]));
  return Struct.of(schema, (name) => {
    const own = schemas.get(name);
    return own === undefined ? undefined : (readJsonValue(own, node.get(name)) ?? undefined);
  });
}

function mapOf({ keys, values }: Extract<Schema, { readonly type: 'map' }>, node: unknown): ConnectMap {
  if (keys.type === 'string' && !keys.isOptional) {
    if (!(node instanceof Map)) return wrong('a map whose keys are strings must be an object');
    return hashMap(new Map([...node].map(([name, value]) => [String(name), readJsonValue(values, value)] as const)));
  }
  if (!Array.isArray(node)) return wrong('a map whose keys are not strings must be an array of pairs');
  return mapOfEntries(
    node.map((pair: unknown) => {
      if (!(pair instanceof Map && pair.size === 2)) return wrong('an entry of a map is no pair');
      return [readJsonValue(keys, pair.get('key')), readJsonValue(values, pair.get('value'))] as const;
    }),
  );
}

const wholeOf = (node: unknown, bits: number): bigint => (node instanceof JsonNumber ? wholeIn(bits, node.token) : 0n);
const doubleOf = (node: unknown): number => (node instanceof JsonNumber ? Number(node.token) || 0 : 0);

/** Where the node is of another type, Jackson gives 0, false or null. */
function primitiveOf({ type }: Schema, node: unknown): ConnectValue {
  switch (type) {
    case 'boolean':
      return node === true;
    case 'int8':
    case 'int16':
      return new SmallNumber(type, Number(BigInt.asIntN(type === 'int8' ? 8 : 16, wholeOf(node, 32))));
    case 'int32':
      return new SmallNumber(type, Number(wholeOf(node, 32)));
    case 'int64':
      return wholeOf(node, 64);
    case 'float32':
      return new SmallNumber(type, Math.fround(doubleOf(node)));
    case 'float64':
      return doubleOf(node);
    case 'bytes':
      return typeof node === 'string' ? bytesOf(node) : wrong('bytes are not base64');
    default:
      return typeof node === 'string' ? node : null;
  }
}

function integralOf(node: unknown, bits: number): bigint {
  if (!(node instanceof JsonNumber && isWhole(node.token))) return wrong('a date or a time is not a whole number');
  const value = wholeIn(bits, node.token);
  return bits === 64 || String(value) === node.token ? value : wrong('a date or a time does not fit into its bits');
}

const int32Of = (node: unknown, schema: Schema): ConnectValue =>
  toLogical(new SmallNumber('int32', Number(integralOf(node, 32))), schema);

function decimalOf(node: unknown, schema: Schema): ConnectValue {
  if (node instanceof JsonNumber) return bigDecimalOf(node.token) ?? wrong('a Decimal is out of range');
  if (typeof node !== 'string') return wrong('a Decimal is neither a number nor bytes');
  return decimalOfBytes(bytesOf(node), schema) ?? wrong('a Decimal has no bytes, too many, or its schema has no scale');
}

const LOGICAL_TYPES: ReadonlyMap<string, (node: unknown, schema: Schema) => ConnectValue> = new Map([
  [DATE_NAME, int32Of],
  [TIME_NAME, int32Of],
  [TIMESTAMP_NAME, (node: unknown, schema: Schema) => toLogical(integralOf(node, 64), schema)],
  [DECIMAL_NAME, decimalOf],
]);
