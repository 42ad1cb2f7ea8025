import { PROBE_INTERVAL_MS, REJECTIONS_IN_A_ROW_MAX } from '../limits.ts';

/**
 * Limits the open requests. After a fatal answer, one request every few seconds probes the stream. Normal sending
 * continues as soon as a request is answered (G6: an outage makes no record poison, and is no reason to return early).
 */
export interface CircuitBreaker {
  mayOpen(nowMs: number, openCount: number): boolean;
  /** The time at which `mayOpen` can change without an event. */
  nextChangeAtMs(nowMs: number): number | undefined;
  isTripped(): boolean;
  /**
   * True while requests are rejected: a probe then holds one entry, so that a bad entry cannot cause the rejection of a
   * good one.
   */
  triesOneEntry(): boolean;
  /** Call when the stream answered a request. */
  answered(): void;
  /** Call after a failure that every other request would share. */
  trip(nowMs: number): void;
  /** Call when a record is known to be bad: its rejection proves nothing about other records. */
  explained(): void;
  /**
   * Call when a request was rejected because of an unknown entry. Too many rejections in a row mean that the stream
   * rejects everything.
   */
  rejected(nowMs: number): void;
  /** Call when a record was rejected again and the stream accepted no other record in between. */
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

  /** The stream read the request, so an earlier fatal failure is over. */
  function inspected(): void {
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
    explained: inspected,
    rejected(nowMs) {
      rejectionsInARow += 1;
      if (isRejecting || rejectionsInARow >= REJECTIONS_IN_A_ROW_MAX) doubted(nowMs);
      else inspected();
    },
  };
}
