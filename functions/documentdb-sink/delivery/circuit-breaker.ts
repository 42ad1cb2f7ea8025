import { FATAL_RETRY_MS } from '../limits.ts';

/**
 * Stops normal sending after a fatal answer. While the breaker is tripped, one command every few seconds probes the
 * target.
 */
export interface CircuitBreaker {
  /** The time of the next permitted send; a time in the past permits sending at once. */
  nextTryAtMs(): number;
  /**
   * Call before sending. Returns true if only a single command may be sent; other callers then wait for the result of
   * that command.
   */
  enter(nowMs: number): boolean;
  /** How often the breaker was tripped. The permission to send ends when the breaker is tripped again. */
  tripCount(): number;
  /** Call after a fatal answer. */
  trip(nowMs: number): void;
  /** Call after any answer that is not fatal. */
  reset(): void;
  /**
   * Returns true once: after refused credentials, the credentials are read again and the next attempt need not wait.
   */
  takeCredentialsRetry(): boolean;
}

export function createCircuitBreaker(): CircuitBreaker {
  let nextTryAtMs = 0;
  let isProbing = false;
  let tripCount = 0;
  let hasSecondChance = true;
  return {
    nextTryAtMs: () => nextTryAtMs,
    enter(nowMs) {
      if (isProbing) nextTryAtMs = nowMs + FATAL_RETRY_MS;
      return isProbing;
    },
    tripCount: () => tripCount,
    trip(nowMs) {
      isProbing = true;
      tripCount += 1;
      nextTryAtMs = nowMs + FATAL_RETRY_MS;
    },
    reset() {
      isProbing = false;
      nextTryAtMs = 0;
    },
    takeCredentialsRetry() {
      const had = hasSecondChance;
      hasSecondChance = false;
      return had;
    },
  };
}
