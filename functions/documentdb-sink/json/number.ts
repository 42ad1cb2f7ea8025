import { Double } from 'mongodb';
import { UnconvertibleError } from '../bson/unconvertible-error.ts';

const NOT_WHOLE = /[.eE]/;
const INT32_LIMIT = 2 ** 31;
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
/** A JavaScript number holds every whole number of this length exactly. */
const EXACT_LENGTH_MAX = 15;
/** The length of `-9223372036854775808`. */
const INT64_LENGTH_MAX = 20;

/**
 * Converts a JSON number so that the driver writes the right type: the driver writes a whole JavaScript number within
 * int32 as Int32, every other one as Double, and a BigInt as Int64.
 * @throws UnconvertibleError for a whole number beyond 64 bits, which the connector refuses too
 */
export function numberOf(token: string): number | bigint | Double {
  const value = Number(token);
  if (NOT_WHOLE.test(token)) return Number.isInteger(value) ? new Double(value) : value;
  // `-0` is the Int32 0, because an integer has no negative zero.
  if (value >= -INT32_LIMIT && value < INT32_LIMIT) return value === 0 ? 0 : value;
  if (token.length <= EXACT_LENGTH_MAX) return BigInt(value);
  const exact = token.length <= INT64_LENGTH_MAX ? BigInt(token) : INT64_MAX + 1n;
  if (exact > INT64_MAX || exact < INT64_MIN) throw new UnconvertibleError('a whole number does not fit into 64 bits');
  return exact;
}
