import type { RecordFailure } from '../../../shared/outcome.ts';
import type { HalfResult } from '../lanes/evidence.ts';
import type { PackedEntry } from '../lanes/lane.ts';

/** The entries of one request. */
export interface Half {
  readonly packedEntries: readonly PackedEntry[];
  /**
   * The other half of a rejected request, which is sent separately; undefined for entries that are sent for the first
   * time.
   */
  readonly others?: HalfResult;
  /** The result of this half, which the other half refers to. */
  readonly own?: HalfResult;
}

/** The only fact about such a record is that its request was rejected. */
export const CAUSE_UNKNOWN: RecordFailure = {
  code: 'deadline_exceeded',
  retryable: true,
  mayBeWritten: false,
  detail:
    'Kinesis rejected a request that contained the record; the record at fault was not found before the invocation deadline',
};

/** What becomes of the entries of a rejected request. */
export const SEARCHED = { kind: 'searched', failure: CAUSE_UNKNOWN } as const;

/**
 * The search for the bad entries of rejected requests: halves of them, each of which is sent as soon as a request may be opened,
 * so that a slow half never delays another. If the deadline ends the search, the next invocation continues with fewer records.
 */
export class Search {
  /** The next one first. */
  readonly #halves: Half[] = [];

  get isOver(): boolean {
    return this.#halves.length === 0;
  }

  /** Adds the halves of a request with several entries. */
  halve({ packedEntries }: Half): void {
    const [first, second] = [{ isStored: false }, { isStored: false }];
    const middle = Math.ceil(packedEntries.length / 2);
    this.#halves.unshift(
      { packedEntries: packedEntries.slice(0, middle), own: first, others: second },
      { packedEntries: packedEntries.slice(middle), own: second, others: first },
    );
  }

  /**
   * @param isHeld whether an entry must not be sent now
   * @returns the next half with entries to send, if there is one; the entries that were held, which leave the search
   */
  claim(isHeld: (packedEntry: PackedEntry) => boolean): {
    readonly half: Half | undefined;
    readonly held: readonly PackedEntry[];
  } {
    const allHeld: PackedEntry[] = [];
    for (let half = this.#halves.shift(); half !== undefined; half = this.#halves.shift()) {
      const held = half.packedEntries.filter(isHeld);
      if (held.length === 0) return { half, held: allHeld };
      allHeld.push(...held);
      const open = half.packedEntries.filter((packedEntry) => !held.includes(packedEntry));
      if (open.length > 0) return { half: { packedEntries: open }, held: allHeld };
    }
    return { half: undefined, held: allHeld };
  }

  /** Ends the search. @returns the entries that it still held */
  end(): readonly PackedEntry[] {
    return this.#halves.splice(0).flatMap(({ packedEntries }) => packedEntries);
  }
}
