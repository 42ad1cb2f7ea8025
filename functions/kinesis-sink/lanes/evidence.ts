import type { SourceRecord } from '../../../shared/record.ts';
import { SUSPICION_MS_MAX, SUSPICIONS_MAX } from '../limits.ts';

/**
 * Kinesis refuses a request in the same words for a record that it can never take and for a reason of the stream's own.
 * So a record is poison only once the stream showed that it takes others: it took one after the record had been refused
 * alone, and refused the record again. Any other order is explained by one outage that begins or ends in between.
 */
/** What was rejected in one request with a record, and then sent apart from it. */
export interface Company {
  /** All of it was taken. */
  isTaken: boolean;
}

export interface Suspicion {
  /** How many requests had been sent when the record was first refused alone. */
  readonly afterRequest: number;
  /**
   * In the smallest refused request that held the record. Once all of them are taken it was not them, and that the stream
   * was to blame would need two outages.
   */
  readonly others: Company | undefined;
}

/**
 * What the stream showed, in one environment's life: a record that stands alone in its batch comes again, and others may be
 * taken in between.
 */
export class Evidence {
  #requestCount = 0;
  #lastTaken = 0;
  readonly #known = new Map<string, { readonly afterRequest: number; readonly atMs: number }>();

  /** @returns the number of the request that is about to be sent */
  sends(): number {
    this.#requestCount += 1;
    return this.#requestCount;
  }

  /** Something of this request was stored. */
  takes(request: number): void {
    this.#lastTaken = Math.max(this.#lastTaken, request);
  }

  /** The record was refused alone. */
  suspect(record: SourceRecord, others: Company | undefined, nowMs: number): Suspicion {
    const name = nameOf(record);
    const known = this.#known.get(name);
    if (known !== undefined && nowMs - known.atMs <= SUSPICION_MS_MAX) {
      return { afterRequest: known.afterRequest, others };
    }
    this.#known.delete(name);
    this.#known.set(name, { afterRequest: this.#requestCount, atMs: nowMs });
    const [oldest] = this.#known.keys();
    if (this.#known.size > SUSPICIONS_MAX && oldest !== undefined) this.#known.delete(oldest);
    return { afterRequest: this.#requestCount, others };
  }

  /** Of a record that is refused alone again. */
  proves({ afterRequest, others }: Suspicion): boolean {
    return others?.isTaken === true || this.#lastTaken > afterRequest;
  }

  /** The record is settled. */
  forget(record: SourceRecord): void {
    this.#known.delete(nameOf(record));
  }
}

/** A topic that is made anew has the same positions. */
const nameOf = ({ position, timestampMs }: SourceRecord): string =>
  `${position.topicPartition} ${position.offset} ${timestampMs}`;
