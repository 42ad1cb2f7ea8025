import { forgetOldest } from '../../../shared/forget-oldest.ts';
import type { SourceRecord } from '../../../shared/record.ts';
import { SUSPICION_MS_MAX, SUSPICIONS_MAX } from '../limits.ts';

/**
 * Kinesis rejects a request with the same error for a bad record and for a cause in the stream itself. So a record
 * becomes poison only after the stream has shown that it accepts other records: the record was rejected alone, then the
 * stream stored another record, then the record was rejected again. One outage that begins or ends in between can
 * explain any other sequence.
 */
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

interface Known {
  readonly afterRequest: number;
  readonly isKnownPoison: boolean;
  readonly atMs: number;
}

/**
 * The evidence of one execution environment. It outlives a batch, because a record that is alone in its batch is
 * delivered again and others may be stored in between. Poison is remembered as well: without a partial batch response,
 * Lambda repeats the whole batch for one unsettled record, and to prove each poison record again would double the
 * invocations for every further one in a lane.
 */
export class Evidence {
  #requestCount = 0;
  #lastTaken = 0;
  /** Ordered by the last rejection, the oldest first. */
  readonly #known = new Map<string, Known>();

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
    const known = this.#known.get(nameOf(record));
    const isFresh = known !== undefined && (known.isKnownPoison || nowMs - known.atMs <= SUSPICION_MS_MAX);
    const { afterRequest, isKnownPoison } = isFresh
      ? known
      : { afterRequest: this.#requestCount, isKnownPoison: false };
    this.#remember(record, { afterRequest, isKnownPoison, atMs: nowMs });
    return { afterRequest, isKnownPoison, others };
  }

  /** Whether a record that was rejected alone again is proven to be poison. */
  proves({ afterRequest, isKnownPoison, others }: Suspicion): boolean {
    return isKnownPoison || others?.isStored === true || this.#lastTaken > afterRequest;
  }

  /** Call when the record is found to be poison. */
  confirmPoison(record: SourceRecord, nowMs: number): void {
    this.#remember(record, { afterRequest: this.#requestCount, isKnownPoison: true, atMs: nowMs });
  }

  /** Call when the record is stored: an outage may reject the record when it comes again, which proves nothing. */
  forget(record: SourceRecord): void {
    if (this.#known.size > 0) this.#known.delete(nameOf(record));
  }

  #remember(record: SourceRecord, known: Known): void {
    const name = nameOf(record);
    this.#known.delete(name);
    this.#known.set(name, known);
    forgetOldest(this.#known, SUSPICIONS_MAX);
  }
}

/** The timestamp distinguishes records of a topic that was deleted and created again, whose positions repeat. */
const nameOf = ({ position, timestampMs }: SourceRecord): string =>
  `${position.topicPartition} ${position.offset} ${timestampMs}`;
