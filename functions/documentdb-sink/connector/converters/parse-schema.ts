import { UnconvertibleError } from '../../bson/unconvertible-error.ts';
import { convertWithSchema, type SchemaContext } from './connect-data.ts';
import { type ConnectField, type ConnectSchema, PRIMITIVE_TYPES, type PrimitiveType } from './connect-schema.ts';

type Node = ReadonlyMap<string, unknown>;

const wrong = (detail: string): never => {
  throw new UnconvertibleError(`the schema is wrong: ${detail}`);
};

/**
 * Parses a schema in the JSON form of JsonConverter. Undefined for null, which means that the payload has no schema.
 * @throws UnconvertibleError if the JSON is no schema
 */
export function schemaOf(node: unknown, context: SchemaContext): ConnectSchema | undefined {
  return node === null ? undefined : required(node, context);
}

function required(node: unknown, context: SchemaContext): ConnectSchema {
  if (!(node instanceof Map)) return wrong("a schema must be an object that contains 'type'");
  const type: unknown = node.get('type');
  if (typeof type !== 'string') return wrong("a schema must contain 'type'");
  const name = node.get('name');
  const parameters = node.get('parameters');
  if (parameters instanceof Map && [...parameters.values()].some((value) => typeof value !== 'string')) {
    return wrong('the parameters of a schema must be strings');
  }
  const bare = {
    ...shapeOf(type, node, context),
    isOptional: node.get('optional') === true,
    name: typeof name === 'string' ? name : undefined,
    parameters: parameters instanceof Map ? parameters : new Map(),
    default: undefined,
  };
  return node.has('default') ? { ...bare, default: defaultOf(bare, node.get('default'), context) } : bare;
}

/**
 * Connect refuses every default of a struct, because the struct's schema is not complete when the default is checked.
 */
function defaultOf(schema: ConnectSchema, node: unknown, context: SchemaContext): unknown {
  const value = convertWithSchema(schema, node, context) ?? undefined;
  return value !== undefined && schema.type === 'struct' ? wrong('a struct has a default') : value;
}

type Shape =
  | { readonly type: PrimitiveType }
  | { readonly type: 'array'; readonly items: ConnectSchema }
  | { readonly type: 'map'; readonly keys: ConnectSchema; readonly values: ConnectSchema }
  | { readonly type: 'struct'; readonly fields: readonly ConnectField[] };

function shapeOf(type: string, node: Node, context: SchemaContext): Shape {
  switch (type) {
    case 'array':
      return { type, items: required(node.get('items'), context) };
    case 'map':
      return { type, keys: required(node.get('keys'), context), values: required(node.get('values'), context) };
    case 'struct':
      return { type, fields: fieldsOf(node.get('fields'), context) };
    default: {
      const primitive = PRIMITIVE_TYPES.find((each) => each === type);
      return primitive === undefined ? wrong('its type is not a type of Kafka Connect') : { type: primitive };
    }
  }
}

function fieldsOf(node: unknown, context: SchemaContext): readonly ConnectField[] {
  if (!Array.isArray(node)) return wrong('the fields of a struct are not an array');
  const names = new Set<string>();
  return node.map((field: unknown) => {
    const name = field instanceof Map ? field.get('field') : undefined;
    if (typeof name !== 'string' || name === '') return wrong('a field of a struct has no name');
    if (names.has(name)) return wrong('a struct has two fields with the same name');
    names.add(name);
    return { name, schema: required(field, context) };
  });
}
