/**
 * The decimal form:
 * https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/lang/Double.html#valueOf(java.lang.String)
 */
const DECIMAL_DOUBLE = /^[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)$/;
const HEXADECIMAL_DOUBLE = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)[fFdD]?$/;
const BLANKS_AROUND = /^[\0- ]+|[\0- ]+$/g;

/**
 * `Double.valueOf`: decimal or hexadecimal, with an optional suffix and surrounding blanks. Undefined if Java throws.
 */
export function parseDouble(text: string): number | undefined {
  const trimmed = text.replaceAll(BLANKS_AROUND, '');
  if (DECIMAL_DOUBLE.test(trimmed)) return Number(trimmed.replace(/^([+-])NaN$/, 'NaN').replace(/[fFdD]$/, ''));
  const [, sign, whole = '', fraction = '', exponent] = HEXADECIMAL_DOUBLE.exec(trimmed) ?? [];
  if (sign === undefined || whole + fraction === '') return undefined;
  const magnitude = scaledByTwo(BigInt(`0x${whole}${fraction}`), Number(exponent) - 4 * fraction.length);
  return sign === '-' ? -magnitude : magnitude;
}

/** Scales in two steps, because one power of two may exceed the range of doubles although the product does not. */
function scaledByTwo(significand: bigint, exponent: number): number {
  const half = Math.trunc(exponent / 2);
  return Number(significand) * 2 ** half * 2 ** (exponent - half);
}

const SIGN_AND_DIGITS = /^[+-]?\p{Nd}+$/u;
/** 64 bits have 19 digits at most. Reading more takes a time that grows faster than their number. */
const WHOLE = /^[+-]?0*\d{1,19}$/;

/** `Long.parseLong`, `Integer.parseInt` and the like: a sign and digits of any script. Undefined if Java throws. */
export function parseWhole(text: string, bits: 8 | 16 | 32 | 64): bigint | undefined {
  if (!SIGN_AND_DIGITS.test(text)) return undefined;
  const digits = inAscii(text);
  if (!WHOLE.test(digits)) return undefined;
  const value = BigInt(digits);
  return BigInt.asIntN(bits, value) === value ? value : undefined;
}

/** Like `parseWhole` in base 16, as a signed 32-bit number. */
export function parseHexadecimal(text: string): number | undefined {
  if (!/^[+-]?[0-9a-fA-F]+$/.test(text)) return undefined;
  const value = Number.parseInt(text, 16);
  return value === (value | 0) ? value : undefined;
}

/**
 * Converts digits of other scripts (`Character.isDigit`) to 0 to 9. The ten digits of a script have consecutive code
 * points. A digit of two UTF-16 units is none to Java, which looks at each unit.
 */
export const inAscii = (text: string): string =>
  text.replaceAll(/[^0-9]/g, (character) => (DIGIT.test(character) ? String(digitOf(character)) : character));

const DIGIT = /^\p{Nd}$/u;

function digitOf(character: string): number {
  let value = 0;
  while (value < 9 && DIGIT.test(String.fromCharCode(character.charCodeAt(0) - value - 1))) value += 1;
  return value;
}
