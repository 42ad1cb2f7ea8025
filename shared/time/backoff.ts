import { RETRY_DELAY_MS_MAX } from '../limits.ts';

/** The upper end of the first delay. */
const DELAY_BASE_MS = 50;

/**
 * Full jitter: a random share of an exponentially growing, capped delay.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * @param attempt 1 after the first failure
 * @param random 0 <= random < 1
 */
export function fullJitterMs(attempt: number, random: number): number {
  return Math.floor(random * Math.min(RETRY_DELAY_MS_MAX, DELAY_BASE_MS * 2 ** attempt));
}
