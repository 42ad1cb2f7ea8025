import { UnconvertibleError } from '../../../bson/unconvertible-error.ts';
import { type ConnectValue, int32, SmallNumber } from '../../transforms/data/connect-value.ts';
import { hashMap, mapOfEntries, tableFor } from '../../transforms/data/hash-map.ts';
import { type Field, primitive, type Schema, type StructSchema } from '../../transforms/data/schema.ts';
import { Struct } from '../../transforms/data/struct.ts';
import type { SchemaAndValue } from '../../transforms/data/to-document.ts';
import { Expansions } from '../schema/expansions.ts';
import { logicalReader } from '../schema/logical-types.ts';
import { withAnnotations } from './annotations.ts';
import { isAnything, readAnything } from './anything.ts';
import { withDefault } from './avro-default.ts';
import { AvroInput } from './avro-input.ts';
import type { AvroOptions } from './avro-options.ts';
import type { AvroRecord, AvroType } from './avro-type.ts';
import { branchName, UNION_NAME } from './union-names.ts';

type Read = (input: AvroInput) => ConnectValue;

/** A type at one place of a schema: what Connect calls it, and how its values are read. */
export interface Compiled {
  readonly schema: Schema;
  readonly read: Read;
}

const wrong = (detail: string): never => {
  throw new UnconvertibleError(`the Avro schema is wrong: ${detail}`);
};

/**
 * Reads values as `AvroData.toConnectData` does, the schema having written them.
 * https://github.com/confluentinc/schema-registry/blob/master/avro-data/src/main/java/io/confluent/connect/avro/AvroData.java
 * @throws UnconvertibleError when Connect has no such schema
 */
export function compileAvro(type: AvroType, options: AvroOptions): (bytes: Buffer) => SchemaAndValue {
  const read = topReader(type, options);
  return (bytes) => read(new AvroInput(bytes));
}

type ReadTop = (input: AvroInput) => SchemaAndValue;

const NOTHING: SchemaAndValue = { schema: undefined, value: null };

function topReader(type: AvroType, options: AvroOptions): ReadTop {
  if (isAnything(type, options.namespace)) return (input) => ({ schema: undefined, value: readAnything(input) });
  // Confluent's converter looks at the record that it read, which knows its own schema and not the union's.
  if (type.kind === 'union' && !options.keepsTopUnion && type.branches.some(({ kind }) => kind === 'record')) {
    return topUnionReader(type.branches, type, options);
  }
  const { schema, read } = new AvroCompiler(options).compile(type, false);
  return (input) => {
    const value = read(input);
    return value === null ? NOTHING : { schema, value };
  };
}

function topUnionReader(branches: readonly AvroType[], union: AvroType, options: AvroOptions): ReadTop {
  const records = branches.map((branch) => (branch.kind === 'record' ? topReader(branch, options) : undefined));
  const other = branches.every(({ kind }) => kind === 'record' || kind === 'null')
    ? undefined
    : topReader(union, { ...options, keepsTopUnion: true });
  return (input) => {
    const at = input.at();
    const readRecord = records[input.index(branches.length)];
    if (readRecord !== undefined) return readRecord(input);
    if (other === undefined) return NOTHING;
    input.goTo(at);
    return other(input);
  };
}

/** Of a record at any place. One that is being compiled may contain itself. */
interface RecordParts {
  readonly basics: StructSchema;
  readonly reads: Read[];
}

class AvroCompiler {
  readonly #options: AvroOptions;
  readonly #open = new Map<AvroRecord, RecordParts>();
  readonly #expansions = new Expansions<AvroRecord, RecordParts>();

  constructor(options: AvroOptions) {
    this.#options = options;
  }

  /** @param fallback the default of the field whose type it is, as JSON */
  compile(type: AvroType, isOptional: boolean, fallback?: unknown): Compiled {
    if (type.kind === 'record') return this.#record(type, isOptional, fallback);
    if (type.kind === 'union') return this.#union(type.branches, fallback);
    const { schema: bare, read } = this.#plain(type);
    const annotated = withAnnotations(bare, type, this.#options);
    const schema = { ...withDefault(annotated, type, fallback, this.#options), isOptional };
    return { schema, read: logicalReader(schema, read) };
  }

  #plain(type: Exclude<AvroType, { readonly kind: 'record' | 'union' }>): Compiled {
    switch (type.kind) {
      case 'null':
        return wrong('null stands outside of a union');
      case 'boolean':
        return { schema: primitive('boolean'), read: (input) => input.boolean() };
      case 'int':
        return intOf(type.attributes);
      case 'long':
        return { schema: primitive('int64'), read: (input) => input.long() };
      case 'float':
        return { schema: primitive('float32'), read: (input) => new SmallNumber('float32', input.float()) };
      case 'double':
        return { schema: primitive('float64'), read: (input) => input.double() };
      case 'string':
        return { schema: primitive('string'), read: (input) => input.string() };
      case 'bytes':
        return { schema: primitive('bytes'), read: (input) => input.bytes() };
      case 'fixed':
        return { schema: primitive('bytes'), read: (input) => input.fixed(type.size) };
      case 'enum':
        return { schema: primitive('string'), read: (input) => type.symbols[input.index(type.symbols.length)] ?? '' };
      case 'array':
        return isMapEntry(type.items, this.#options.namespace) ? this.#pairs(type.items) : this.#array(type.items);
      case 'map':
        return this.#map(type.values);
    }
  }

  #array(items: AvroType): Compiled {
    const element = this.compile(items, false);
    return { schema: { ...COLLECTION, type: 'array', items: element.schema }, read: elementsReader(element.read) };
  }

  #map(values: AvroType): Compiled {
    const each = this.compile(values, false);
    return {
      schema: { ...COLLECTION, type: 'map', keys: primitive('string'), values: each.schema },
      read(input) {
        const entries = new Map<string, ConnectValue>();
        input.blocks(() => entries.set(input.string(), each.read(input)));
        return hashMap(entries, tableFor(entries.size));
      },
    };
  }

  /** A map whose keys are no texts comes as an array of pairs. */
  #pairs({ fields }: AvroRecord): Compiled {
    const parts = ['key', 'value'].map((name) => fields.find((field) => field.name === name));
    const [key, value] = parts.map((field) => (field === undefined ? undefined : this.compile(field.type, false)));
    if (key === undefined || value === undefined || fields.length !== 2) return wrong('an entry of a map is no pair');
    const isKeyFirst = fields[0]?.name === 'key';
    return {
      schema: { ...COLLECTION, type: 'map', keys: key.schema, values: value.schema },
      read(input) {
        const entries: (readonly [ConnectValue, ConnectValue])[] = [];
        input.blocks(() => {
          const [first, second] = isKeyFirst ? [key, value] : [value, key];
          const pair = [first.read(input), second.read(input)] as const;
          entries.push(isKeyFirst ? pair : [pair[1], pair[0]]);
        });
        return mapOfEntries(entries);
      },
    };
  }

  #record(type: AvroRecord, isOptional: boolean, fallback: unknown): Compiled {
    const open = this.#open.get(type);
    if (open !== undefined) {
      this.#expansions.meet(type);
      const schema: Schema = { ...open.basics, isOptional, default: null };
      return { schema, read: structReader(schema, open.reads) };
    }
    const { basics, reads } = this.#expansions.get(type, () => this.#partsOf(type));
    const schema: Schema = { ...withDefault(basics, type, fallback, this.#options), isOptional };
    return { schema, read: structReader(schema, reads) };
  }

  #partsOf(type: AvroRecord): RecordParts {
    const [fields, reads]: [Field[], Read[]] = [[], []];
    const bare: Schema = { ...COLLECTION, type: 'struct', fields };
    const basics = withAnnotations(bare, type, this.#options) as typeof bare;
    const parts = { basics, reads };
    this.#open.set(type, parts);
    for (const field of type.fields) {
      const { schema, read } = this.compile(field.type, false, field.default);
      if (fields.some(({ name }) => name === field.name)) wrong('a record has two fields of one name');
      fields.push({ name: field.name, schema });
      reads.push(read);
    }
    this.#open.delete(type);
    return parts;
  }

  #union(branches: readonly AvroType[], fallback: unknown): Compiled {
    const others = branches.filter(({ kind }) => kind !== 'null');
    const [only] = others;
    if (others.length === 0) wrong('a union has no type but null');
    const isAlone = others.length === 1 && only !== undefined;
    if (isAlone && (branches.length === 2 || this.#options.flattenSingletonUnions)) {
      // The default of the field is lost here, as in Connect: only `connect.default` of the type itself counts.
      const { schema, read } = this.compile(only, branches.length === 2);
      return { schema, read: (input) => (branches[input.index(branches.length)] === only ? read(input) : null) };
    }
    const members = branches.map((branch) => {
      if (branch.kind === 'null') return undefined;
      return { name: branchName(branch, this.#options), ...this.compile(branch, true) };
    });
    const fields = members.flatMap((member) =>
      member === undefined ? [] : [{ name: member.name, schema: member.schema }],
    );
    if (new Set(fields.map(({ name }) => name)).size < fields.length) wrong('two branches of a union have one name');
    const bare: Schema = { ...COLLECTION, type: 'struct', name: UNION_NAME, fields };
    const schema: Schema = {
      ...withDefault(bare, { kind: 'union', branches, attributes: {} }, fallback, this.#options),
      isOptional: others.length < branches.length,
    };
    return {
      schema,
      read(input) {
        const member = members[input.index(branches.length)];
        if (member === undefined) return null;
        const value = member.read(input);
        return Struct.of(schema, (name) => (name === member.name ? value : undefined));
      },
    };
  }
}

const COLLECTION = {
  name: undefined,
  version: undefined,
  doc: undefined,
  parameters: undefined,
  isOptional: false,
  default: null,
} as const;

function intOf({ logicalType, 'connect.type': connectType }: AvroType['attributes']): Compiled {
  const isSmall = typeof connectType === 'string' && typeof logicalType !== 'string';
  if (!isSmall) return { schema: primitive('int32'), read: (input) => int32(input.int()) };
  if (connectType !== 'int8' && connectType !== 'int16') return wrong('connect.type of an int is not int8 or int16');
  const bits = connectType === 'int8' ? 24 : 16;
  return {
    schema: primitive(connectType),
    read: (input) => new SmallNumber(connectType, (input.int() << bits) >> bits),
  };
}

const elementsReader =
  (read: Read): Read =>
  (input) => {
    const elements: ConnectValue[] = [];
    input.blocks(() => elements.push(read(input)));
    return elements;
  };

/** Fields are read in order, and a Struct asks for them in order. */
const structReader =
  (schema: Schema, reads: readonly Read[]): Read =>
  (input) =>
    input.nested(() => {
      let next = 0;
      return Struct.of(schema, () => {
        const read = reads[next];
        next += 1;
        return read?.(input);
      });
    });

const isMapEntry = (type: AvroType, namespace: string): type is AvroRecord =>
  type.kind === 'record' &&
  (type.name === `${namespace}.MapEntry` || type.attributes['connect.internal.type'] === 'MapEntry');
