import { isBlank, readJson, TREE } from '../../converters/json-converter.ts';
import type { SchemaAndValue } from '../../transforms/data/to-document.ts';
import { parseSchemaJson } from '../schema/schema-json.ts';
import { connectSchemaOf, type JsonSchemaOptions } from './connect-schema.ts';
import { readJsonValue } from './read-json-value.ts';

/**
 * Reads JSON as Confluent's JsonSchemaConverter does, which checks nothing of the schema but types.
 * @throws UnconvertibleError when Connect has no such schema
 */
export function compileJsonSchema(
  text: string,
  references: ReadonlyMap<string, string>,
  options: JsonSchemaOptions,
): (bytes: Buffer) => SchemaAndValue {
  const schema = connectSchemaOf(parseSchemaJson(text), references, options);
  return (bytes) => {
    const value = isBlank(bytes) ? null : readJsonValue(schema, readJson(bytes, TREE));
    return value === null ? { schema: undefined, value } : { schema, value };
  };
}
