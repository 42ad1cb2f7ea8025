import { UnconvertibleError } from '../bson/unconvertible-error.ts';
import { type JsonDialect, JsonReader } from './json-reader.ts';
import { numberOf } from './number.ts';
import { isExtendedName } from './shell-extended.ts';
import { ShellReader } from './shell-reader.ts';

/** Extended JSON in the dialect of the Java driver. */
const JAVA_EXTENDED: JsonDialect = {
  number: numberOf,
  object: (fields) => fields,
  lenient: false,
  extended: {
    isName: isExtendedName,
    read(text, start, depth) {
      const reader = new ShellReader(text, start);
      return { value: reader.readInner(depth), end: reader.end };
    },
  },
};

/**
 * Reads text like the Java driver's `BsonDocument.parse`: JSON and the syntax of the mongo shell.
 * https://www.mongodb.com/docs/drivers/java/sync/current/data-formats/document-data-format-extended-json/
 * @throws UnconvertibleError if the text is no document; the message quotes nothing
 */
export function readRelaxedJson(text: string): Map<string, unknown> {
  try {
    // The fast reader, which reads JSON to the same values.
    const value = new JsonReader(text, JAVA_EXTENDED).read();
    if (value instanceof Map) return value;
  } catch (error) {
    if (!(error instanceof UnconvertibleError)) throw error;
  }
  return new ShellReader(text).readDocument();
}
