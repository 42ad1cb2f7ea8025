import { BigDecimal } from './big-decimal.ts';
import { type ConnectValue, isArray, isBytes, isMap, SmallNumber } from './connect-value.ts';
import {
  areEqual,
  DATE_NAME,
  DECIMAL_NAME,
  fieldOf,
  type PrimitiveType,
  requireStructSchema,
  type Schema,
  type StructSchema,
  TIME_NAME,
  TIMESTAMP_NAME,
} from './schema.ts';
import { TransformError } from './transform-error.ts';

/** Connect's Struct. A field that was never set is null. */
export class Struct {
  readonly schema: StructSchema;
  readonly #values: Map<string, ConnectValue>;
  /** What stands in a struct never changes, so that one look at it is enough. */
  #isValid = false;

  private constructor(schema: StructSchema, values: Map<string, ConnectValue>) {
    this.schema = schema;
    this.#values = values;
  }

  /**
   * @param valueIn the value of each field; undefined leaves the field unset, and `validate` then refuses a required
   *   field, as in Java
   * @throws TransformError if a value does not fit the schema of its field
   */
  static of(schema: Schema, valueIn: (name: string, schema: Schema) => ConnectValue | undefined): Struct {
    const struct = requireStructSchema(schema);
    const values = new Map<string, ConnectValue>();
    for (const { name, schema: fieldSchema } of struct.fields) {
      const value = valueIn(name, fieldSchema);
      if (value === undefined) continue;
      validate(fieldSchema, value);
      values.set(name, value);
    }
    return new Struct(struct, values);
  }

  /** Returns the field's default instead of a null. @throws TransformError if there is no such field */
  get(name: string): ConnectValue {
    return this.getWithoutDefault(name) ?? this.#schemaOf(name).default;
  }

  getWithoutDefault(name: string): ConnectValue {
    const value = this.#values.get(name) ?? null;
    if (value === null) this.#schemaOf(name);
    return value;
  }

  /** @throws TransformError if a required field has no value */
  validate(): void {
    if (this.#isValid) return;
    for (const { name, schema } of this.schema.fields) {
      const value = this.#values.get(name) ?? null;
      if (value === null && schema.default !== null) continue;
      validate(schema, value);
    }
    this.#isValid = true;
  }

  #schemaOf(name: string): Schema {
    const field = fieldOf(this.schema, name);
    if (field === undefined) throw new TransformError(`the struct has no field ${name}`);
    return field.schema;
  }
}

/**
 * `ConnectSchema.validateValue`.
 * @throws TransformError if the value does not fit the schema
 */
export function validate(schema: Schema, value: ConnectValue): void {
  if (value === null) {
    if (!schema.isOptional) throw new TransformError(`a ${schema.type} that is required is null`);
    return;
  }
  if (!fits(schema, value)) throw new TransformError(`a value does not fit its schema of type ${schema.type}`);
  if (value instanceof Struct) {
    if (!areEqual(value.schema, schema)) throw new TransformError('a struct has another schema than its field');
    value.validate();
  } else if (schema.type === 'array' && isArray(value)) {
    for (const element of value) validate(schema.items, element);
  } else if (schema.type === 'map' && isMap(value)) {
    for (const [key, each] of value) {
      validate(schema.keys, key);
      validate(schema.values, each);
    }
  }
}

function fits({ name, type }: Schema, value: Exclude<ConnectValue, null>): boolean {
  switch (name) {
    case DECIMAL_NAME:
      return value instanceof BigDecimal;
    case DATE_NAME:
    case TIME_NAME:
    case TIMESTAMP_NAME:
      return value instanceof Date;
    default:
      return typeOf(value) === type;
  }
}

/** The type of a value by its Java class (`ConnectSchema.schemaType`); undefined if no schema has such values. */
export function typeOf(value: Exclude<ConnectValue, null>): PrimitiveType | 'array' | 'map' | 'struct' | undefined {
  switch (typeof value) {
    case 'bigint':
      return 'int64';
    case 'number':
      return 'float64';
    case 'string':
      return 'string';
    case 'boolean':
      return 'boolean';
    default:
  }
  if (value instanceof SmallNumber) return value.type;
  if (value instanceof Struct) return 'struct';
  if (isBytes(value)) return 'bytes';
  if (isArray(value)) return 'array';
  return isMap(value) ? 'map' : undefined;
}
