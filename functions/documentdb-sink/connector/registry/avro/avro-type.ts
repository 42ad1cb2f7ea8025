import { UnconvertibleError } from '../../../bson/unconvertible-error.ts';
import { isObject, type JsonObject, numberIn, parseSchemaJson, textIn } from '../schema/schema-json.ts';

export const PRIMITIVES = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const;
export type PrimitiveKind = (typeof PRIMITIVES)[number];

interface Named {
  /** With its namespace. */
  readonly name: string;
}

interface Annotated {
  /** The JSON object that defines the type: `logicalType`, `connect.name` and the like stand beside Avro's own attributes. */
  readonly attributes: JsonObject;
}

export type AvroRecord = Annotated & Named & { readonly kind: 'record'; readonly fields: readonly AvroField[] };

export interface AvroField {
  readonly name: string;
  readonly type: AvroType;
  /** JSON; undefined: the field has none. */
  readonly default: unknown;
}

/** https://avro.apache.org/docs/1.12.0/specification/#schema-declaration */
export type AvroType =
  | AvroRecord
  | (Annotated & { readonly kind: PrimitiveKind })
  | (Annotated & Named & { readonly kind: 'fixed'; readonly size: number })
  | (Annotated & Named & { readonly kind: 'enum'; readonly symbols: readonly string[] })
  | (Annotated & { readonly kind: 'array'; readonly items: AvroType })
  | (Annotated & { readonly kind: 'map'; readonly values: AvroType })
  | { readonly kind: 'union'; readonly branches: readonly AvroType[]; readonly attributes: JsonObject };

const wrong = (detail: string): never => {
  throw new UnconvertibleError(`the Avro schema is wrong: ${detail}`);
};

/**
 * A schema as Avro's parser for Java reads it, less its checks of names and of defaults: a registry serves schemas that
 * later versions of that parser would refuse, and readers pass over the difference.
 * @param references the schemas it refers to, each before those that refer to it
 * @throws UnconvertibleError when it is no schema
 */
export function parseAvro(text: string, references: Iterable<string> = []): AvroType {
  const names: Names = new Map();
  for (const reference of references) typeOf(parseSchemaJson(reference), names, '');
  return typeOf(parseSchemaJson(text), names, '');
}

/** What has been defined so far: a name is defined where it first stands. */
type Names = Map<string, AvroType>;

function typeOf(node: unknown, names: Names, namespace: string): AvroType {
  if (typeof node === 'string') return typeNamed(node, names, namespace);
  if (Array.isArray(node)) {
    return { kind: 'union', branches: node.map((branch) => typeOf(branch, names, namespace)), attributes: {} };
  }
  if (!isObject(node)) return wrong('a type is neither a name, nor an object, nor an array');
  const type = node['type'];
  switch (type) {
    case 'record':
    case 'error':
      return recordOf(node, names, namespace);
    case 'enum':
      return named(node, names, namespace, (name) => ({
        kind: 'enum',
        name,
        symbols: textsOf(node['symbols']),
        attributes: node,
      }));
    case 'fixed':
      return named(node, names, namespace, (name) => ({
        kind: 'fixed',
        name,
        size: numberIn(node['size']) ?? wrong('a fixed type has no size'),
        attributes: node,
      }));
    case 'array':
      return { kind: 'array', items: typeOf(node['items'], names, namespace), attributes: node };
    case 'map':
      return { kind: 'map', values: typeOf(node['values'], names, namespace), attributes: node };
    default: {
      const primitive = PRIMITIVES.find((each) => each === type);
      return primitive === undefined ? typeOf(type, names, namespace) : { kind: primitive, attributes: node };
    }
  }
}

function typeNamed(name: string, names: Names, namespace: string): AvroType {
  const primitive = PRIMITIVES.find((each) => each === name);
  if (primitive !== undefined) return { kind: primitive, attributes: {} };
  const found = names.get(fullName(name, namespace)) ?? names.get(name);
  return found ?? wrong('it uses a name that neither the schema nor its references define');
}

const fullName = (name: string, namespace: string): string =>
  name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;

/** Gives the type its name before its parts are read: they may refer to it. */
function named<T extends AvroType>(
  node: JsonObject,
  names: Names,
  namespace: string,
  create: (name: string, namespace: string) => T,
): T {
  const { name } = node;
  if (typeof name !== 'string') return wrong('a record, an enum or a fixed type has no name');
  // Java's parser takes what is no text for a namespace that is not there.
  const own = textIn(node['namespace']) ?? namespace;
  const full = fullName(name, own);
  if (names.has(full)) return wrong('it defines a name twice');
  const type = create(full, full.slice(0, Math.max(0, full.lastIndexOf('.'))));
  names.set(full, type);
  return type;
}

function recordOf(node: JsonObject, names: Names, namespace: string): AvroRecord {
  const fields: AvroField[] = [];
  let inside = namespace;
  const record = named(node, names, namespace, (name, own): AvroRecord => {
    inside = own;
    return { kind: 'record', name, fields, attributes: node };
  });
  const nodes = node['fields'];
  if (!Array.isArray(nodes)) return wrong('a record has no fields');
  for (const field of nodes) {
    const name = isObject(field) ? field['name'] : undefined;
    if (!isObject(field) || typeof name !== 'string') return wrong('a field of a record has no name');
    fields.push({ name, type: typeOf(field['type'], names, inside), default: field['default'] });
  }
  return record;
}

const textsOf = (node: unknown): readonly string[] =>
  Array.isArray(node)
    ? node.map((text) => (typeof text === 'string' ? text : wrong('a symbol is not text')))
    : wrong('an enum has no symbols');
