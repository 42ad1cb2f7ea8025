import { Binary } from 'mongodb';
import { UnconvertibleError } from '../../bson/unconvertible-error.ts';
import { doubleOfToken, isWhole, JsonNumber, wholeIn } from '../../json/java-number.ts';
import { type JsonDialect, JsonReader } from '../../json/json-reader.ts';
import { convertWithSchema, type SchemaOptions } from './connect-data.ts';
import { DefaultsBudget } from './defaults-budget.ts';
import { inHashOrder } from './java-hash-order.ts';
import { jsonTextOf } from './json-encoding.ts';
import { schemaOf } from './parse-schema.ts';

/** The data that a converter of Kafka Connect returns. The connector decides by its type. */
export type ConnectData =
  | { readonly kind: 'document'; readonly document: Map<string, unknown> }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'null' }
  /** data that is no document, described in words: "a number" */
  | { readonly kind: 'other'; readonly type: string };

/**
 * Jackson's limits:
 * https://github.com/FasterXML/jackson-core/blob/2.21/src/main/java/com/fasterxml/jackson/core/StreamReadConstraints.java
 */
const NAME_BYTES_MAX = 50_000;
const NUMBER_DIGITS_MAX = 1_000;

const LENIENT = { lenient: true, nameBytesMax: NAME_BYTES_MAX } as const;

function bounded(token: string): string {
  if (token.length > NUMBER_DIGITS_MAX && token.replaceAll(/\D/g, '').length > NUMBER_DIGITS_MAX) {
    throw new UnconvertibleError(`a number has more than ${NUMBER_DIGITS_MAX} digits`);
  }
  return token;
}

/** Whole numbers become Int64 and all others Double; `$` in a name has no meaning. */
const SCHEMALESS: JsonDialect = {
  number: (token) => (isWhole(token) ? wholeIn(64, bounded(token)) : doubleOfToken(bounded(token))),
  object: inHashOrder,
  ...LENIENT,
};

/** Numbers stay texts, because the schema decides their type. */
export const TREE: JsonDialect = {
  number: (token) => new JsonNumber(bounded(token)),
  object: (fields) => fields,
  ...LENIENT,
};

/**
 * Connect's JsonConverter without schemas.
 * https://github.com/apache/kafka/blob/trunk/connect/json/src/main/java/org/apache/kafka/connect/json/JsonConverter.java
 * @throws UnconvertibleError if the bytes are not JSON
 */
export function readSchemalessJson(bytes: Buffer): ConnectData {
  const text = jsonTextOf(bytes);
  // Jackson finds no value in a blank text, and Connect treats that as null.
  return BLANK.test(text) ? { kind: 'null' } : dataOf(new JsonReader(text, SCHEMALESS).read());
}

/** Whether the text is blank, which Connect treats as null. */
export const isBlank = (bytes: Buffer): boolean => BLANK.test(jsonTextOf(bytes));
const BLANK = /^[ \t\n\r]*$/;

/** @throws UnconvertibleError if the bytes are not JSON */
export const readJson = (bytes: Buffer, dialect: JsonDialect): unknown =>
  new JsonReader(jsonTextOf(bytes), dialect).read();

/**
 * Connect's JsonConverter with schemas: `{"schema": .., "payload": ..}` without further fields.
 * @throws UnconvertibleError if the bytes have another form, or the payload does not fit the schema
 */
export const readJsonWithSchema = (bytes: Buffer, options: SchemaOptions): ConnectData =>
  dataOf(payloadWithSchema(bytes, options));

/** The payload as a BSON value. @throws UnconvertibleError as {@link readJsonWithSchema} */
export function payloadWithSchema(bytes: Buffer, options: SchemaOptions): unknown {
  const envelope = readJson(bytes, TREE);
  if (!(envelope instanceof Map && envelope.size === 2 && envelope.has('schema') && envelope.has('payload'))) {
    throw new UnconvertibleError(
      'JsonConverter with schemas.enable requires "schema" and "payload" fields and may not contain additional fields',
    );
  }
  const context = { ...options, defaults: new DefaultsBudget() };
  const schema = schemaOf(envelope.get('schema'), { ...context, isInStruct: true });
  // The connector treats a map at the top as data without a schema, but a struct at the top as a struct.
  const payloadContext = { ...context, isInStruct: schema?.type === 'struct' };
  return convertWithSchema(schema, envelope.get('payload'), payloadContext);
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
