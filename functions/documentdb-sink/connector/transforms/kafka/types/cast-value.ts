import { parseDouble, parseWhole } from '../../../../java/text/numbers.ts';
import { BigDecimal } from '../../data/big-decimal.ts';
import { type ConnectValue, isBytes, SmallNumber } from '../../data/connect-value.ts';
import { DATE_NAME, type PrimitiveType, type Schema, TIME_NAME, TIMESTAMP_NAME } from '../../data/schema.ts';
import { typeOf } from '../../data/struct.ts';
import { TransformError } from '../../data/transform-error.ts';
import { cutToSmall, saturated64, smallOfDouble, smallOfWhole } from './cast-number.ts';
import { dateText } from './date-text.ts';
import { doubleText, floatText } from './java-number-text.ts';

export type CastType = Exclude<PrimitiveType, 'bytes'>;
type IntegerType = 'int8' | 'int16' | 'int32' | 'int64';

const DAY_MS = 86_400_000;
const BITS = { int8: 8, int16: 16, int32: 32, int64: 64 } as const satisfies Record<IntegerType, number>;

const wrong = (detail: string): never => {
  throw new TransformError(`a value cannot be cast: ${detail}`);
};

/**
 * `Cast.castValueToType`
 * @param schema undefined for data without a schema, where the value's own type applies
 * @throws TransformError if the value cannot be cast
 */
export function castValue(schema: Schema | undefined, value: ConnectValue, type: CastType): ConnectValue {
  if (value === null) return null;
  const from = schema === undefined ? typeOf(value) : schema.type;
  if (from === undefined || from === 'array' || from === 'map' || from === 'struct') {
    return wrong(`it is of type ${from ?? 'that has no schema'}`);
  }
  if (type === 'string') return textOf(value);
  return cast(schema === undefined ? value : encoded(schema, value), type);
}

/** Converts a date to the number that represents it. */
function encoded({ name }: Schema, value: Exclude<ConnectValue, null>): Exclude<ConnectValue, null> {
  if (!(value instanceof Date)) return value;
  const ms = value.getTime();
  switch (name) {
    case DATE_NAME:
      return ms % DAY_MS === 0 ? new SmallNumber('int32', (ms / DAY_MS) | 0) : wrong('a Date has a time of day');
    case TIME_NAME:
      return ms >= 0 && ms <= DAY_MS ? new SmallNumber('int32', ms) : wrong('a Time is not within one day');
    case TIMESTAMP_NAME:
      return BigInt(ms);
    default:
      return value;
  }
}

function cast(value: Exclude<ConnectValue, null>, type: Exclude<CastType, 'string'>): ConnectValue {
  switch (type) {
    case 'boolean':
      return booleanOf(value);
    case 'float32':
      return new SmallNumber('float32', Math.fround(doubleOf(value)));
    case 'float64':
      return doubleOf(value);
    default:
      return integerOf(value, type);
  }
}

function booleanOf(value: Exclude<ConnectValue, null>): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return value.toLowerCase() === 'true';
  return wholeOf(value) !== 0n;
}

function doubleOf(value: Exclude<ConnectValue, null>): number {
  switch (typeof value) {
    case 'number':
      return value;
    case 'bigint':
      return Number(value);
    case 'boolean':
      return value ? 1 : 0;
    case 'string':
      return parseDouble(value) ?? wrong('a string is not a number');
    default:
  }
  if (value instanceof SmallNumber) return value.value;
  return value instanceof BigDecimal
    ? value.double()
    : wrong('its type is neither a number nor a boolean nor a string');
}

/** `Number.longValue` */
function wholeOf(value: Exclude<ConnectValue, null>): bigint {
  if (typeof value === 'bigint') return value;
  if (value instanceof BigDecimal) return BigInt.asIntN(64, value.whole());
  return saturated64(doubleOf(value));
}

function integerOf(value: Exclude<ConnectValue, null>, type: IntegerType): ConnectValue {
  if (typeof value === 'string') {
    const whole = parseWhole(value, BITS[type]) ?? wrong('a string is not a whole number of the target size');
    return type === 'int64' ? whole : smallOfWhole(type, whole);
  }
  if (type === 'int64') return wholeOf(value);
  if (typeof value === 'bigint') return smallOfWhole(type, value);
  return value instanceof BigDecimal ? cutToSmall(type, value) : smallOfDouble(type, doubleOf(value));
}

function textOf(value: Exclude<ConnectValue, null>): string {
  if (typeof value === 'number') return doubleText(value);
  if (value instanceof Date) return dateText(value);
  if (isBytes(value)) return Buffer.from(value).toString('base64');
  if (value instanceof SmallNumber) return value.type === 'float32' ? floatText(value) : String(value.value);
  return String(value);
}
