import { BigDecimal } from './big-decimal.ts';
import type { Schema } from './schema.ts';

/** More digits than any number of a record can mean; what grows with them takes time. */
const BYTES_MAX = 400;

/** `Decimal.toLogical`: two's complement, big-endian. Undefined where Java throws, and beyond all bounds. */
export function decimalOfBytes(bytes: Uint8Array, { parameters }: Schema): BigDecimal | undefined {
  const scale = parameters?.get('scale');
  if (scale === undefined || !/^[+-]?\d{1,9}$/.test(scale) || bytes.length === 0 || bytes.length > BYTES_MAX) {
    return undefined;
  }
  return new BigDecimal(
    BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`)),
    Number(scale),
  );
}
