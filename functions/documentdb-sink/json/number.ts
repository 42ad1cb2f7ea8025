import { Double } from 'mongodb';
import { UnconvertibleError } from '../bson/unconvertible-error.ts';

const NOT_WHOLE = /[.eE]/;
const INT32_LIMIT = 2 ** 31;
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
/** Every whole number of so many characters is exact as a JavaScript number. */
const EXACT_LENGTH_MAX = 15;
/** `-9223372036854775808` */
const INT64_LENGTH_MAX = 20;

/**
 * A JSON number as what the driver writes with the right type: of JavaScript numbers it writes whole ones within int32
 * as Int32 and all others as Double; a BigInt as Int64.
 * @throws UnconvertibleError for a whole number beyond 64 bits, which the connector refuses as well
 */
export function numberOf(token: string): number | bigint | Double {
  const value = Number(token);
  if (NOT_WHOLE.test(token)) return Number.isInteger(value) ? new Double(value) : value;
  // `-0` is the Int32 0: a whole number has no negative zero.
  if (value >= -INT32_LIMIT && value < INT32_LIMIT) return value === 0 ? 0 : value;
  if (token.length <= EXACT_LENGTH_MAX) return BigInt(value);
  const exact = token.length <= INT64_LENGTH_MAX ? BigInt(token) : INT64_MAX + 1n;
  if (exact > INT64_MAX || exact < INT64_MIN) throw new UnconvertibleError('a whole number does not fit into 64 bits');
  return exact;
}
