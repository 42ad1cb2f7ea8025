import { forgetOldest } from '../forget-oldest.ts';
import { REMEMBERED_RECORDS_MAX } from '../limits.ts';
import type { SourceRecord } from '../record.ts';

interface Remembered<Fact> {
  readonly fact: Fact;
  readonly atMs: number;
}

/**
 * What an execution environment knows of single records beyond their batch. Without a partial batch response, Lambda repeats the
 * whole batch for one unsettled record: if everything were found out anew each time, a batch with several poison records of one
 * document or key would never end.
 */
export class RecordMemory<Fact> {
  /** By the name of the record; what was remembered last comes last. */
  readonly #remembered = new Map<string, Remembered<Fact>>();
  readonly #ageMsMax: number;

  constructor(ageMsMax: number) {
    this.#ageMsMax = ageMsMax;
  }

  get isEmpty(): boolean {
    return this.#remembered.size === 0;
  }

  /** @returns undefined if nothing was remembered of the record for so long */
  factOf(record: SourceRecord, nowMs: number): Fact | undefined {
    if (this.isEmpty) return undefined;
    const remembered = this.#remembered.get(nameOf(record));
    return remembered !== undefined && nowMs - remembered.atMs <= this.#ageMsMax ? remembered.fact : undefined;
  }

  /** Takes the place of what was remembered of the record. */
  remember(record: SourceRecord, fact: Fact, nowMs: number): void {
    const name = nameOf(record);
    this.#remembered.delete(name);
    this.#remembered.set(name, { fact, atMs: nowMs });
    forgetOldest(this.#remembered, REMEMBERED_RECORDS_MAX);
  }

  forget(record: SourceRecord): void {
    if (!this.isEmpty) this.#remembered.delete(nameOf(record));
  }
}

/** The timestamp distinguishes records of a topic that was deleted and created again, whose positions repeat. */
const nameOf = ({ position, timestampMs }: SourceRecord): string =>
  `${position.topicPartition} ${position.offset} ${timestampMs}`;
