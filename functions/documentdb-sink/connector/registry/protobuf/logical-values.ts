import { UnconvertibleError } from '../../../bson/unconvertible-error.ts';
import { BigDecimal } from '../../transforms/data/big-decimal.ts';
import type { ConnectValue } from '../../transforms/data/connect-value.ts';
import { decimalOfBytes } from '../../transforms/data/decimal-bytes.ts';
import { DECIMAL_NAME, logical, primitive, type Schema } from '../../transforms/data/schema.ts';
import type { Message } from './types.ts';

const wrong = (detail: string): never => {
  throw new UnconvertibleError(`the value does not fit its schema: ${detail}`);
};

/** A message type that Connect has a type of its own for. */
export interface LogicalMessage {
  /** @param parameters of the field */
  readonly schemaOf: (parameters: ReadonlyMap<string, string>) => Schema;
  /** @throws UnconvertibleError when Java has no such value */
  readonly read: (message: Message) => ConnectValue;
}

/** Unset fields are 0. */
const numberIn = (message: Message, name: string): number => {
  const value = message.named(name);
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : 0;
};

const DAY_MS = 86_400_000;

/** Java's calendar changes from Julian to Gregorian on 15 October 1582. */
const FIRST_GREGORIAN_MS = Date.UTC(1582, 9, 15);

function dateOf(message: Message): Date {
  const [year, month, day] = ['year', 'month', 'day'].map((name) => numberIn(message, name)) as [
    number,
    number,
    number,
  ];
  const gregorian = new Date(0);
  gregorian.setUTCFullYear(year, month - 1, day);
  const isDay = gregorian.getUTCMonth() === month - 1 && gregorian.getUTCDate() === day;
  if (isDay && gregorian.getTime() >= FIRST_GREGORIAN_MS) return gregorian;
  const length = [31, year % 4 === 0 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  const julianMs = julianDays(year, month, day) * DAY_MS;
  const isJulianDay = year >= 1 && day >= 1 && day <= length && julianMs < FIRST_GREGORIAN_MS;
  return isJulianDay ? new Date(julianMs) : wrong('a google.type.Date is no day');
}

/** Days from 1 January 1970. https://en.wikipedia.org/wiki/Julian_day */
function julianDays(year: number, month: number, day: number): number {
  const isEarly = month <= 2 ? 1 : 0;
  const shifted = year + 4800 - isEarly;
  const days = Math.floor((153 * (month + 12 * isEarly - 3) + 2) / 5) + 365 * shifted + Math.floor(shifted / 4);
  return day + days - 32_083 - 2_440_588;
}

function timeOf(message: Message): Date {
  const [hours, minutes, seconds, nanos] = ['hours', 'minutes', 'seconds', 'nanos'].map((name) => {
    const number = numberIn(message, name);
    return number >= 0 && number < (TIME_BOUNDS[name] ?? 0)
      ? number
      : wrong('a google.type.TimeOfDay is no time of a day');
  }) as [number, number, number, number];
  return new Date(((hours * 60 + minutes) * 60 + seconds) * 1000 + Math.floor(nanos / 1e6));
}

const TIME_BOUNDS: Readonly<Record<string, number>> = { hours: 24, minutes: 60, seconds: 60, nanos: 1e9 };

/** From the year 1 to 9999. */
const [SECONDS_MIN, SECONDS_MAX] = [-62_135_596_800, 253_402_300_799];

function timestampOf(message: Message): Date {
  const seconds = numberIn(message, 'seconds');
  const nanos = numberIn(message, 'nanos');
  const isValid = seconds >= SECONDS_MIN && seconds <= SECONDS_MAX && nanos >= 0 && nanos < 1e9;
  return isValid
    ? new Date(seconds * 1000 + Math.floor(nanos / 1e6))
    : wrong('a google.protobuf.Timestamp is out of range');
}

function decimalOf(message: Message): BigDecimal {
  const bytes = message.named('value');
  const scale = numberIn(message, 'scale');
  const precision = numberIn(message, 'precision');
  const whole = bytes instanceof Uint8Array ? decimalOfBytes(bytes, WHOLE_DECIMAL) : undefined;
  if (whole === undefined || Math.abs(scale) >= 1e9 || precision < 0)
    return wrong('a confluent.type.Decimal has no bytes, or is out of range');
  return rounded(new BigDecimal(whole.unscaled, scale), precision);
}

/** To so many digits, half up. 0: all of them. */
function rounded({ unscaled, scale }: BigDecimal, precision: number): BigDecimal {
  const magnitude = unscaled < 0n ? -unscaled : unscaled;
  const excess = precision === 0 ? 0 : String(magnitude).length - precision;
  if (excess <= 0) return new BigDecimal(unscaled, scale);
  const unit = 10n ** BigInt(excess);
  const kept = (magnitude + unit / 2n) / unit;
  // 99.9 rounded to two digits is 100, which has three.
  return rounded(new BigDecimal(unscaled < 0n ? -kept : kept, scale - excess), precision);
}

const decimalSchema = (parameters: ReadonlyMap<string, string>): Schema => {
  const scale = parameters.get('scale') ?? '';
  return {
    ...primitive('bytes', true),
    name: DECIMAL_NAME,
    version: 1,
    parameters: new Map([['scale', /^[+-]?\d{1,9}$/.test(scale) ? String(Number(scale)) : '0']]),
  };
};

const WHOLE_DECIMAL = decimalSchema(new Map());

const optional = (name: Parameters<typeof logical>[0]) => () => logical(name, true);

/** By the full name of the type. */
export const LOGICAL_MESSAGES: ReadonlyMap<string, LogicalMessage> = new Map([
  ['confluent.type.Decimal', { schemaOf: decimalSchema, read: decimalOf }],
  ['google.type.Date', { schemaOf: optional('Date'), read: dateOf }],
  ['google.type.TimeOfDay', { schemaOf: optional('Time'), read: timeOf }],
  ['google.protobuf.Timestamp', { schemaOf: optional('Timestamp'), read: timestampOf }],
]);
