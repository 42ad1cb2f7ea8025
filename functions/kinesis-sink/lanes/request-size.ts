import { HALVINGS_MAX, LOST_REQUESTS_MAX, REQUEST_BYTES_MAX, REQUEST_RECORDS_MAX } from '../limits.ts';
import type { PackedEntry } from './lane.ts';
import type { RequestLimits } from './pack.ts';

/**
 * The size of the requests of a batch. Large requests that fail without an answer become smaller, because a smaller one may be
 * answered in time: Kinesis may store each of them, and each try makes duplicates.
 */
export class RequestSize {
  #limits: RequestLimits = { recordsMax: REQUEST_RECORDS_MAX, bytesMax: REQUEST_BYTES_MAX };
  #lostInARow = 0;
  #halvings = 0;

  get limits(): RequestLimits {
    return this.#limits;
  }

  answered(): void {
    [this.#lostInARow, this.#halvings] = [0, 0];
  }

  /** Call when nobody knows whether the request was stored. */
  lost(packedEntries: readonly PackedEntry[]): void {
    const { recordsMax, bytesMax } = this.#limits;
    const bytes = packedEntries.reduce((sum, { entry }) => sum + entry.byteLength, 0);
    const isOlder = packedEntries.length > recordsMax || (bytes > bytesMax && packedEntries.length > 1);
    const isLarge = packedEntries.length > recordsMax / 2 || bytes > bytesMax / 2;
    if (isOlder || !isLarge) return;
    this.#lostInARow += 1;
    if (this.#lostInARow < LOST_REQUESTS_MAX || this.#halvings >= HALVINGS_MAX) return;
    this.#halvings += 1;
    this.#limits = { recordsMax: Math.ceil(recordsMax / 2), bytesMax: Math.ceil(bytesMax / 2) };
  }
}
