import { NEIGHBOUR_MS } from '../limits.ts';

const NEVER = Number.NEGATIVE_INFINITY;

/** What is known about a refused write while the write or the target may be the cause. */
export interface Doubt {
  readonly code: number | undefined;
  readonly sinceMs: number;
  /** Time of the refusal before the last one. */
  readonly previousMs: number;
  readonly lastMs: number;
  /** Number of refusals that concern this write alone: named by the reply, or in a command of its own. */
  readonly refusals: number;
  /** The number of entries in a fold that the reply blamed as a whole; 0 if the command held other writes too. */
  readonly entryCount: number;
  /** Earlier doubts about the same write, one for each other code. */
  readonly others: readonly Pick<Doubt, 'code' | 'entryCount'>[];
}

/** What an environment remembers of a record that became poison by evidence. */
export interface ProvenPoison {
  /** The code of the refusals; undefined: the driver could not serialize the document. */
  readonly code: number | undefined;
}

/** What is known so far. */
export type EvidenceView = Pick<Evidence, 'hasTakenSince' | 'blames'>;

/**
 * Evidence about the collections of one batch. An ambiguous refusal makes a write poison only after the same write was
 * refused again, alone and after a pause, while the collection accepted another write of the batch or a probe
 * (send-probe.ts). Until then the refusal counts as an outage.
 */
export class Evidence {
  /** When each collection last accepted a write. */
  readonly #takenAtMs = new Map<string, number>();
  /** When each collection last accepted a probe. */
  readonly #probedAtMs = new Map<string, number>();
  /** Codes of refusals that later disappeared: these codes are outages for the rest of the batch. */
  readonly #passed = new Map<string, Set<number | undefined>>();

  noteTaken(target: string, nowMs: number): void {
    this.#takenAtMs.set(target, nowMs);
  }

  noteProbe(target: string, nowMs: number): void {
    this.#probedAtMs.set(target, nowMs);
  }

  /** Records that a write was accepted which this code had refused. */
  notePassed(target: string, { code }: Pick<Doubt, 'code'>): void {
    this.#passed.set(target, new Set(this.#passed.get(target)).add(code));
  }

  /** Whether the collection accepted anything since then. */
  hasTakenSince(target: string, sinceMs: number): boolean {
    return Math.max(this.#takenAtMs.get(target) ?? NEVER, this.#probedAtMs.get(target) ?? NEVER) >= sinceMs;
  }

  /** @param needed the evidence that the collection accepts writes: another write, or a probe */
  blames(target: string, { code, sinceMs }: Pick<Doubt, 'code' | 'sinceMs'>, needed: 'write' | 'probe'): boolean {
    if (this.#passed.get(target)?.has(code) === true) return false;
    return needed === 'probe' || (this.#takenAtMs.get(target) ?? NEVER) >= sinceMs - NEIGHBOUR_MS;
  }
}
