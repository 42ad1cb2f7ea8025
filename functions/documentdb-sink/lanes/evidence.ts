import { NEIGHBOUR_MS } from '../limits.ts';

const NEVER = Number.NEGATIVE_INFINITY;

/** Of a write that was refused, since when it is in doubt whether the write or the target is to blame. */
export interface Doubt {
  readonly code: number | undefined;
  readonly sinceMs: number;
  /** When it was refused before the last time. */
  readonly previousMs: number;
  readonly lastMs: number;
  /** How often the write was refused for certain: by name, or in a command of its own. */
  readonly refusals: number;
  /** How many entries the fold had that the reply blamed for certain; 0: it was one write of a command among others. */
  readonly entryCount: number;
}

/**
 * What a batch knows of its collections. A refusal that may have either reason blames a document once the same write was
 * refused again, by itself and after a pause, while the collection took another write: a neighbour's of this batch, or a
 * probe (see send-probe.ts). Until then it is an outage.
 */
export class Evidence {
  /** When a collection last took a write. */
  readonly #takenAtMs = new Map<string, number>();
  /** When it last took a probe. */
  readonly #probedAtMs = new Map<string, number>();
  /** Codes that passed by themselves: outages, whoever meets them. */
  readonly #passed = new Map<string, Set<number | undefined>>();
  readonly #wantsProbe = new Set<string>();

  noteTaken(target: string, nowMs: number): void {
    this.#takenAtMs.set(target, nowMs);
  }

  noteProbe(target: string, nowMs: number): void {
    this.#probedAtMs.set(target, nowMs);
  }

  /** A write was taken that was refused with this code before. */
  notePassed(target: string, { code }: Doubt): void {
    this.#passed.set(target, new Set(this.#passed.get(target)).add(code));
  }

  /** Whether the collection took anything since. */
  hasTakenSince(target: string, sinceMs: number): boolean {
    return Math.max(this.#takenAtMs.get(target) ?? NEVER, this.#probedAtMs.get(target) ?? NEVER) >= sinceMs;
  }

  /** A refusal stands without any. */
  wantProbe(target: string): void {
    this.#wantsProbe.add(target);
  }

  /** @param needed what shows that the collection takes writes */
  blames(target: string, { code, sinceMs }: Doubt, needed: 'write' | 'probe'): boolean {
    if (this.#passed.get(target)?.has(code) === true) return false;
    return needed === 'probe' || (this.#takenAtMs.get(target) ?? NEVER) >= sinceMs - NEIGHBOUR_MS;
  }

  /** Whether a probe is wanted since the last call. */
  takeWish(target: string): boolean {
    return this.#wantsProbe.delete(target);
  }
}
