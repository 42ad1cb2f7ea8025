import { PROBE_INTERVAL_MS } from '../limits.ts';

/**
 * Stops normal sending after an answer that every other request would get. From then on, one request every few seconds
 * probes the target, until the target works again (G6: an outage makes no record poison).
 */
export class CircuitBreaker {
  #probeAtMs: number | undefined;
  #tripCount = 0;

  /** The time of the next permitted probe; undefined while normal sending is permitted. */
  get probeAtMs(): number | undefined {
    return this.#probeAtMs;
  }

  /** How often the breaker was tripped. The permission to send ends when the breaker is tripped again. */
  get tripCount(): number {
    return this.#tripCount;
  }

  /**
   * Call before sending. @returns true if only a single request may be sent; other callers then wait for the result of that
   * request.
   */
  enter(nowMs: number): boolean {
    if (this.#probeAtMs === undefined) return false;
    this.#probeAtMs = nowMs + PROBE_INTERVAL_MS;
    return true;
  }

  /** Call after an answer that every other request would get. */
  trip(nowMs: number): void {
    this.#tripCount += 1;
    this.#probeAtMs = nowMs + PROBE_INTERVAL_MS;
  }

  /** Call when the target works again. */
  reset(): void {
    this.#probeAtMs = undefined;
  }
}
