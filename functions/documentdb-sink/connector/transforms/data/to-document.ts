import { Binary, Decimal128 } from 'mongodb';
import { assert } from '../../../../../shared/errors.ts';
import { doubleOf } from '../../../json/java-number.ts';
import { DefaultsBudget } from '../../converters/defaults-budget.ts';
import type { ConnectData } from '../../converters/json-converter.ts';
import { BigDecimal } from './big-decimal.ts';
import { type ConnectMap, type ConnectValue, isArray, isBytes, isMap, SmallNumber } from './connect-value.ts';
import { PRIMITIVE_TYPES, type Schema } from './schema.ts';
import { Struct } from './struct.ts';
import { TransformError } from './transform-error.ts';

/** A key or a value between converter and document. */
export interface SchemaAndValue {
  /** Undefined for data without a schema. */
  readonly schema: Schema | undefined;
  readonly value: ConnectValue;
}

/**
 * The data from which the connector makes a document.
 * https://github.com/mongodb/mongo-kafka/blob/master/src/main/java/com/mongodb/kafka/connect/sink/converter/SinkConverter.java
 * @throws TransformError if a value has no BSON type; UnconvertibleError if the schema adds more to the value than a document holds
 */
export function connectDataOf({ value }: SchemaAndValue): ConnectData {
  const additions = new DefaultsBudget();
  if (value === null) return { kind: 'null' };
  if (value instanceof Struct) return { kind: 'document', document: documentOfStruct(value, additions) };
  if (isMap(value)) return { kind: 'document', document: documentOfMap(value, undefined, additions) };
  if (typeof value === 'string') return { kind: 'text', text: value };
  if (isBytes(value)) return { kind: 'bytes', bytes: value };
  return { kind: 'other', type: isArray(value) ? 'an array' : 'a number, a boolean or a date' };
}

const documentOfStruct = (struct: Struct, additions: DefaultsBudget): Map<string, unknown> =>
  new Map(
    struct.schema.fields.map(({ name, schema }) => {
      const value = struct.getWithoutDefault(name);
      if (value !== null) return [name, bsonOf(value, schema, additions)];
      additions.spendField(name, 0);
      return [name, defaultOf(schema, additions)];
    }),
  );

const defaultOf = (schema: Schema, additions: DefaultsBudget): unknown =>
  schema.default === null ? null : bsonOf(additions.use(schema.default), schema, additions);

function documentOfMap(map: ConnectMap, schema: Schema | undefined, additions: DefaultsBudget): Map<string, unknown> {
  const values = schema?.type === 'map' ? schema.values : undefined;
  return new Map(
    [...map].map(([key, value]): [string, unknown] => {
      if (typeof key !== 'string') throw new TransformError('only maps whose keys are strings become documents');
      return [key, values === undefined ? bsonOf(value, undefined, additions) : elementOf(value, values, additions)];
    }),
  );
}

/** The connector replaces an optional null in a map by the default. */
function elementOf(value: ConnectValue, schema: Schema, additions: DefaultsBudget): unknown {
  if (value !== null || !PRIMITIVE_TYPES.some((type) => type === schema.type)) return bsonOf(value, schema, additions);
  if (!schema.isOptional) throw new TransformError(`a ${schema.type} that is required is null`);
  return defaultOf(schema, additions);
}

/**
 * A value that the driver writes with the right BSON type.
 * @param schema undefined for data without a schema
 * @param additions what the schema may add to the record
 */
export function bsonOf(
  value: ConnectValue,
  schema: Schema | undefined,
  additions: DefaultsBudget = new DefaultsBudget(),
): unknown {
  switch (typeof value) {
    case 'number':
      return doubleOf(value);
    case 'string':
    case 'boolean':
    case 'bigint':
      return value;
    default:
      return bsonOfObject(value, schema, additions);
  }
}

function bsonOfObject(
  value: Exclude<ConnectValue, number | string | boolean | bigint>,
  schema: Schema | undefined,
  additions: DefaultsBudget,
) {
  if (value === null || value instanceof Date) return value;
  if (value instanceof SmallNumber) return value.type === 'float32' ? doubleOf(value.value) : value.value;
  if (value instanceof BigDecimal) return decimal128Of(value);
  if (value instanceof Struct) {
    if (schema === undefined) throw new TransformError('a struct stands in a map without a schema');
    return documentOfStruct(value, additions);
  }
  if (isBytes(value)) return new Binary(value);
  if (isArray(value))
    return value.map((element) => bsonOf(element, schema?.type === 'array' ? schema.items : undefined, additions));
  assert(isMap(value), 'a struct is always a Struct');
  return documentOfMap(value, schema, additions);
}

function decimal128Of(value: BigDecimal): Decimal128 {
  try {
    return Decimal128.fromString(value.toString());
  } catch {
    throw new TransformError('a Decimal has more digits than a Decimal128 holds');
  }
}
