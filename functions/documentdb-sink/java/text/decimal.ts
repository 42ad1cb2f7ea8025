import { Decimal128 } from 'mongodb';
import { inAscii } from './numbers.ts';

const DIGITS_MAX = 34;
const EXPONENT_MIN = -6176;
const EXPONENT_MAX = 6111;
const EXPONENT_OFFSET = 6176;
/** The scale of Java's BigDecimal is an int. */
const SCALE_MAX = 2 ** 31 - 1;
/** A longer text is refused at once, because multiplying its digits would take long. */
const TEXT_LENGTH_MAX = 10_000;

const SPECIAL: ReadonlyMap<string, string> = new Map([
  ['nan', 'NaN'],
  ['inf', 'Infinity'],
  ['+inf', 'Infinity'],
  ['infinity', 'Infinity'],
  ['+infinity', 'Infinity'],
  ['-inf', '-Infinity'],
  ['-infinity', '-Infinity'],
]);

/** The driver's own parser does not accept `-NaN`. */
const NEGATIVE_NAN: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfc];

/**
 * `Decimal128.parse` of the Java driver: accepts what `BigDecimal` accepts, exactly. Undefined if Java throws: no
 * number, more than 34 digits, or an exponent out of range.
 * https://github.com/mongodb/mongo-java-driver/blob/main/bson/src/main/org/bson/types/Decimal128.java
 */
export function parseDecimal128(text: string): Decimal128 | undefined {
  if (text.toLowerCase() === '-nan') return new Decimal128(Buffer.from(NEGATIVE_NAN));
  const special = SPECIAL.get(text.toLowerCase());
  if (special !== undefined) return Decimal128.fromString(special);
  if (text.length > TEXT_LENGTH_MAX) return undefined;
  const parts = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d{1,10}))?$/.exec(inAscii(text));
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts ?? [];
  if (sign === undefined || whole + fraction === '') return undefined;
  const scale = fraction.length - Number(exponent);
  if (Math.abs(scale) > SCALE_MAX || Math.abs(Number(exponent)) > SCALE_MAX) return undefined;
  return decimal128Of(BigInt(whole + fraction), -scale, sign === '-');
}

/** `significand * 10 ** exponent`; undefined if Decimal128 cannot hold the value exactly. */
export function decimal128Of(significand: bigint, exponent: number, isNegative: boolean): Decimal128 | undefined {
  const parts = significand === 0n ? { significand, exponent: clamped(exponent) } : fitted(significand, exponent);
  if (parts === undefined) return undefined;
  const bytes = Buffer.alloc(16);
  const sign = isNegative ? 1n << 63n : 0n;
  bytes.writeBigUInt64LE(parts.significand & 0xffff_ffff_ffff_ffffn);
  bytes.writeBigUInt64LE(sign | (BigInt(parts.exponent + EXPONENT_OFFSET) << 49n) | (parts.significand >> 64n), 8);
  return new Decimal128(bytes);
}

const clamped = (exponent: number): number => Math.min(Math.max(exponent, EXPONENT_MIN), EXPONENT_MAX);

interface Fitted {
  readonly significand: bigint;
  readonly exponent: number;
}

function fitted(significand: bigint, exponent: number): Fitted | undefined {
  const digits = String(significand);
  if (exponent > EXPONENT_MAX) {
    const zeros = exponent - EXPONENT_MAX;
    if (digits.length + zeros > DIGITS_MAX) return undefined;
    return { significand: significand * 10n ** BigInt(zeros), exponent: EXPONENT_MAX };
  }
  const surplus = Math.max(exponent < EXPONENT_MIN ? EXPONENT_MIN - exponent : digits.length - DIGITS_MAX, 0);
  // Only zeros may be dropped.
  if (surplus >= digits.length || !/^0*$/.test(digits.slice(digits.length - surplus))) return undefined;
  const shortened = surplus === 0 ? significand : BigInt(digits.slice(0, -surplus));
  if (String(shortened).length > DIGITS_MAX || exponent + surplus > EXPONENT_MAX) return undefined;
  return { significand: shortened, exponent: exponent + surplus };
}

/** `BsonDouble.decimal128Value`: every digit of the double; undefined for more than 34 digits. */
export function decimal128OfDouble(value: number): Decimal128 | undefined {
  if (!Number.isFinite(value)) return Decimal128.fromString(String(value));
  let [significand, powerOfTwo] = [Math.abs(value), 0];
  while (!Number.isInteger(significand)) [significand, powerOfTwo] = [significand * 2, powerOfTwo + 1];
  // m / 2^k = m * 5^k / 10^k. As in Java, a zero loses its sign.
  return decimal128Of(BigInt(significand) * 5n ** BigInt(powerOfTwo), -powerOfTwo, value < 0);
}
