import { JAVA_EXTENDED, JsonReader } from './json-reader.ts';
import { ShellReader } from './shell-reader.ts';
import { UnconvertibleError } from './unconvertible-error.ts';

/**
 * Text as the Java driver's `BsonDocument.parse` reads it: JSON, and what the mongo shell writes beside it.
 * https://www.mongodb.com/docs/drivers/java/sync/current/data-formats/document-data-format-extended-json/
 * @throws UnconvertibleError when it is neither; the message quotes nothing
 */
export function readRelaxedJson(text: string): unknown {
  try {
    // The fast one, which reads all of JSON to the same values.
    return new JsonReader(text, JAVA_EXTENDED).read();
  } catch (error) {
    if (!(error instanceof UnconvertibleError)) throw error;
    return new ShellReader(text).read();
  }
}
