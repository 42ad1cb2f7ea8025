import { Binary, Decimal128 } from 'mongodb';
import { assert } from '../../../../../shared/errors.ts';
import { doubleOf } from '../../../json/java-number.ts';
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
 * @throws TransformError if a value has no BSON type
 */
export function connectDataOf({ value }: SchemaAndValue): ConnectData {
  if (value === null) return { kind: 'null' };
  if (value instanceof Struct) return { kind: 'document', document: documentOfStruct(value) };
  if (isMap(value)) return { kind: 'document', document: documentOfMap(value, undefined) };
  if (typeof value === 'string') return { kind: 'text', text: value };
  if (isBytes(value)) return { kind: 'bytes', bytes: value };
  return { kind: 'other', type: isArray(value) ? 'an array' : 'a number, a boolean or a date' };
}

const documentOfStruct = (struct: Struct): Map<string, unknown> =>
  new Map(struct.schema.fields.map(({ name, schema }) => [name, bsonOf(struct.get(name), schema)]));

function documentOfMap(map: ConnectMap, schema: Schema | undefined): Map<string, unknown> {
  const values = schema?.type === 'map' ? schema.values : undefined;
  return new Map(
    [...map].map(([key, value]): [string, unknown] => {
      if (typeof key !== 'string') throw new TransformError('only maps whose keys are strings become documents');
      return [key, values === undefined ? bsonOf(value, undefined) : elementOf(value, values)];
    }),
  );
}

/** The connector replaces an optional null in a map by the default. */
function elementOf(value: ConnectValue, schema: Schema): unknown {
  if (value !== null || !PRIMITIVE_TYPES.some((type) => type === schema.type)) return bsonOf(value, schema);
  if (!schema.isOptional) throw new TransformError(`a ${schema.type} that is required is null`);
  return bsonOf(schema.default, schema);
}

/** A value that the driver writes with the right BSON type. @param schema undefined for data without a schema */
export function bsonOf(value: ConnectValue, schema: Schema | undefined): unknown {
  switch (typeof value) {
    case 'number':
      return doubleOf(value);
    case 'string':
    case 'boolean':
    case 'bigint':
      return value;
    default:
      return bsonOfObject(value, schema);
  }
}

function bsonOfObject(value: Exclude<ConnectValue, number | string | boolean | bigint>, schema: Schema | undefined) {
  if (value === null || value instanceof Date) return value;
  if (value instanceof SmallNumber) return value.type === 'float32' ? doubleOf(value.value) : value.value;
  if (value instanceof BigDecimal) return decimal128Of(value);
  if (value instanceof Struct) {
    if (schema === undefined) throw new TransformError('a struct stands in a map without a schema');
    return documentOfStruct(value);
  }
  if (isBytes(value)) return new Binary(value);
  if (isArray(value))
    return value.map((element) => bsonOf(element, schema?.type === 'array' ? schema.items : undefined));
  assert(isMap(value), 'a struct is always a Struct');
  return documentOfMap(value, schema);
}

function decimal128Of(value: BigDecimal): Decimal128 {
  try {
    return Decimal128.fromString(value.toString());
  } catch {
    throw new TransformError('a Decimal has more digits than a Decimal128 holds');
  }
}
