import { BigDecimal } from './big-decimal.ts';
import type { Schema } from './schema.ts';

/** More bytes than any meaningful number has. The computing time grows with the bytes. */
const BYTES_MAX = 400;

/** `Decimal.toLogical`: two's complement, big-endian. Undefined if Java throws, or if the number exceeds the bounds. */
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
