import { PROBE_INTERVAL_MS } from './limits.ts';

/**
 * How many requests may be open. While nothing gets through, one request is tried every few seconds; as soon as one is
 * answered, sending goes on as before (G6: an outage is not poison, and no reason to return early).
 */
export interface Gate {
  mayOpen(nowMs: number, openCount: number): boolean;
  /** When `mayOpen` can change by time alone. */
  nextChangeAtMs(nowMs: number): number | undefined;
  isShut(): boolean;
  /** The target looked into a request: it answered, or rejected what stood in it. */
  answered(): void;
  /** A request failed in a way that every other would. */
  shut(nowMs: number): void;
}

export function createGate(requestsInFlightMax: number): Gate {
  let probeAtMs: number | undefined;
  return {
    mayOpen(nowMs, openCount) {
      if (probeAtMs === undefined) return openCount < requestsInFlightMax;
      return openCount === 0 && nowMs >= probeAtMs;
    },
    nextChangeAtMs: (nowMs) => (probeAtMs !== undefined && probeAtMs > nowMs ? probeAtMs : undefined),
    isShut: () => probeAtMs !== undefined,
    answered() {
      probeAtMs = undefined;
    },
    shut(nowMs) {
      probeAtMs = nowMs + PROBE_INTERVAL_MS;
    },
  };
}
