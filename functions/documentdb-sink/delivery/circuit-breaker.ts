import { FATAL_RETRY_MS } from '../limits.ts';

/** Stops normal sending after a fatal answer; from then on one command every few seconds finds out whether it is over. */
export interface CircuitBreaker {
  /** When something may be sent next; now or earlier: at once. */
  nextTryAtMs(): number;
  /** Call before sending. True: a single command only. Keeps others out until it is known what became of it. */
  enter(nowMs: number): boolean;
  /** The target refused everything. */
  trip(nowMs: number): void;
  /** The target did something. */
  reset(): void;
  /** True once: refused credentials are read again, and a try with the new ones need not wait. */
  takeCredentialsRetry(): boolean;
}

export function createCircuitBreaker(): CircuitBreaker {
  let nextTryAtMs = 0;
  let isProbing = false;
  let hasSecondChance = true;
  return {
    nextTryAtMs: () => nextTryAtMs,
    enter(nowMs) {
      if (isProbing) nextTryAtMs = nowMs + FATAL_RETRY_MS;
      return isProbing;
    },
    trip(nowMs) {
      isProbing = true;
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
