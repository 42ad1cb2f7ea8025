import type { BigDecimal } from '../../data/big-decimal.ts';
import { SmallNumber, type SmallNumberType } from '../../data/connect-value.ts';

const BITS = { int8: 8, int16: 16, int32: 32 } as const;

const INT32_MAX = 2 ** 31 - 1;
const INT64_MAX = 2n ** 63n - 1n;

/** `(int) double`: drops the fraction, and saturates. */
const saturated32 = (value: number): number =>
  Number.isNaN(value) ? 0 : Math.max(-INT32_MAX - 1, Math.min(INT32_MAX, Math.trunc(value)));

/** `(long) double`: drops the fraction, and saturates. */
export function saturated64(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  if (value >= Number(INT64_MAX)) return INT64_MAX;
  if (value <= -Number(INT64_MAX)) return -INT64_MAX - 1n;
  return BigInt(Math.trunc(value));
}

/** Casts a double or a float to a smaller integer through an int, like `Double.byteValue`. */
export const smallOfDouble = (type: keyof typeof BITS, value: number): SmallNumber =>
  new SmallNumber(type, Number(BigInt.asIntN(BITS[type], BigInt(saturated32(value)))));

/** The low bits of an integer, like `Long.byteValue`. */
export const smallOfWhole = (type: keyof typeof BITS, value: bigint): SmallNumber =>
  new SmallNumber(type, Number(BigInt.asIntN(BITS[type], value)));

export const cutToSmall = (type: SmallNumberType, value: BigDecimal): SmallNumber =>
  type === 'float32'
    ? new SmallNumber(type, Math.fround(value.double()))
    : smallOfWhole(type, BigInt.asIntN(64, value.whole()));
