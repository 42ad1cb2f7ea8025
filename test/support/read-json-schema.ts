import { compileJsonSchema } from '../../functions/documentdb-sink/connector/registry/json-schema/compile-json-schema.ts';
import { bsonOf } from '../../functions/documentdb-sink/connector/transforms/data/to-document.ts';

/** Reads JSON with a JSON schema. @param references by the names under which the schema refers to them */
export function readWithSchema(
  schema: unknown,
  value: unknown,
  references: Readonly<Record<string, unknown>> = {},
  optionalForNonRequired = false,
) {
  const texts = Object.entries(references).map(([name, each]) => [name, JSON.stringify(each)] as const);
  const read = compileJsonSchema(JSON.stringify(schema), new Map(texts), { optionalForNonRequired });
  return read(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));
}

export const objectOf = (type: unknown) => ({ type: 'object', properties: { f: type } });

/** The BSON of an object's only property. @param text JSON */
export function propertyOf(type: unknown, text: string, references?: Readonly<Record<string, unknown>>): unknown {
  const { schema, value } = readWithSchema(objectOf(type), `{"f":${text}}`, references);
  return (bsonOf(value, schema) as Map<string, unknown>).get('f');
}

/** What Connect calls the only property. */
export function schemaOfProperty(type: unknown, optionalForNonRequired = false) {
  const { schema } = readWithSchema(objectOf(type), '{}', {}, optionalForNonRequired);
  return schema?.type === 'struct' ? schema.fields[0]?.schema : undefined;
}
