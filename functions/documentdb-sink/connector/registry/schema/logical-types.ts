import { UnconvertibleError } from '../../../bson/unconvertible-error.ts';
import { type ConnectValue, isBytes, SmallNumber } from '../../transforms/data/connect-value.ts';
import { decimalOfBytes } from '../../transforms/data/decimal-bytes.ts';
import { dateAt } from '../../transforms/data/json-value.ts';
import { DATE_NAME, DECIMAL_NAME, type Schema, TIME_NAME, TIMESTAMP_NAME } from '../../transforms/data/schema.ts';

const DAY_MS = 86_400_000;

const wrong = (detail: string): never => {
  throw new UnconvertibleError(`the value does not fit its schema: ${detail}`);
};

const int32Of = (value: ConnectValue): number =>
  value instanceof SmallNumber && value.type === 'int32' ? value.value : wrong('a date or a time is not an int32');

function timeAt(ms: number): Date {
  return ms >= 0 && ms <= DAY_MS ? new Date(ms) : wrong('a Time is not within one day');
}

type Convert = (value: ConnectValue, schema: Schema) => ConnectValue;

/** `toLogical` of Connect's logical types, by the name of the schema. */
const LOGICAL_TYPES: ReadonlyMap<string, Convert> = new Map<string, Convert>([
  [DATE_NAME, (value) => dateAt(BigInt(int32Of(value)) * BigInt(DAY_MS))],
  [TIME_NAME, (value) => timeAt(int32Of(value))],
  [TIMESTAMP_NAME, (value) => (typeof value === 'bigint' ? dateAt(value) : wrong('a Timestamp is not an int64'))],
  [
    DECIMAL_NAME,
    (value, schema) =>
      (isBytes(value) ? decimalOfBytes(value, schema) : undefined) ??
      wrong('a Decimal is not bytes, has too many, or its schema has no scale'),
  ],
]);

/** Reads what a schema with the name of a logical type stands for. */
export function logicalReader<Input>(
  schema: Schema,
  read: (input: Input) => ConnectValue,
): (input: Input) => ConnectValue {
  const convert = schema.name === undefined ? undefined : LOGICAL_TYPES.get(schema.name);
  if (convert === undefined) return read;
  return (input) => {
    const value = read(input);
    return value === null ? null : convert(value, schema);
  };
}

export const toLogical = (value: ConnectValue, schema: Schema): ConnectValue =>
  logicalReader(schema, () => value)(undefined);
