import { RETRY_DELAY_MS_MAX } from '../limits.ts';

/** The upper bound of the first delay is twice this value. */
const DELAY_BASE_MS = 50;

/**
 * Full jitter: a random share of a capped delay that grows exponentially.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * @param attempt 1 after the first failure
 * @param random 0 <= random < 1
 */
export function fullJitterMs(attempt: number, random: number): number {
  return Math.floor(random * Math.min(RETRY_DELAY_MS_MAX, DELAY_BASE_MS * 2 ** attempt));
}
