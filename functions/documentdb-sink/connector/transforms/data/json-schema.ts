import { JsonNumber } from '../../../json/java-number.ts';
import { connectValueOf, type JsonOptions, wholeNumberOf } from './json-value.ts';
import {
  type Field,
  PRIMITIVE_TYPES,
  type PrimitiveType,
  type Schema,
  type SchemaBasics,
  structSchema,
} from './schema.ts';
import { validate } from './struct.ts';
import { TransformError } from './transform-error.ts';

type Node = ReadonlyMap<string, unknown>;

const wrong = (detail: string): never => {
  throw new TransformError(`the schema is wrong: ${detail}`);
};

/** Types that have another name in JsonConverter. */
const RENAMED: ReadonlyMap<string, PrimitiveType> = new Map([
  ['float', 'float32'],
  ['double', 'float64'],
]);

/**
 * Parses a schema like JsonConverter (`asConnectSchema`). Undefined for null, which means that the payload has no
 * schema.
 * @throws TransformError if the JSON is no schema
 */
export const schemaOfJson = (node: unknown, options: JsonOptions): Schema | undefined =>
  node === null ? undefined : required(node, options);

function required(node: unknown, options: JsonOptions): Schema {
  if (!(node instanceof Map)) return wrong("it must be an object that contains 'type'");
  const bare = bareOf(node, options);
  if (!node.has('default')) return bare;
  const fallback = connectValueOf(bare, node.get('default'), options);
  if (fallback !== null) validate(bare, fallback);
  return { ...bare, default: fallback };
}

function bareOf(node: Node, options: JsonOptions): Schema {
  const common = { ...basicsOfNode(node), isOptional: node.get('optional') === true, default: null };
  const type = node.get('type');
  switch (type) {
    case 'array':
      return { ...common, type, items: required(node.get('items'), options) };
    case 'map':
      return {
        ...common,
        type,
        keys: required(node.get('keys'), options),
        values: required(node.get('values'), options),
      };
    case 'struct':
      return { ...structSchema(fieldsOfNode(node.get('fields'), options)), ...common };
    default:
      return { ...common, type: primitiveType(type) };
  }
}

function primitiveType(type: unknown): PrimitiveType {
  if (typeof type !== 'string') return wrong("it must contain 'type'");
  const renamed = RENAMED.get(type);
  if (renamed !== undefined) return renamed;
  const found = PRIMITIVE_TYPES.find((each) => each === type && !type.startsWith('float'));
  return found ?? wrong('its type is not a type of Kafka Connect');
}

function fieldsOfNode(node: unknown, options: JsonOptions): readonly Field[] {
  if (!Array.isArray(node)) return wrong('the fields of a struct are not an array');
  return node.map((field: unknown) => {
    const name = field instanceof Map ? field.get('field') : undefined;
    return {
      name: typeof name === 'string' ? name : wrong('a field of a struct has no name'),
      schema: required(field, options),
    };
  });
}

const textAt = (node: Node, name: string): string | undefined => {
  const text = node.get(name);
  return typeof text === 'string' ? text : undefined;
};

function basicsOfNode(node: Node): SchemaBasics {
  const version = node.get('version');
  return {
    name: textAt(node, 'name'),
    version: version instanceof JsonNumber ? wholeNumberOf(version, 32) : undefined,
    doc: textAt(node, 'doc'),
    parameters: parametersOf(node.get('parameters')),
  };
}

function parametersOf(node: unknown): ReadonlyMap<string, string> | undefined {
  if (!(node instanceof Map) || node.size === 0) return undefined;
  return new Map(
    [...node].map(([name, value]): [string, string] => [
      String(name),
      typeof value === 'string' ? value : wrong('its parameters must be strings'),
    ]),
  );
}
