import type { DefaultsBudget } from '../../converters/defaults-budget.ts';

/** How a field's value is written. https://protobuf.dev/programming-guides/encoding/#structure */
export const SCALAR_KINDS = [
  'int32',
  'sint32',
  'sfixed32',
  'uint32',
  'fixed32',
  'int64',
  'sint64',
  'sfixed64',
  'uint64',
  'fixed64',
  'float',
  'double',
  'bool',
  'string',
  'bytes',
] as const;
export type ScalarKind = (typeof SCALAR_KINDS)[number];

export interface MessageType {
  readonly name: string;
  /** With its package and the messages in which it stands. */
  readonly fullName: string;
  /** In the order of the text. */
  readonly fields: readonly Field[];
  readonly fieldOf: ReadonlyMap<number, Field>;
  readonly oneofs: readonly Oneof[];
}

export interface EnumType {
  readonly name: string;
  readonly fullName: string;
  /** The first name of each number. */
  readonly names: ReadonlyMap<number, string>;
}

export interface Oneof {
  readonly name: string;
  readonly fullName: string;
  readonly fields: readonly Field[];
}

interface FieldBasics {
  readonly name: string;
  readonly number: number;
  readonly isRepeated: boolean;
  readonly isRequired: boolean;
  /** `optional` of proto2 (outside of a oneof), or of proto3. */
  readonly optional: 'proto2' | 'proto3' | undefined;
  readonly oneof: Oneof | undefined;
  /** Of Confluent's `field_meta`. */
  readonly parameters: ReadonlyMap<string, string>;
  /** What an unset field is, except where it is a message or repeated. */
  readonly default: Scalar;
}

export type Field =
  | (FieldBasics & { readonly kind: ScalarKind; readonly checksUtf8: boolean })
  /** Closed: a number without a name is an unknown field. */
  | (FieldBasics & { readonly kind: 'enum'; readonly type: EnumType; readonly isClosed: boolean })
  | (FieldBasics & { readonly kind: 'message'; readonly type: MessageType });

/** Numbers of 32 bits and of enums are signed numbers, those of 64 bits signed bigints, whatever the kind. */
export type Scalar = number | bigint | boolean | string | Buffer;

export type Raw = Scalar | Message | readonly Raw[];

/** A message as it was read: what was not in the bytes is unset. */
export class Message {
  readonly type: MessageType;
  readonly #values = new Map<Field, Raw>();
  readonly #additions: DefaultsBudget;

  /** @param additions what all messages of a record may have beside what its bytes hold */
  constructor(type: MessageType, additions: DefaultsBudget) {
    this.type = type;
    this.#additions = additions;
  }

  /** For a message in this one. */
  inner(type: MessageType): Message {
    return new Message(type, this.#additions);
  }

  has(field: Field): boolean {
    return this.#values.has(field);
  }

  /**
   * The default of an unset field: for a message, one without fields.
   * @throws UnconvertibleError when the defaults of a record are more than a document holds
   */
  get(field: Field): Raw {
    const value = this.#values.get(field);
    if (value !== undefined) return value;
    this.#additions.spendField(field.name, bytesMinOf(field));
    if (field.isRepeated) return [];
    return field.kind === 'message' ? this.inner(field.type) : field.default;
  }

  /** Of a oneof, one field is set: the last. */
  set(field: Field, value: Raw): void {
    for (const other of field.oneof?.fields ?? []) if (other !== field) this.#values.delete(other);
    this.#values.set(field, value);
  }

  add(field: Field, value: Raw): void {
    const list = this.#values.get(field);
    if (Array.isArray(list)) list.push(value);
    else this.#values.set(field, [value]);
  }

  /** Undefined where it has no such field. */
  named(name: string): Raw | undefined {
    const field = this.type.fields.find((each) => each.name === name);
    return field === undefined ? undefined : this.get(field);
  }

  values(): Iterable<Raw> {
    return this.#values.values();
  }
}

/** A document, a list, a text and bytes have a length, and at least one byte. */
const CONTAINER_BYTES_MIN = 5;

/** What the default of a field takes in a document, at least. */
function bytesMinOf(field: Field): number {
  if (field.isRepeated || field.kind === 'message') return CONTAINER_BYTES_MIN;
  switch (typeof field.default) {
    case 'boolean':
      return 1;
    case 'number':
      return 4;
    case 'bigint':
      return 8;
    default:
      return CONTAINER_BYTES_MIN + field.default.length;
  }
}
