import { assert } from '../../../../../shared/errors.ts';
import { type ConnectValue, SmallNumber } from '../../transforms/data/connect-value.ts';
import { hashMap } from '../../transforms/data/hash-map.ts';
import {
  type Field as ConnectField,
  NO_BASICS,
  type PrimitiveType,
  primitive,
  type Schema,
  type StructSchema,
} from '../../transforms/data/schema.ts';
import { Struct } from '../../transforms/data/struct.ts';
import { UnsupportedSchemaError } from '../errors.ts';
import { LOGICAL_MESSAGES } from './logical-values.ts';
import type { ProtobufOptions } from './protobuf-options.ts';
import { wrongSchema } from './tokens.ts';
import {
  type EnumType,
  type Field,
  Message,
  type MessageType,
  type Oneof,
  type Raw,
  type ScalarKind,
} from './types.ts';

/** A schema of Connect, and how its values are made. */
export interface ConnectType<Input = Raw> {
  readonly schema: Schema;
  /** @throws UnconvertibleError or TransformError when Connect has no such value */
  readonly read: (input: Input) => ConnectValue;
}

/**
 * What `ProtobufData.toConnectSchema` and `toConnectData` make of a message.
 * https://github.com/confluentinc/schema-registry/blob/master/protobuf-converter/src/main/java/io/confluent/connect/protobuf/ProtobufData.java
 * @throws UnconvertibleError when Connect has no such schema, UnsupportedSchemaError where Java's task fails
 */
export function connectTypeOf(type: MessageType, options: ProtobufOptions): ConnectType<Message> {
  if (options.structForNulls && hasNoEnd(type, new Set(), new Set())) {
    throw new UnsupportedSchemaError(
      'a message of a Protobuf schema contains itself, and has no end with generate.struct.for.nulls=true: remove the property',
    );
  }
  const { schema, read } = new Maker(options).message(type);
  const required = { ...schema, isOptional: false };
  return { schema: required, read: (message) => read(message, required) };
}

/** Of a message: a field's schema and the one of a whole value differ, and a struct has its own. */
interface MessageReader {
  readonly schema: Schema;
  readonly read: (input: Raw, schema: Schema) => ConnectValue;
}

/** A field of a struct, out of a message. Undefined: it stays unset. */
type Member = (message: Message) => ConnectValue | undefined;

const UNION_NAME = 'io.confluent.connect.protobuf.Union';
const VARIANT = 'confluent.type.Variant';
const VARIANT_NAME = 'org.apache.kafka.connect.data.Variant';

class Maker {
  readonly #options: ProtobufOptions;
  /** By full name. A message may contain itself. */
  readonly #made = new Map<string, MessageReader>();

  constructor(options: ProtobufOptions) {
    this.#options = options;
  }

  message(type: MessageType): MessageReader {
    const wrapped = WRAPPERS.get(type.fullName);
    if (wrapped !== undefined && this.#options.wrapperForRawPrimitives) return unwrapped(wrapped);
    return this.#made.get(type.fullName) ?? this.#struct(type);
  }

  #struct(type: MessageType): MessageReader {
    const fields: ConnectField[] = [];
    const members = new Map<string, Member>();
    const name = type.fullName === VARIANT ? VARIANT_NAME : this.#nameOf(type);
    const schema: StructSchema = { ...NO_BASICS, type: 'struct', name, isOptional: true, default: null, fields };
    const made: MessageReader = {
      schema,
      read(message, own) {
        assert(message instanceof Message, 'a struct is made of a message');
        return Struct.of(own, (each) => members.get(each)?.(message));
      },
    };
    this.#made.set(type.fullName, made);
    const add = (each: string, fieldSchema: Schema, member: Member): void => {
      if (members.has(each)) wrongSchema('a message has two fields that Connect calls the same');
      fields.push({ name: each, schema: fieldSchema });
      members.set(each, member);
    };
    for (const [index, oneof] of type.oneofs.entries()) this.#addOneof(oneof, index, add);
    for (const field of type.fields) {
      if (field.oneof !== undefined) continue;
      const { schema: fieldSchema, read } = this.#field(field);
      const isAlwaysSet = this.#isAlwaysSet(field);
      add(field.name, fieldSchema, (message) =>
        isAlwaysSet || message.has(field) ? read(message.get(field)) : undefined,
      );
    }
    return made;
  }

  #addOneof(oneof: Oneof, index: number, add: (name: string, schema: Schema, member: Member) => void): void {
    const types = new Map(oneof.fields.map((field) => [field, this.#field(field)] as const));
    if (this.#options.flattenUnions) {
      for (const [field, { schema, read }] of types) {
        add(field.name, schema, (message) => (message.has(field) ? read(message.get(field)) : undefined));
      }
      return;
    }
    const schema: StructSchema = {
      ...NO_BASICS,
      type: 'struct',
      name: `${UNION_NAME}.${this.#nameOf(oneof)}`,
      isOptional: true,
      default: null,
      fields: [...types].map(([{ name }, each]) => ({ name, schema: each.schema })),
    };
    add(this.#options.indexForUnions ? `${oneof.name}_${index}` : oneof.name, schema, (message) => {
      const set = oneof.fields.find((field) => message.has(field));
      const value = set && types.get(set)?.read(message.get(set));
      return set && Struct.of(schema, (name) => (name === set.name ? value : undefined));
    });
  }

  #field(field: Field): ConnectType {
    if (isMap(field)) return this.#map(field.type);
    const { schema, read } = this.#element(field);
    if (!field.isRepeated) return { schema: this.#isNullable(field) ? nullable(schema) : schema, read };
    return {
      schema: { ...NO_BASICS, type: 'array', isOptional: true, default: null, items: nullable(schema) },
      read: (list) => listOf(list).map(read),
    };
  }

  #element(field: Field): ConnectType {
    if (field.kind === 'enum') return this.#enum(field.type);
    if (field.kind !== 'message') return scalarType(field.kind, field.parameters);
    const logical = LOGICAL_MESSAGES.get(field.type.fullName);
    if (logical !== undefined) {
      return { schema: logical.schemaOf(field.parameters), read: (message) => logical.read(messageOf(message)) };
    }
    const wrapped = WRAPPERS.get(field.type.fullName);
    const isUnwrapped = wrapped !== undefined && this.#options.wrapperForNullables;
    const { schema, read } = isUnwrapped ? unwrapped(wrapped) : this.message(field.type);
    return { schema, read: (message) => read(message, schema) };
  }

  /** A later entry of a key replaces the earlier one. */
  #map({ fields: [keyField, valueField] }: MessageType): ConnectType {
    assert(keyField !== undefined && valueField !== undefined, 'an entry has a key and a value');
    const [key, value] = [this.#field(keyField), this.#field(valueField)];
    return {
      schema: { ...NO_BASICS, type: 'map', isOptional: true, default: null, keys: key.schema, values: value.schema },
      read(list) {
        const entries = listOf(list).map((each) => {
          const entry = messageOf(each);
          return [key.read(entry.get(keyField)), value.read(entry.get(valueField))] as const;
        });
        // Of keys that are no texts, no document is made: their order is not Java's.
        return key.schema.type === 'string'
          ? hashMap(new Map(entries) as ReadonlyMap<string, ConnectValue>)
          : new Map(entries);
      },
    };
  }

  #enum(type: EnumType): ConnectType {
    const { intForEnums } = this.#options;
    const schema = { ...primitive(intForEnums ? 'int32' : 'string', true), name: this.#nameOf(type) };
    return {
      schema,
      read: (number) =>
        intForEnums
          ? new SmallNumber('int32', Number(number))
          : (type.names.get(Number(number)) ?? `UNKNOWN_ENUM_VALUE_${type.name}_${String(number)}`),
    };
  }

  #nameOf({ name, fullName }: { readonly name: string; readonly fullName: string }): string {
    return this.#options.enhanced ? fullName : name;
  }

  #isNullable(field: Field): boolean {
    if (field.oneof !== undefined) return true;
    if (this.#options.optionalForNullables) return field.optional !== undefined;
    return !this.#options.wrapperForNullables;
  }

  /** Fields that have their default where the bytes have nothing. */
  #isAlwaysSet(field: Field): boolean {
    if (this.#options.structForNulls) return true;
    if (field.isRepeated) return true;
    const isOptional = field.optional === 'proto3' || (field.optional === 'proto2' && this.#options.optionalForProto2);
    return field.kind !== 'message' && !isOptional;
  }
}

/** Whether a message always contains another of its own type, where none is null. */
function hasNoEnd(type: MessageType, above: Set<MessageType>, ended: Set<MessageType>): boolean {
  if (above.has(type)) return true;
  if (ended.has(type)) return false;
  above.add(type);
  const found = type.fields.some(
    (field) =>
      field.kind === 'message' &&
      !field.isRepeated &&
      field.oneof === undefined &&
      !LOGICAL_MESSAGES.has(field.type.fullName) &&
      hasNoEnd(field.type, above, ended),
  );
  above.delete(type);
  ended.add(type);
  return found;
}

/** Java takes every message for a map's entry that looks like one. */
export const isMap = (field: Field): field is Extract<Field, { readonly kind: 'message' }> =>
  field.kind === 'message' &&
  field.isRepeated &&
  field.type.name.endsWith('Entry') &&
  field.type.fields.map(({ name }) => name).join() === 'key,value' &&
  !field.type.fields.some(({ isRepeated }) => isRepeated);

/** A struct's values have the very schema of its field. */
const nullable = (schema: Schema): Schema => (schema.isOptional ? schema : { ...schema, isOptional: true });

const listOf = (value: Raw): readonly Raw[] => {
  assert(Array.isArray(value), 'a repeated field is a list');
  return value;
};

function messageOf(value: Raw): Message {
  assert(value instanceof Message, 'the value of a message field is a message');
  return value;
}

const WRAPPERS: ReadonlyMap<string, ConnectType> = new Map(
  (
    [
      ['DoubleValue', 'double'],
      ['FloatValue', 'float'],
      ['Int64Value', 'int64'],
      ['UInt64Value', 'uint64'],
      ['Int32Value', 'int32'],
      ['UInt32Value', 'uint32'],
      ['BoolValue', 'bool'],
      ['StringValue', 'string'],
      ['BytesValue', 'bytes'],
    ] as const
  ).map(([name, kind]) => [`google.protobuf.${name}`, scalarType(kind, new Map())]),
);

const unwrapped = ({ schema, read }: ConnectType): MessageReader => ({
  schema: nullable(schema),
  read: (message) => read(messageOf(message).named('value') ?? wrongSchema('a wrapper has no value')),
});

function scalarType(kind: ScalarKind, parameters: ReadonlyMap<string, string>): ConnectType {
  const of = (type: PrimitiveType, read: ConnectType['read']): ConnectType => ({ schema: primitive(type), read });
  switch (kind) {
    case 'int32':
    case 'sint32':
    case 'sfixed32': {
      const small = parameters.get('connect.type');
      if (small === 'int8') return of('int8', (value) => new SmallNumber('int8', (Number(value) << 24) >> 24));
      if (small === 'int16') return of('int16', (value) => new SmallNumber('int16', (Number(value) << 16) >> 16));
      return of('int32', (value) => new SmallNumber('int32', Number(value)));
    }
    case 'uint32':
    case 'fixed32':
      return of('int64', (value) => BigInt(Number(value) >>> 0));
    case 'int64':
    case 'sint64':
    case 'sfixed64':
    case 'uint64':
    case 'fixed64':
      return of('int64', (value) => BigInt(value as bigint));
    case 'float':
      return of('float32', (value) => new SmallNumber('float32', Number(value)));
    case 'double':
      return of('float64', (value) => value as number);
    case 'bool':
      return of('boolean', (value) => value as boolean);
    case 'string':
      return of('string', (value) => value as string);
    case 'bytes':
      return of('bytes', (value) => value as Buffer);
  }
}
