import { inAscii } from '../../../java/text/numbers.ts';

/** `java.math.BigDecimal`: an unscaled number and a scale. */
export class BigDecimal {
  readonly unscaled: bigint;
  readonly scale: number;

  constructor(unscaled: bigint, scale: number) {
    this.unscaled = unscaled;
    this.scale = scale;
  }

  /** https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/math/BigDecimal.html#toString() */
  toString(): string {
    const sign = this.unscaled < 0n ? '-' : '';
    const digits = String(this.unscaled < 0n ? -this.unscaled : this.unscaled);
    if (this.scale === 0) return sign + digits;
    const exponent = digits.length - 1 - this.scale;
    if (this.scale > 0 && exponent >= PLAIN_EXPONENT_MIN) return sign + pointed(digits, this.scale);
    const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
    return exponent === 0 ? sign + mantissa : `${sign}${mantissa}E${exponent > 0 ? '+' : ''}${exponent}`;
  }

  /** The number without its fraction. */
  whole(): bigint {
    return this.scale > 0 ? this.unscaled / 10n ** BigInt(this.scale) : this.unscaled * 10n ** BigInt(-this.scale);
  }

  /** As in Java, there is no negative zero. */
  double(): number {
    return Number(this.toString()) || 0;
  }
}

const PLAIN_EXPONENT_MIN = -6;

function pointed(digits: string, scale: number): string {
  const padded = digits.padStart(scale + 1, '0');
  return `${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
/** More digits than any meaningful number has. The computing time grows with the digits. */
const SIZE_MAX = 1_000;

/** `new BigDecimal(text)`, with digits of any script; undefined if Java throws, or if the number exceeds the bounds. */
export function bigDecimalOf(text: string): BigDecimal | undefined {
  const [, sign, whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(text) ?? DECIMAL.exec(inAscii(text)) ?? [];
  const digits = whole + fraction;
  const scale = fraction.length - Number(exponent);
  if (sign === undefined || digits === '' || digits.length > SIZE_MAX || Math.abs(scale) > SIZE_MAX) return undefined;
  const magnitude = BigInt(digits);
  return new BigDecimal(sign === '-' ? -magnitude : magnitude, scale);
}
