import { bsonClassOf } from './bson-values.ts';

/** A number as the driver takes it: int32, double, int64 (`bigint`, Long) or Decimal128. */
export function isNumber(value: unknown): boolean {
  if (typeof value === 'number' || typeof value === 'bigint') return true;
  const name = bsonClassOf(value);
  return name === 'Int32' || name === 'Double' || name === 'Long' || name === 'Decimal128';
}

/** A fraction of whole numbers, its denominator positive; or what no fraction is. */
type Exact = { readonly numerator: bigint; readonly denominator: bigint } | 'NaN' | 'Infinity' | '-Infinity';

/**
 * Ascending by value, whatever the types: 1 = NumberLong(1) = NumberDecimal("1.0"), -0 = 0, NaN = NaN, and NaN comes
 * before every other number.
 * https://www.mongodb.com/docs/manual/reference/bson-type-comparison-order/ ("Numeric Types")
 * @returns negative, 0 or positive
 */
export function compareNumbers(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number' && !Number.isNaN(a) && !Number.isNaN(b)) return signOf(a, b);
  if (typeof a === 'bigint' && typeof b === 'bigint') return signOf(a, b);
  const [one, other] = [exactOf(a), exactOf(b)];
  if (typeof one === 'string' || typeof other === 'string') return rankOf(one) - rankOf(other);
  return signOf(one.numerator * other.denominator, other.numerator * one.denominator);
}

export const isNaNumber = (value: unknown): boolean => isNumber(value) && exactOf(value) === 'NaN';

/** The nearest double: the same for equal numbers. */
export function doubleOf(value: unknown): number {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  const own = value as { readonly value?: number; toString(): string };
  return typeof own.value === 'number' ? own.value : Number(own.toString());
}

const signOf = <T extends number | bigint>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

function rankOf(exact: Exact): number {
  if (typeof exact !== 'string') return 0;
  return exact === 'NaN' ? -2 : exact === '-Infinity' ? -1 : 1;
}

function exactOf(value: unknown): Exact {
  if (typeof value === 'number') return exactDouble(value);
  if (typeof value === 'bigint') return { numerator: value, denominator: 1n };
  const own = value as { readonly value?: number; toString(): string };
  switch (bsonClassOf(value)) {
    case 'Long':
      return { numerator: BigInt(own.toString()), denominator: 1n };
    case 'Decimal128':
      return exactDecimal(own.toString());
    default:
      return exactDouble(own.value as number);
  }
}

/** Halves of halves: every finite double is a whole number divided by a power of two. */
function exactDouble(value: number): Exact {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  let [whole, denominator] = [value, 1n];
  while (!Number.isInteger(whole)) {
    whole *= 2;
    denominator *= 2n;
  }
  return { numerator: BigInt(whole), denominator };
}

/** `-1.20E+5`; digits and a power of ten. */
function exactDecimal(text: string): Exact {
  if (text === 'NaN' || text === 'Infinity' || text === '-Infinity') return text;
  const [mantissa = '', exponent = '0'] = text.split('E');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const power = BigInt(exponent) - BigInt(fraction.length);
  const digits = BigInt(whole + fraction);
  return power < 0n
    ? { numerator: digits, denominator: 10n ** -power }
    : { numerator: digits * 10n ** power, denominator: 1n };
}
