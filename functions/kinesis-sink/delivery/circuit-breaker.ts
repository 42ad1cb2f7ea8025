import { PROBE_INTERVAL_MS, REJECTIONS_IN_A_ROW_MAX } from '../limits.ts';

/**
 * How many requests may be open. While nothing gets through, one request is tried every few seconds; as soon as one is
 * answered, sending goes on as before (G6: an outage is not poison, and no reason to return early).
 */
export interface CircuitBreaker {
  mayOpen(nowMs: number, openCount: number): boolean;
  /** When `mayOpen` can change by time alone. */
  nextChangeAtMs(nowMs: number): number | undefined;
  isTripped(): boolean;
  /** While requests are rejected, a try holds one entry: a good one must not be kept in bad company. */
  triesOneEntry(): boolean;
  /** The target answered a request. */
  answered(): void;
  /** A request failed in a way that every other would. */
  trip(nowMs: number): void;
  /** A record was rejected that is bad by all one knows: says nothing of others. */
  explained(): void;
  /** Something in a request is not accepted, or nothing is: too many in a row mean the latter. */
  rejected(nowMs: number): void;
  /** A record is rejected again, and the stream took no other meanwhile. */
  doubted(nowMs: number): void;
}

export function createCircuitBreaker(requestsInFlightMax: number): CircuitBreaker {
  let probeAtMs: number | undefined;
  let isRejecting = false;
  let rejectionsInARow = 0;

  function trip(nowMs: number): void {
    probeAtMs = nowMs + PROBE_INTERVAL_MS;
  }

  function doubted(nowMs: number): void {
    isRejecting = true;
    trip(nowMs);
  }

  /** The target looked into a request: what kept it from that before is over. */
  function looked(): void {
    if (!isRejecting) probeAtMs = undefined;
  }

  return {
    trip,
    doubted,
    mayOpen(nowMs, openCount) {
      if (probeAtMs === undefined) return openCount < requestsInFlightMax;
      return openCount === 0 && nowMs >= probeAtMs;
    },
    nextChangeAtMs: (nowMs) => (probeAtMs !== undefined && probeAtMs > nowMs ? probeAtMs : undefined),
    isTripped: () => probeAtMs !== undefined,
    triesOneEntry: () => isRejecting,
    answered() {
      probeAtMs = undefined;
      isRejecting = false;
      rejectionsInARow = 0;
    },
    explained: looked,
    rejected(nowMs) {
      rejectionsInARow += 1;
      if (isRejecting || rejectionsInARow >= REJECTIONS_IN_A_ROW_MAX) doubted(nowMs);
      else looked();
    },
  };
}
