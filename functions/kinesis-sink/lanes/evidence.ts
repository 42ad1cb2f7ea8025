import { RecordMemory } from '../../../shared/delivery/record-memory.ts';
import { PROVEN_POISON_MS_MAX } from '../../../shared/limits.ts';
import type { SourceRecord } from '../../../shared/record.ts';
import { SUSPICION_MS_MAX } from '../limits.ts';

/** The result of one half of a rejected request. */
export interface HalfResult {
  /** True if every entry of the half was stored. */
  isStored: boolean;
}

export interface Suspicion {
  /** The number of requests that had been sent when the record was first rejected alone. */
  readonly afterRequest: number;
  /**
   * The other half of the smallest rejected request that held the record. If all of it is stored, the record caused the
   * rejection: the stream would have needed two outages to cause it.
   */
  readonly others: HalfResult | undefined;
  /** True if the record was already found to be poison, and is delivered again with the rest of its batch. */
  readonly isKnownPoison: boolean;
}

/**
 * Kinesis rejects a request with the same error for a bad record and for a cause in the stream itself. So a record
 * becomes poison only after the stream has shown that it accepts other records: the record was rejected alone, then the
 * stream stored another record, then the record was rejected again. One outage that begins or ends in between can
 * explain any other sequence.
 *
 * The evidence of one execution environment. It outlives a batch, because a record that is alone in its batch is
 * delivered again and others may be stored in between. Poison is remembered as well.
 */
export class Evidence {
  #requestCount = 0;
  #lastTaken = 0;
  /** The number of requests that had been sent when a record was first rejected alone. */
  readonly #suspicions = new RecordMemory<number>(SUSPICION_MS_MAX);
  readonly #poison = new RecordMemory<true>(PROVEN_POISON_MS_MAX);

  /** @returns the number of the request that is about to be sent */
  sends(): number {
    this.#requestCount += 1;
    return this.#requestCount;
  }

  /** Call when the stream stored an entry of the request. */
  takes(request: number): void {
    this.#lastTaken = Math.max(this.#lastTaken, request);
  }

  /** Call when the record was rejected alone. */
  suspect(record: SourceRecord, others: HalfResult | undefined, nowMs: number): Suspicion {
    const isKnownPoison = this.#poison.factOf(record, nowMs) === true;
    const afterRequest = this.#suspicions.factOf(record, nowMs) ?? this.#requestCount;
    if (!isKnownPoison) this.#suspicions.remember(record, afterRequest, nowMs);
    return { afterRequest, isKnownPoison, others };
  }

  /** Whether a record that was rejected alone again is proven to be poison. */
  proves({ afterRequest, isKnownPoison, others }: Suspicion): boolean {
    return isKnownPoison || others?.isStored === true || this.#lastTaken > afterRequest;
  }

  /** Call when the record is found to be poison. */
  confirmPoison(record: SourceRecord, nowMs: number): void {
    this.#suspicions.forget(record);
    this.#poison.remember(record, true, nowMs);
  }

  /** Call when the record is stored: an outage may reject the record when it comes again, which proves nothing. */
  forget(record: SourceRecord): void {
    this.#suspicions.forget(record);
    this.#poison.forget(record);
  }
}
