import { isWhole, JsonNumber, wholeIn } from '../../../json/java-number.ts';
import { bytesOf } from '../../converters/connect-logical-types.ts';
import type { DefaultsBudget } from '../../converters/defaults-budget.ts';
import { type BigDecimal, bigDecimalOf } from './big-decimal.ts';
import { type ConnectMap, type ConnectValue, SmallNumber } from './connect-value.ts';
import { decimalOfBytes } from './decimal-bytes.ts';
import { hashMap } from './hash-map.ts';
import { DATE_NAME, DECIMAL_NAME, type PrimitiveType, type Schema, TIME_NAME, TIMESTAMP_NAME } from './schema.ts';
import { Struct } from './struct.ts';
import { TransformError } from './transform-error.ts';

export interface JsonOptions {
  /** `replace.null.with.default` of the converter. */
  readonly replaceNulls: boolean;
  /** The remaining budget for defaults in this record; undefined for a schema that does not come with the record. */
  readonly defaults?: DefaultsBudget;
}

const DAY_MS = 86_400_000n;
const DATE_MS_MAX = 8_640_000_000_000_000n;

const wrong = (detail: string): never => {
  throw new TransformError(`the payload does not fit its schema: ${detail}`);
};

/**
 * Converts a payload like JsonConverter (`convertToConnect`).
 * @throws TransformError if the payload does not fit the schema
 */
export function connectValueOf(schema: Schema | undefined, node: unknown, options: JsonOptions): ConnectValue {
  if (schema === undefined) return schemaless(node);
  if (node === null || node === undefined) {
    options.defaults?.use(schema.default);
    if (schema.default !== null && options.replaceNulls) return schema.default;
    return schema.isOptional ? null : wrong(`a ${schema.type} that is required is null or missing`);
  }
  const logical = schema.name === undefined ? undefined : LOGICAL_TYPES.get(schema.name);
  if (logical !== undefined) return logical(node, schema);
  switch (schema.type) {
    case 'array':
      return elementsOf(node).map((element) => connectValueOf(schema.items, element, options));
    case 'map':
      return mapOf(schema, node, options);
    case 'struct':
      if (!(node instanceof Map)) return wrong('a struct must be an object');
      return Struct.of(schema, (name, own) => connectValueOf(own, node.get(name), options));
    default:
      return PRIMITIVES[schema.type](node);
  }
}

/** The elements of an array. Jackson iterates over the values of an object, and over nothing else. */
const elementsOf = (node: unknown): readonly unknown[] => {
  if (Array.isArray(node)) return node;
  return node instanceof Map ? [...node.values()] : [];
};

type MapSchema = Extract<Schema, { readonly type: 'map' }>;

function mapOf({ keys, values }: MapSchema, node: unknown, options: JsonOptions): ConnectMap {
  if (keys.type !== 'string') return pairsOf({ keys, values } as MapSchema, node, options);
  if (!(node instanceof Map)) return wrong('a map whose keys are strings must be an object');
  return hashMap(
    new Map([...node].map(([name, value]): [string, ConnectValue] => [name, connectValueOf(values, value, options)])),
  );
}

/** Such a map never becomes a document, although a transform may drop it. So its order need not be Java's. */
function pairsOf({ keys, values }: MapSchema, node: unknown, options: JsonOptions): ConnectMap {
  if (!Array.isArray(node)) return wrong('a map whose keys are not strings must be an array of pairs');
  return new Map(
    node.map((pair: unknown): [ConnectValue, ConnectValue] => {
      if (!(Array.isArray(pair) && pair.length === 2)) return wrong('an entry of a map is not a pair');
      return [connectValueOf(keys, pair[0], options), connectValueOf(values, pair[1], options)];
    }),
  );
}

const wholeOf = (node: unknown, bits: number): bigint => (node instanceof JsonNumber ? wholeIn(bits, node.token) : 0n);
export const wholeNumberOf = (node: unknown, bits: number): number => Number(wholeOf(node, bits));
const doubleOf = (node: unknown): number => (node instanceof JsonNumber ? Number(node.token) || 0 : 0);
/** `(byte) node.intValue()`, `(short) node.intValue()` */
const cut = (node: unknown, bits: number): number => Number(BigInt.asIntN(bits, wholeOf(node, 32)));

/** For a node of another type, Jackson returns 0, false or null. */
const PRIMITIVES: Readonly<Record<PrimitiveType, (node: unknown) => ConnectValue>> = {
  boolean: (node) => node === true,
  int8: (node) => new SmallNumber('int8', cut(node, 8)),
  int16: (node) => new SmallNumber('int16', cut(node, 16)),
  int32: (node) => new SmallNumber('int32', wholeNumberOf(node, 32)),
  int64: (node) => wholeOf(node, 64),
  float32: (node) => new SmallNumber('float32', Math.fround(doubleOf(node))),
  float64: doubleOf,
  string: (node) => (typeof node === 'string' ? node : null),
  bytes: (node) => (typeof node === 'string' ? bytesOf(node) : null),
};

function integral(node: unknown, bits: number): bigint {
  if (!(node instanceof JsonNumber && isWhole(node.token))) return wrong('a date or a time is not a whole number');
  const value = wholeIn(bits, node.token);
  return bits === 64 || BigInt(node.token) === value ? value : wrong('a date or a time does not fit into its bits');
}

export function dateAt(ms: bigint): Date {
  return ms <= DATE_MS_MAX && ms >= -DATE_MS_MAX ? new Date(Number(ms)) : wrong('a date is outside the range of dates');
}

function timeAt(ms: bigint): Date {
  return ms >= 0n && ms <= DAY_MS ? dateAt(ms) : wrong('a Time is not within one day');
}

function decimalOf(node: unknown, schema: Schema): BigDecimal {
  if (node instanceof JsonNumber) return bigDecimalOf(node.token) ?? wrong('a Decimal is out of range');
  if (typeof node !== 'string') return wrong('a Decimal is neither a number nor bytes');
  return decimalOfBytes(bytesOf(node), schema) ?? wrong('a Decimal has no bytes, too many, or no scale');
}

/** Logical types by schema name. https://kafka.apache.org/documentation/#connect_schemas */
const LOGICAL_TYPES: ReadonlyMap<string, (node: unknown, schema: Schema) => ConnectValue> = new Map([
  [DATE_NAME, (node) => dateAt(integral(node, 32) * DAY_MS)],
  [TIME_NAME, (node) => timeAt(integral(node, 32))],
  [TIMESTAMP_NAME, (node) => dateAt(integral(node, 64))],
  [DECIMAL_NAME, decimalOf],
] as readonly (readonly [string, (node: unknown, schema: Schema) => ConnectValue])[]);

function schemaless(node: unknown): ConnectValue {
  if (node instanceof JsonNumber) return isWhole(node.token) ? wholeIn(64, node.token) : doubleOf(node);
  if (Array.isArray(node)) return node.map(schemaless);
  if (node instanceof Map) {
    return hashMap(new Map([...node].map(([name, value]): [string, ConnectValue] => [name, schemaless(value)])));
  }
  return typeof node === 'string' || typeof node === 'boolean' ? node : null;
}
