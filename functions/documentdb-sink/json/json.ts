import type { Payload } from '../../../shared/record.ts';
import type { Conversion } from '../bson/bson-document.ts';
import { UnconvertibleError } from '../bson/unconvertible-error.ts';
import { JsonReader } from './json-reader.ts';

/**
 * JSON text to a document, with the types the connector's String converter gives (`BsonDocument.parse`): a whole number
 * is Int32 if it fits, else Int64; one with a fraction or an exponent is a Double, even 5.0 and 1e3; extended JSON
 * (`$oid`, `$date`, ..) is understood; of duplicate names the last wins, in the first one's place. Unlike the connector,
 * only JSON is taken: no single quotes, no `ObjectId(..)`, no text after the document.
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
