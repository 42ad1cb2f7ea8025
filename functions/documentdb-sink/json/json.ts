import type { Payload } from '../../../shared/record.ts';
import type { Conversion } from '../bson/bson-document.ts';
import { UnconvertibleError } from '../bson/unconvertible-error.ts';
import { JsonReader } from './json-reader.ts';

/**
 * Converts JSON text to a document with the types of the connector's StringConverter (`BsonDocument.parse`). A whole
 * number is Int32 if it fits, otherwise Int64; a number with a fraction or an exponent is a Double, even 5.0 and 1e3.
 * Extended JSON (`$oid`, `$date`, ..) is converted. Of duplicate names, the last value applies, in the place of the
 * first. Unlike the connector, this converter accepts only JSON: no single quotes, no `ObjectId(..)`, no text after the
 * document.
 */
export function convertJson(payload: Payload): Conversion {
  const bytes = payload.bytes();
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  try {
    const value = new JsonReader(text).read();
    if (value instanceof Map) return { ok: true, document: value };
    return { ok: false, detail: 'the value is JSON, but not a document' };
  } catch (error) {
    if (error instanceof UnconvertibleError) return { ok: false, detail: error.message };
    throw error;
  }
}
