import type { ConnectValue } from '../../data/connect-value.ts';
import { dateAt } from '../../data/json-value.ts';
import { DATE_NAME, logical, primitive, type Schema, TIME_NAME, TIMESTAMP_NAME } from '../../data/schema.ts';
import { TransformError } from '../../data/transform-error.ts';
import type { DateFormat } from './time-format.ts';

export const TIME_TYPES = ['string', 'unix', 'Date', 'Time', 'Timestamp'] as const;
export type TimeType = (typeof TIME_TYPES)[number];

export const PRECISIONS = ['nanoseconds', 'microseconds', 'milliseconds', 'seconds'] as const;

export interface TimeFormat {
  readonly target: TimeType;
  readonly dates: DateFormat | undefined;
  readonly precision: string;
}

export interface TimeConversion {
  /** @param schema undefined if the value's own type decides. @throws TransformError if the value is no time */
  readonly convert: (value: ConnectValue, schema: Schema | undefined) => ConnectValue;
  readonly schemaOf: (isOptional: boolean) => Schema;
}

const DAY_MS = 86_400_000n;
const INT64_MAX = 2n ** 63n - 1n;

const wrong = (detail: string): never => {
  throw new TransformError(`a time cannot be converted: ${detail}`);
};

export const timeConversion = (format: TimeFormat): TimeConversion => ({
  convert: (value, schema) => {
    // If the schema is no time schema, even null is refused.
    const from = schema === undefined ? undefined : typeOfSchema(schema);
    if (value === null) return null;
    return written(read(value, from ?? typeOfValue(value), format), format);
  },
  schemaOf: (isOptional) => {
    switch (format.target) {
      case 'string':
        return primitive('string', isOptional);
      case 'unix':
        return primitive('int64', isOptional);
      default:
        return logical(format.target, isOptional);
    }
  },
});

function typeOfSchema({ name, type }: Schema): TimeType {
  switch (name) {
    case TIMESTAMP_NAME:
      return 'Timestamp';
    case DATE_NAME:
      return 'Date';
    case TIME_NAME:
      return 'Time';
    default:
  }
  if (type === 'string') return 'string';
  return type === 'int64' ? 'unix' : wrong(`its schema is of type ${type}`);
}

function typeOfValue(value: ConnectValue): TimeType {
  if (value instanceof Date) return 'Timestamp';
  if (typeof value === 'bigint') return 'unix';
  return typeof value === 'string' ? 'string' : wrong('without a schema the value must be a whole number or a string');
}

/** Converts the value to milliseconds. */
function read(value: ConnectValue, type: TimeType, { dates, precision }: TimeFormat): bigint {
  switch (type) {
    case 'string': {
      if (typeof value !== 'string') return wrong('the value is not a string');
      const ms = dates?.parse(value);
      return ms === undefined || Number.isNaN(ms)
        ? wrong('a string does not match `format`, or `format` is not set')
        : BigInt(ms);
    }
    case 'unix':
      return typeof value === 'bigint' ? msOfUnix(value, precision) : wrong('the value is not a 64-bit integer');
    default:
      return value instanceof Date ? BigInt(value.getTime()) : wrong('the value is not a date');
  }
}

function written(ms: bigint, { target, dates, precision }: TimeFormat): ConnectValue {
  switch (target) {
    case 'string':
      return dates?.format(dateAt(ms)) ?? wrong('`format` is not set');
    case 'unix':
      return unixOfMs(ms, precision);
    case 'Date':
      return dateAt(ms - modulo(ms, DAY_MS));
    case 'Time':
      return dateAt(modulo(ms, DAY_MS));
    case 'Timestamp':
      return dateAt(ms);
  }
}

const modulo = (value: bigint, divisor: bigint): bigint => ((value % divisor) + divisor) % divisor;

/** `TimeUnit`: rounds towards zero, and saturates. */
function msOfUnix(value: bigint, precision: string): bigint {
  switch (precision) {
    case 'seconds':
      return saturated(value * 1_000n);
    case 'microseconds':
      return value / 1_000n;
    case 'nanoseconds':
      return value / 1_000_000n;
    default:
      return value;
  }
}

function unixOfMs(ms: bigint, precision: string): bigint {
  switch (precision) {
    case 'seconds':
      return ms / 1_000n;
    case 'microseconds':
      return saturated(ms * 1_000n);
    case 'nanoseconds':
      return saturated(ms * 1_000_000n);
    default:
      return ms;
  }
}

function saturated(value: bigint): bigint {
  if (value > INT64_MAX) return INT64_MAX;
  return value < -INT64_MAX - 1n ? -INT64_MAX - 1n : value;
}
