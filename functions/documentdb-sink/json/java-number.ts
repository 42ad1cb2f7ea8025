import { Double } from 'mongodb';
import { UnconvertibleError } from '../bson/unconvertible-error.ts';

/** A JSON number, as it was spelt: what it becomes is the schema's affair. */
export class JsonNumber {
  readonly token: string;

  constructor(token: string) {
    this.token = token;
  }
}

const NOT_WHOLE = /[.eE]/;
export const isWhole = (token: string): boolean => !NOT_WHOLE.test(token);

/** Beyond this, `BigDecimal` has more digits than any number of a record can mean. */
const EXPONENT_MAX = 400;
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/**
 * The number without its fraction, in so many bits: Java drops the others (`BigDecimal.intValue`, `BigInteger.longValue`).
 * @throws UnconvertibleError for an exponent that no number needs
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

/** More digits are beyond 64 bits many times over; parsing them takes time that grows with their square. */
const DIGITS_MAX = 1_000;

/** Every whole number of so many characters is exact as a JavaScript number. */
const EXACT_LENGTH_MAX = 15;

function toBigInt(token: string): bigint {
  if (token.length <= EXACT_LENGTH_MAX) return BigInt(Number(token));
  if (token.length > DIGITS_MAX) throw new UnconvertibleError('a whole number has too many digits');
  return token.startsWith('-') ? -BigInt(token.slice(1)) : BigInt(token);
}

/** As the driver writes it with the right type: of JavaScript numbers, it takes whole ones for integers. */
export const doubleOf = (value: number): number | Double => (Number.isInteger(value) ? new Double(value) : value);

/** `BigDecimal.doubleValue`: there is no negative zero. */
export const doubleOfToken = (token: string): number | Double => doubleOf(Number(token) || 0);
