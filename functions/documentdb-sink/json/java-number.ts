import { Double } from 'mongodb';
import { UnconvertibleError } from '../bson/unconvertible-error.ts';

/** A JSON number as text. The schema decides its type. */
export class JsonNumber {
  readonly token: string;

  constructor(token: string) {
    this.token = token;
  }
}

const NOT_WHOLE = /[.eE]/;
export const isWhole = (token: string): boolean => !NOT_WHOLE.test(token);

/** A larger exponent makes a `BigDecimal` with more digits than any meaningful number has. */
const EXPONENT_MAX = 400;
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/**
 * The number without its fraction, in the given number of bits. Java drops the higher bits (`BigDecimal.intValue`,
 * `BigInteger.longValue`).
 * @throws UnconvertibleError for an exponent out of range
 */
export function wholeIn(bits: number, token: string): bigint {
  if (isWhole(token)) return BigInt.asIntN(bits, toBigInt(token));
  const [, sign = '', digits = '', fraction = '', exponent = '0'] = DECIMAL.exec(token) ?? [];
  const shift = Number(exponent);
  if (Math.abs(shift) > EXPONENT_MAX) throw new UnconvertibleError('a number has an exponent out of range');
  const all = digits + fraction;
  const length = digits.length + shift;
  const whole = length <= 0 ? '0' : all.slice(0, length).padEnd(length, '0');
  return BigInt.asIntN(bits, toBigInt(sign + whole));
}

/** Parsing takes time that grows with the square of the digits, and a number this long exceeds 64 bits by far. */
const DIGITS_MAX = 1_000;

/** A JavaScript number holds every whole number of this length exactly. */
const EXACT_LENGTH_MAX = 15;

function toBigInt(token: string): bigint {
  if (token.length <= EXACT_LENGTH_MAX) return BigInt(Number(token));
  if (token.replace('-', '').length > DIGITS_MAX) throw new UnconvertibleError('a whole number has too many digits');
  return BigInt(token);
}

/** A value that the driver writes as Double: the driver would write a whole JavaScript number as an integer. */
export const doubleOf = (value: number): number | Double => (Number.isInteger(value) ? new Double(value) : value);

/** `BigDecimal.doubleValue`, which has no negative zero. */
export const doubleOfToken = (token: string): number | Double => doubleOf(Number(token) || 0);
