const BETWEEN_DASHES = /^([^-]*)-([^-]*)-([^-]*)-([^-]*)-([^-]*)$/;
const UNDASHED = /([0-9a-fA-F]{8})([0-9a-fA-F]{4})([0-9a-fA-F]{4})([0-9a-fA-F]{4})([0-9a-fA-F]+)/;
const LENGTH_DASHED = 36;
const LENGTH_UNDASHED = 32;
/** The number of significant digits of each part. Of a longer part, the lowest digits count. */
const PART_DIGITS = [8, 4, 4, 4, 12] as const;
const LONG_MAX = 2n ** 63n - 1n;

/**
 * Reads a text of 36 or 32 characters like the connector's UUID strategies. The dashes may be at any position, because
 * `UUID.fromString` reads five numbers between them, whatever their lengths. Undefined if Java throws.
 * https://github.com/openjdk/jdk17u/blob/master/src/java.base/share/classes/java/util/UUID.java
 */
export function parseUuid(text: string): Buffer | undefined {
  if (text.length === LENGTH_DASHED) return fromString(text);
  return text.length === LENGTH_UNDASHED ? fromString(text.replace(UNDASHED, '$1-$2-$3-$4-$5')) : undefined;
}

function fromString(text: string): Buffer | undefined {
  const parts = BETWEEN_DASHES.exec(text);
  if (parts === null) return undefined;
  const numbers = parts.slice(1).map(parseLong);
  if (numbers.some((number) => number === undefined)) return undefined;
  const digits = numbers.map((number, index) => lowest(number ?? 0n, PART_DIGITS[index] ?? 0));
  return Buffer.from(digits.join(''), 'hex');
}

/** Reads a hexadecimal number. */
function parseLong(digits: string): bigint | undefined {
  if (!/^\+?[0-9a-fA-F]+$/.test(digits)) return undefined;
  const value = BigInt(`0x${digits.replace('+', '')}`);
  return value <= LONG_MAX ? value : undefined;
}

const lowest = (value: bigint, digits: number): string =>
  BigInt.asUintN(digits * 4, value)
    .toString(16)
    .padStart(digits, '0');
