import { Heap } from '../../../shared/delivery/heap.ts';
import { PARTITION_WAIT_MS } from '../limits.ts';
import { foldEndOf } from './folding.ts';
import type { Lane } from './lane.ts';

type Document = Pick<Lane, 'target' | 'identity'>;

/**
 * The documents that a write under way may change. Another partition's write of the same document waits, but
 * never longer than `PARTITION_WAIT_MS`: every result of two writes at once equals some order of the two partitions (G4).
 */
export class DocumentsOut {
  /** By collection and document. */
  readonly #freeAtMs = new Map<string, Map<string, number>>();

  reserve({ target, identity }: Document, nowMs: number): void {
    const documents = this.#freeAtMs.get(target) ?? new Map<string, number>();
    this.#freeAtMs.set(target, documents);
    documents.set(identity, nowMs + PARTITION_WAIT_MS);
  }

  release({ target, identity }: Document): void {
    const documents = this.#freeAtMs.get(target);
    documents?.delete(identity);
    if (documents?.size === 0) this.#freeAtMs.delete(target);
  }

  /** When a write of the document may be sent; a time in the past if it may be sent now. */
  freeAtMs({ target, identity }: Document): number {
    return this.#freeAtMs.get(target)?.get(identity) ?? 0;
  }
}

/** The indexes in the batch before which a wave must end. */
export class WaveEnds {
  readonly #endOf = new Map<Lane, number>();
  readonly #heap = new Heap(({ end }: { readonly lane: Lane; readonly end: number }) => end);

  constructor(lanes: readonly Lane[]) {
    for (const lane of lanes) this.note(lane);
  }

  note(lane: Lane): void {
    const end = lane.state === 'stopped' || lane.isDone ? Number.POSITIVE_INFINITY : foldEndOf(lane);
    this.#endOf.set(lane, end);
    if (end < Number.POSITIVE_INFINITY) this.#heap.add({ lane, end });
  }

  get least(): number {
    for (let first = this.#heap.least; first !== undefined; first = this.#heap.least) {
      if (this.#endOf.get(first.lane) === first.end) return first.end;
      this.#heap.take();
    }
    return Number.POSITIVE_INFINITY;
  }
}
