import type { SchemaValue } from './schema-values.ts';

// The JSON of Kafka Connect's JsonConverter with `schemas.enable`, a schema and a payload:
// https://kafka.apache.org/documentation/#connect_schemas

type Schema = Readonly<Record<string, unknown>>;

/** Which schema a value of JSON has: whole numbers have 32 bits, and everything may be null. */
function schemaOf(value: unknown): Schema {
  if (Array.isArray(value)) return { type: 'array', optional: true, items: schemaOf(value[0]) };
  switch (typeof value) {
    case 'number':
      return { type: 'int32', optional: true };
    case 'boolean':
      return { type: 'boolean', optional: true };
    case 'object':
      return value === null ? { type: 'string', optional: true } : structOf(fieldsOf(value));
    default:
      return { type: 'string', optional: true };
  }
}

const fieldsOf = (value: object): readonly Schema[] =>
  Object.entries(value).map(([field, inner]) => ({ field, ...schemaOf(inner) }));

const structOf = (fields: readonly Schema[]): Schema => ({ type: 'struct', optional: true, fields });

interface SchemaParts {
  /** Fields with schemas of their own, which the object has beside its own. */
  readonly more?: readonly (SchemaValue & { readonly name: string })[];
  /** Of the schema. */
  readonly name?: string | undefined;
}

/** @param text JSON */
export function withSchema(text: string, { more = [], name }: SchemaParts = {}): string {
  const value: unknown = JSON.parse(text);
  if (more.length === 0 || typeof value !== 'object' || value === null) {
    return `{"schema":${JSON.stringify({ ...schemaOf(value), name })},"payload":${text}}`;
  }
  const schema = structOf([...fieldsOf(value), ...more.map(({ name, schema }) => ({ field: name, ...schema }))]);
  const fields = more.flatMap(({ name, text }) => (text === undefined ? [] : [`"${name}":${text}`]));
  return `{"schema":${JSON.stringify(schema)},"payload":${[text.slice(0, -1), ...fields].join()}}}`;
}

/** Without a field that its schema requires. */
export const withoutRequired = (text: string): string =>
  withSchema(text, {
    more: [{ name: 'required', schema: { type: 'int32', optional: false }, text: undefined, value: undefined }],
  });

/** What was given to {@link withSchema}. */
export const payloadText = (text: string): string => JSON.stringify((JSON.parse(text) as { payload: unknown }).payload);
