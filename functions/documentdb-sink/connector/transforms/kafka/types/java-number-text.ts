import type { SmallNumber } from '../../data/connect-value.ts';

/**
 * `Double.toString` since Java 19: the shortest digits that identify the number. Older versions write one digit more
 * for a few numbers.
 * https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/lang/Double.html#toString(double)
 */
export const doubleText = (value: number): string => textOf(value, value.toExponential());

/** `Float.toString` */
export function floatText({ value }: SmallNumber): string {
  for (let digits = 0; digits < FLOAT_DIGITS_MAX; digits += 1) {
    const text = value.toExponential(digits);
    if (Math.fround(Number(text)) === value) return textOf(value, text);
  }
  return textOf(value, value.toExponential(FLOAT_DIGITS_MAX));
}

const FLOAT_DIGITS_MAX = 9;
const PLAIN_MIN = 1e-3;
const PLAIN_LIMIT = 1e7;

/** @param exponential the number in JavaScript's format: `1.5e+21` */
function textOf(value: number, exponential: string): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [mantissa = '', exponent = ''] = exponential.split('e');
  const size = Math.abs(value);
  if (size < PLAIN_MIN || size >= PLAIN_LIMIT) return `${withPoint(mantissa)}E${Number(exponent)}`;
  return withPoint(plain(mantissa, Number(exponent)));
}

const withPoint = (text: string): string => (text.includes('.') ? text : `${text}.0`);

function plain(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '');
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits.slice(exponent + 1);
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}
