import { convertWithSchema, type SchemaOptions } from './connect-data.ts';
import { UnconvertibleError } from './unconvertible-error.ts';

const PRIMITIVES = ['boolean', 'int8', 'int16', 'int32', 'int64', 'float', 'double', 'bytes', 'string'] as const;
export type PrimitiveType = (typeof PRIMITIVES)[number];

interface Common {
  readonly isOptional: boolean;
  /** Of a logical type. */
  readonly name: string | undefined;
  readonly parameters: ReadonlyMap<string, unknown>;
  /** As the BSON value it stands for; undefined: there is none. */
  readonly default: unknown;
}

export type ConnectSchema = Common &
  (
    | { readonly type: PrimitiveType }
    | { readonly type: 'array'; readonly items: ConnectSchema }
    | { readonly type: 'map'; readonly keys: ConnectSchema; readonly values: ConnectSchema }
    | { readonly type: 'struct'; readonly fields: readonly ConnectField[] }
  );

export interface ConnectField {
  readonly name: string;
  readonly schema: ConnectSchema;
}

type Node = ReadonlyMap<string, unknown>;

const wrong = (detail: string): never => {
  throw new UnconvertibleError(`the schema is wrong: ${detail}`);
};

/**
 * A schema as JsonConverter writes it beside a payload. Undefined for null: the payload has none.
 * @throws UnconvertibleError when it is no schema
 */
export function schemaOf(node: unknown, options: SchemaOptions): ConnectSchema | undefined {
  return node === null ? undefined : required(node, options);
}

function required(node: unknown, options: SchemaOptions): ConnectSchema {
  if (!(node instanceof Map)) return wrong("a schema must be an object that contains 'type'");
  const type: unknown = node.get('type');
  if (typeof type !== 'string') return wrong("a schema must contain 'type'");
  const name = node.get('name');
  const parameters = node.get('parameters');
  const bare = {
    ...shapeOf(type, node, options),
    isOptional: node.get('optional') === true,
    name: typeof name === 'string' ? name : undefined,
    parameters: parameters instanceof Map ? parameters : new Map(),
    default: undefined,
  };
  if (!node.has('default')) return bare;
  return { ...bare, default: convertWithSchema(bare, node.get('default'), options) ?? undefined };
}

type Shape =
  | { readonly type: PrimitiveType }
  | { readonly type: 'array'; readonly items: ConnectSchema }
  | { readonly type: 'map'; readonly keys: ConnectSchema; readonly values: ConnectSchema }
  | { readonly type: 'struct'; readonly fields: readonly ConnectField[] };

function shapeOf(type: string, node: Node, options: SchemaOptions): Shape {
  switch (type) {
    case 'array':
      return { type, items: required(node.get('items'), options) };
    case 'map':
      return { type, keys: required(node.get('keys'), options), values: required(node.get('values'), options) };
    case 'struct':
      return { type, fields: fieldsOf(node.get('fields'), options) };
    default: {
      const primitive = PRIMITIVES.find((each) => each === type);
      return primitive === undefined ? wrong("its type is none of Kafka Connect's") : { type: primitive };
    }
  }
}

function fieldsOf(node: unknown, options: SchemaOptions): readonly ConnectField[] {
  if (!Array.isArray(node)) return wrong('the fields of a struct are no array');
  return node.map((field: unknown) => {
    const name = field instanceof Map ? field.get('field') : undefined;
    return {
      name: typeof name === 'string' ? name : wrong('a field of a struct has no name'),
      schema: required(field, options),
    };
  });
}
