import { UnconvertibleError } from '../../../bson/unconvertible-error.ts';
import { inHashOrder } from '../../converters/java-hash-order.ts';
import type { ConnectValue } from '../../transforms/data/connect-value.ts';
import {
  type Field,
  type PrimitiveType,
  primitive,
  type Schema,
  type StructSchema,
} from '../../transforms/data/schema.ts';
import { validate } from '../../transforms/data/struct.ts';
import { UnsupportedSchemaError } from '../errors.ts';
import { Expansions } from '../schema/expansions.ts';
import { isObject, type JsonObject, numberIn, textIn } from '../schema/schema-json.ts';
import { treeOf } from './default-tree.ts';
import { Documents, type Located } from './documents.ts';
import { type Part, partsOf } from './parts.ts';
import { readJsonValue } from './read-json-value.ts';

export interface JsonSchemaOptions {
  /** `use.optional.for.nonrequired` */
  readonly optionalForNonRequired: boolean;
}

const unsupported = (detail: string): never => {
  throw new UnsupportedSchemaError(
    `a JSON schema has ${detail}, which the function does not read: see docs/migrating.md`,
  );
};

const wrong = (detail: string): never => {
  throw new UnconvertibleError(`the JSON schema is wrong: ${detail}`);
};

/**
 * The schema that `JsonSchemaData.toConnectSchema` makes.
 * @param references the schemas it refers to, by name
 * @throws UnconvertibleError when Connect has no such schema, or we do not follow it
 */
export function connectSchemaOf(
  document: unknown,
  references: ReadonlyMap<string, string>,
  options: JsonSchemaOptions,
): Schema {
  if (!isObject(document)) return wrong('it is not an object');
  return new Maker(new Documents(document, references), options).schemaOf({ node: document, document }, false);
}

const BARE = {
  name: undefined,
  version: undefined,
  doc: undefined,
  parameters: undefined,
  isOptional: false,
  default: null,
} as const;

class Maker {
  readonly #documents: Documents;
  readonly #options: JsonSchemaOptions;
  /** Structs that are being made, and may contain themselves. */
  readonly #open = new Map<JsonObject, StructSchema>();
  readonly #expansions = new Expansions<JsonObject, StructSchema>();
  /** The same objects for the same node. */
  readonly #parts = new Map<JsonObject, readonly Part[]>();

  constructor(documents: Documents, options: JsonSchemaOptions) {
    this.#documents = documents;
    this.#options = options;
  }

  schemaOf(at: Located, isOptional: boolean): Schema {
    const parts = this.#partsOf(at.node);
    const [part] = parts;
    if (part === undefined) return unsupported('a value of any type');
    if (parts.length > 1) return this.#allOf(parts, at, isOptional);
    return this.#ofPart(part, at, isOptional);
  }

  #ofPart(part: Part, at: Located, isOptional: boolean): Schema {
    switch (part.kind) {
      case 'reference': {
        const target = this.#documents.resolve(part.reference, at.document);
        const open = this.#open.get(target.node);
        if (open === undefined) return this.schemaOf(target, isOptional);
        this.#expansions.meet(target.node);
        return { ...open, isOptional };
      }
      case 'oneOf':
        return this.#oneOf(part.branches, at, isOptional);
      case 'allOf':
        return this.#allOf(
          part.branches.flatMap((node) => (isObject(node) ? this.#partsOf(node) : [])),
          at,
          isOptional,
        );
      case 'object':
        return part.node['connect.type'] === 'map'
          ? this.#finished(
              {
                ...BARE,
                type: 'map',
                keys: primitive('string'),
                values: this.#child(part.node['additionalProperties'], at),
              },
              part.node,
              isOptional,
            )
          : this.#struct(part.node, propertiesOf(part.node), at, isOptional);
      case 'array':
        return this.#finished(this.#array(part.node, at), part.node, isOptional);
      default:
        return this.#finished(
          primitive(part.kind === 'enum' ? 'string' : typeOf(part.kind, part.node)),
          part.node,
          isOptional,
        );
    }
  }

  #partsOf(node: JsonObject): readonly Part[] {
    const parts = this.#parts.get(node) ?? partsOf(node);
    this.#parts.set(node, parts);
    return parts;
  }

  #child(node: unknown, { document }: Located, isOptional = false): Schema {
    if (node === true) return unsupported('a value of any type');
    if (!isObject(node)) return wrong('a part of it is not an object');
    return this.schemaOf({ node, document }, isOptional);
  }

  #oneOf(branches: readonly unknown[], at: Located, isOptional: boolean): Schema {
    const others = branches.filter((branch) => !(isObject(branch) && branch['type'] === 'null'));
    const [only] = others;
    if (others.length === 1 && branches.length <= 2) return this.#child(only, at, branches.length === 2 || isOptional);
    return unsupported('a oneOf, anyOf or type of several types beside null');
  }

  /** Objects become one struct; a type beside an enum, a const or a reference is what it says. */
  #allOf(parts: readonly Part[], at: Located, isOptional: boolean): Schema {
    const properties = this.#collected(parts, at, new Set());
    if (properties.size > 0) return this.#struct(at.node, properties, at, isOptional);
    const combined = parts.find(({ kind }) => kind === 'oneOf' || kind === 'allOf');
    const number = parts.find(({ kind }) => kind === 'number' || kind === 'integer');
    const one =
      combined ??
      number ??
      parts.find(({ kind }) => kind === 'string' || kind === 'enum') ??
      parts.find(({ kind }) => kind === 'reference');
    return one === undefined ? wrong('an allOf has no type') : this.#ofPart(one, at, isOptional);
  }

  #collected(parts: readonly Part[], at: Located, visited: Set<JsonObject>): Map<string, Property> {
    const found = new Map<string, Property>();
    for (const part of parts) {
      const own = part.kind === 'object' ? propertiesOf(part.node) : [];
      for (const [name, property] of own) found.set(name, { ...property, document: at.document });
      for (const each of this.#inside(part, at)) {
        if (visited.has(each.node)) continue;
        visited.add(each.node);
        for (const [name, property] of this.#collected(this.#partsOf(each.node), each, visited))
          found.set(name, property);
      }
    }
    return found;
  }

  /** The schemas whose properties are those of the part, too. */
  #inside(part: Part, { document }: Located): readonly Located[] {
    if (part.kind === 'reference') return [this.#documents.resolve(part.reference, document)];
    return part.kind === 'allOf' ? part.branches.filter(isObject).map((node) => ({ node, document })) : [];
  }

  #struct(node: JsonObject, properties: ReadonlyMap<string, Property>, at: Located, isOptional: boolean): Schema {
    return { ...this.#expansions.get(node, () => this.#required(node, properties, at)), isOptional };
  }

  #required(node: JsonObject, properties: ReadonlyMap<string, Property>, at: Located): StructSchema {
    const fields: Field[] = [];
    const bare = withBasics({ ...BARE, type: 'struct', fields }, node);
    this.#open.set(node, bare);
    for (const [name, property] of properties) {
      const isFieldOptional = this.#options.optionalForNonRequired && !property.isRequired;
      fields.push({
        name,
        schema: this.#child(property.node, { node, document: property.document ?? at.document }, isFieldOptional),
      });
    }
    this.#open.delete(node);
    return withDefault(bare, node);
  }

  #array(node: JsonObject, at: Located): Schema {
    const { items } = node;
    if (!isObject(items)) return wrong('an array does not say what its items are');
    if (node['connect.type'] === 'map' && isObject(items['properties'])) {
      const { key, value } = items['properties'];
      return { ...BARE, type: 'map', keys: this.#child(key, at), values: this.#child(value, at) };
    }
    return { ...BARE, type: 'array', items: this.#child(items, at) };
  }

  #finished(schema: Schema, node: JsonObject, isOptional: boolean): Schema {
    return { ...withDefault(withBasics(schema, node), node), isOptional };
  }
}

interface Property {
  readonly node: unknown;
  readonly isRequired: boolean;
  readonly document?: unknown;
}

/** In the order of `connect.index`; the others as a `java.util.HashMap` has them, in which Java keeps them. */
function propertiesOf({ properties, required }: JsonObject): ReadonlyMap<string, Property> {
  const names = Array.isArray(required) ? required : [];
  const entries = [...inHashOrder(new Map(Object.entries(isObject(properties) ? properties : {})))];
  const byIndex = new Map<number, readonly [string, Property]>();
  for (const [name, node] of entries) {
    const index = (isObject(node) ? numberIn(node['connect.index']) : undefined) ?? byIndex.size;
    byIndex.set(index, [name, { node, isRequired: names.includes(name) }]);
  }
  return new Map([...byIndex].toSorted(([a], [b]) => a - b).map(([, entry]) => entry));
}

const NUMBER_TYPES: readonly string[] = ['int8', 'int16', 'int32', 'int64', 'float32', 'float64', 'bytes'];

function typeOf(kind: 'string' | 'boolean' | 'integer' | 'number', node: JsonObject): PrimitiveType {
  const type = textIn(node['connect.type']);
  if (kind === 'boolean') return 'boolean';
  if (kind === 'string') return type === 'bytes' ? 'bytes' : 'string';
  if (type === undefined) return kind === 'integer' ? 'int64' : 'float64';
  return NUMBER_TYPES.includes(type) ? (type as PrimitiveType) : wrong('connect.type is none of Connect');
}

function withBasics<T extends Schema>(schema: T, node: JsonObject): T {
  const parameters = node['connect.parameters'];
  return {
    ...schema,
    name: textIn(node['title']),
    version: numberIn(node['connect.version']),
    doc: textIn(node['description']),
    parameters: isObject(parameters)
      ? new Map(Object.entries(parameters).map(([name, value]) => [name, String(value)]))
      : undefined,
  };
}

function withDefault<T extends Schema>(schema: T, node: JsonObject): T {
  if (!Object.hasOwn(node, 'default') || node['default'] === null) return schema;
  const value: ConnectValue = readJsonValue(schema, treeOf(node['default']));
  if (value !== null) validate(schema, value);
  return { ...schema, default: value };
}
