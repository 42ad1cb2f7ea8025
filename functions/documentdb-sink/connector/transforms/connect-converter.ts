import type { Payload } from '../../../../shared/record.ts';
import { UnconvertibleError } from '../../bson/unconvertible-error.ts';
import { isWhole, wholeIn } from '../../json/java-number.ts';
import type { JsonDialect } from '../../json/json-reader.ts';
import { UnwritableError } from '../../plan/unwritable-error.ts';
import { DefaultsBudget } from '../converters/defaults-budget.ts';
import { inHashOrder } from '../converters/java-hash-order.ts';
import { isBlank, readJson, TREE } from '../converters/json-converter.ts';
import type { TopicProperties } from '../topic-properties.ts';
import type { Side } from './connect-record.ts';
import { type ConnectValue, SmallNumber } from './data/connect-value.ts';
import { schemaOfJson } from './data/json-schema.ts';
import { connectValueOf, type JsonOptions } from './data/json-value.ts';
import { type PrimitiveType, primitive } from './data/schema.ts';
import type { SchemaAndValue } from './data/to-document.ts';
import { TransformError } from './data/transform-error.ts';

/**
 * Converts bytes to the data that Kafka Connect passes to the first transform. @throws UnwritableError if the bytes
 * cannot be converted
 */
export type ConnectConverter = (payload: Payload | null) => SchemaAndValue;

type Convert = (bytes: Buffer) => SchemaAndValue;

/** Follows `key.converter` or `value.converter`, for a chain of transforms. */
export function createConnectConverter(properties: TopicProperties, side: Side): ConnectConverter {
  const name = properties.text(`${side}.converter`).split('.').at(-1) ?? '';
  const convert = name === 'JsonConverter' ? jsonConverter(properties, side) : primitiveConverter(name);
  const type = PRIMITIVES.get(name)?.type;
  const missing: SchemaAndValue = { schema: type === undefined ? undefined : primitive(type, true), value: null };
  return (payload) => {
    if (payload === null) return missing;
    const bytes = payload.bytes();
    try {
      return convert(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    } catch (error) {
      if (!(error instanceof UnconvertibleError || error instanceof TransformError)) throw error;
      throw new UnwritableError(`Could not convert ${side}: ${error.message.replace(/^the value/, `the ${side}`)}`);
    }
  };
}

function jsonConverter(properties: TopicProperties, side: Side): Convert {
  const options: JsonOptions = { replaceNulls: properties.flag(`${side}.converter.replace.null.with.default`) };
  const hasSchemas = properties.flag(`${side}.converter.schemas.enable`);
  return hasSchemas ? (bytes) => readEnvelope(bytes, options) : readSchemaless;
}

/**
 * Whole numbers become Longs, all others Doubles, and objects HashMaps, as in {@link connectValueOf} without a schema.
 */
const SCHEMALESS: JsonDialect = {
  number: (token) => (isWhole(token) ? wholeIn(64, token) : Number(token) || 0),
  object: (fields) => inHashOrder(fields),
  lenient: true,
};

const readSchemaless = (bytes: Buffer): SchemaAndValue => ({
  schema: undefined,
  // The reader returns strings, booleans, null, arrays, and what the dialect makes: all of them are ConnectValues.
  value: isBlank(bytes) ? null : (readJson(bytes, SCHEMALESS) as ConnectValue),
});

function readEnvelope(bytes: Buffer, options: JsonOptions): SchemaAndValue {
  const envelope = readJson(bytes, TREE);
  if (!(envelope instanceof Map && envelope.size === 2 && envelope.has('schema') && envelope.has('payload'))) {
    throw new UnconvertibleError(
      'JsonConverter with schemas.enable requires "schema" and "payload" fields and may not contain additional fields',
    );
  }
  const schema = schemaOfJson(envelope.get('schema'), options);
  const ofRecord = { ...options, defaults: new DefaultsBudget() };
  return { schema, value: connectValueOf(schema, envelope.get('payload'), ofRecord) };
}

interface PrimitiveConverter {
  readonly type: PrimitiveType;
  readonly length?: number;
  readonly read: (bytes: Buffer) => ConnectValue;
}

/** Big-endian, see https://kafka.apache.org/documentation/#connect_configuring */
const PRIMITIVES: ReadonlyMap<string, PrimitiveConverter> = new Map<string, PrimitiveConverter>([
  ['StringConverter', { type: 'string', read: (bytes) => bytes.toString() }],
  ['ByteArrayConverter', { type: 'bytes', read: (bytes) => bytes }],
  ['ShortConverter', { type: 'int16', length: 2, read: (bytes) => new SmallNumber('int16', bytes.readInt16BE()) }],
  ['IntegerConverter', { type: 'int32', length: 4, read: (bytes) => new SmallNumber('int32', bytes.readInt32BE()) }],
  ['LongConverter', { type: 'int64', length: 8, read: (bytes) => bytes.readBigInt64BE() }],
  ['FloatConverter', { type: 'float32', length: 4, read: (bytes) => new SmallNumber('float32', bytes.readFloatBE()) }],
  ['DoubleConverter', { type: 'float64', length: 8, read: (bytes) => bytes.readDoubleBE() }],
  ['BooleanConverter', { type: 'boolean', length: 1, read: booleanOf }],
]);

function booleanOf(bytes: Buffer): boolean {
  const byte = bytes[0];
  if (byte === 0 || byte === 1) return byte === 1;
  throw new UnconvertibleError('the value is not a boolean');
}

function primitiveConverter(name: string): Convert {
  const converter = PRIMITIVES.get(name);
  if (converter === undefined) return () => ({ schema: undefined, value: null });
  const schema = primitive(converter.type, true);
  return (bytes) => {
    if (converter.length !== undefined && bytes.length !== converter.length) {
      throw new UnconvertibleError(`the value has not ${converter.length} bytes`);
    }
    return { schema, value: converter.read(bytes) };
  };
}
