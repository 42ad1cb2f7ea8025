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
  /** The record was found to be poison before, and comes again with the rest of its batch. */
  readonly isCondemned: boolean;
}

interface Known {
  readonly afterRequest: number;
  readonly isCondemned: boolean;
  readonly atMs: number;
}

/**
 * What the stream showed, in one environment's life: a record that stands alone in its batch comes again, and others may be
 * taken in between. Without reports of item failures a whole batch comes again for one unsettled record, so that poison is
 * remembered as well: to prove each record anew would take twice the invocations for each further one of a lane.
 */
export class Evidence {
  #requestCount = 0;
  #lastTaken = 0;
  /** The record that was rejected longest ago first. */
  readonly #known = new Map<string, Known>();

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
    const known = this.#known.get(nameOf(record));
    const isFresh = known !== undefined && (known.isCondemned || nowMs - known.atMs <= SUSPICION_MS_MAX);
    const { afterRequest, isCondemned } = isFresh ? known : { afterRequest: this.#requestCount, isCondemned: false };
    this.#remember(record, { afterRequest, isCondemned, atMs: nowMs });
    return { afterRequest, isCondemned, others };
  }

  /** Of a record that is refused alone again. */
  proves({ afterRequest, isCondemned, others }: Suspicion): boolean {
    return isCondemned || others?.isTaken === true || this.#lastTaken > afterRequest;
  }

  /** The record is poison. */
  condemn(record: SourceRecord, nowMs: number): void {
    this.#remember(record, { afterRequest: this.#requestCount, isCondemned: true, atMs: nowMs });
  }

  /** The record is stored. */
  forget(record: SourceRecord): void {
    this.#known.delete(nameOf(record));
  }

  #remember(record: SourceRecord, known: Known): void {
    const name = nameOf(record);
    this.#known.delete(name);
    this.#known.set(name, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > SUSPICIONS_MAX && oldest !== undefined) this.#known.delete(oldest);
  }
}

/** A topic that is made anew has the same positions. */
const nameOf = ({ position, timestampMs }: SourceRecord): string =>
  `${position.topicPartition} ${position.offset} ${timestampMs}`;
