import { CircuitBreaker } from '../../../shared/delivery/circuit-breaker.ts';
import { REJECTIONS_IN_A_ROW_MAX } from '../limits.ts';

/**
 * Decides whether another request may be opened. A stream that rejects request after request trips the circuit breaker, as
 * a fatal answer does.
 */
export class RequestGate {
  readonly #requestsInFlightMax: number;
  readonly #breaker = new CircuitBreaker();
  #isRejecting = false;
  #rejectionsInARow = 0;

  constructor(requestsInFlightMax: number) {
    this.#requestsInFlightMax = requestsInFlightMax;
  }

  mayOpen(nowMs: number, openCount: number): boolean {
    const { probeAtMs } = this.#breaker;
    if (probeAtMs === undefined) return openCount < this.#requestsInFlightMax;
    return openCount === 0 && nowMs >= probeAtMs;
  }

  /** The time at which `mayOpen` can change without an event. */
  nextChangeAtMs(nowMs: number): number | undefined {
    const { probeAtMs } = this.#breaker;
    return probeAtMs !== undefined && probeAtMs > nowMs ? probeAtMs : undefined;
  }

  /**
   * True while requests are rejected: a probe then holds one entry, so that a bad entry cannot cause the rejection of a
   * good one.
   */
  get triesOneEntry(): boolean {
    return this.#isRejecting;
  }

  /** Call when the stream answered a request. */
  answered(): void {
    this.#breaker.reset();
    this.#isRejecting = false;
    this.#rejectionsInARow = 0;
  }

  /** Call after a failure that every other request would share. */
  trip(nowMs: number): void {
    this.#breaker.trip(nowMs);
  }

  /** Call when a record is known to be bad: its rejection proves nothing about other records. */
  explained(): void {
    this.#inspected();
  }

  /**
   * Call when a request was rejected because of an unknown entry. Too many rejections in a row mean that the stream
   * rejects everything.
   */
  rejected(nowMs: number): void {
    this.#rejectionsInARow += 1;
    if (this.#isRejecting || this.#rejectionsInARow >= REJECTIONS_IN_A_ROW_MAX) this.doubted(nowMs);
    else this.#inspected();
  }

  /** Call when a record was rejected again and the stream accepted no other record in between. */
  doubted(nowMs: number): void {
    this.#isRejecting = true;
    this.#breaker.trip(nowMs);
  }

  /** The stream read the request, so an earlier fatal failure is over. */
  #inspected(): void {
    if (!this.#isRejecting) this.#breaker.reset();
  }
}
