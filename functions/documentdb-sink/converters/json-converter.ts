import { isUtf8 } from 'node:buffer';
import { Binary } from 'mongodb';
import { convertWithSchema, type SchemaOptions } from './connect-data.ts';
import { schemaOf } from './connect-schema.ts';
import { inHashOrder } from './java-hash-order.ts';
import { doubleOfToken, isWhole, JsonNumber, wholeIn } from './java-number.ts';
import { type JsonDialect, JsonReader } from './json-reader.ts';
import { UnconvertibleError } from './unconvertible-error.ts';

/** What a converter of Kafka Connect makes of bytes: the connector looks at the type of it. */
export type ConnectData =
  | { readonly kind: 'document'; readonly document: Map<string, unknown> }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'null' }
  /** Of a type that is no document, in words: "a number". */
  | { readonly kind: 'other'; readonly type: string };

/** Whole numbers are Int64, all others Double, `$` in a name means nothing. */
const SCHEMALESS: JsonDialect = {
  number: (token) => (isWhole(token) ? wholeIn(64, token) : doubleOfToken(token)),
  object: inHashOrder,
  lenient: true,
};

/** Nothing is decided yet: the schema decides. */
export const TREE: JsonDialect = {
  number: (token) => new JsonNumber(token),
  object: (fields) => fields,
  lenient: true,
};

/**
 * Connect's JsonConverter without schemas.
 * https://github.com/apache/kafka/blob/trunk/connect/json/src/main/java/org/apache/kafka/connect/json/JsonConverter.java
 * @throws UnconvertibleError when the bytes are not JSON
 */
export const readSchemalessJson = (bytes: Buffer): ConnectData =>
  // Jackson finds no value there, and Connect takes that for null.
  isBlank(bytes) ? { kind: 'null' } : dataOf(readJson(bytes, SCHEMALESS));

export const isBlank = (bytes: Buffer): boolean => bytes.every((byte) => BLANKS.has(byte));
const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * The same with schemas: `{"schema": .., "payload": ..}` and nothing beside.
 * @throws UnconvertibleError when the bytes are not that, or the payload does not fit the schema
 */
export function readJsonWithSchema(bytes: Buffer, options: SchemaOptions): ConnectData {
  const envelope = readJson(bytes, TREE);
  if (!(envelope instanceof Map && envelope.size === 2 && envelope.has('schema') && envelope.has('payload'))) {
    throw new UnconvertibleError(
      'JsonConverter with schemas.enable requires "schema" and "payload" fields and may not contain additional fields',
    );
  }
  const schema = schemaOf(envelope.get('schema'), options);
  return dataOf(convertWithSchema(schema, envelope.get('payload'), options));
}

export function readJson(bytes: Buffer, dialect: JsonDialect): unknown {
  if (!isUtf8(bytes)) throw new UnconvertibleError('the value is not JSON');
  return new JsonReader(bytes.toString(), dialect).read();
}

function dataOf(value: unknown): ConnectData {
  if (value instanceof Map) return { kind: 'document', document: value };
  if (typeof value === 'string') return { kind: 'text', text: value };
  if (value === null) return { kind: 'null' };
  if (value instanceof Binary) return { kind: 'bytes', bytes: value.value() };
  return {
    kind: 'other',
    type: Array.isArray(value) ? 'an array' : `a ${typeof value === 'boolean' ? 'boolean' : 'number'}`,
  };
}
